import type { Clock } from '../ports/clock.ts';

/** Watches for signs of life. */
export interface SilenceWatch {
  heard(): void;
  stop(): void;
}

/** What is watched for. */
export interface SilenceWatchOptions {
  readonly clock: Clock;
  /** Silence in milliseconds that is worth a report; 0 watches nothing. */
  readonly timeoutMs: number;
  /** True while nobody listens, so that silence says nothing: the disk is behind and reading is paused. */
  readonly isDeaf: () => boolean;
  /** Called at most once. */
  readonly onSilence: (silentMs: number) => void;
}

/**
 * Reports a silence once. One timer, set anew only when it fires: an agent that prints a million lines costs a million
 * readings of the clock, not a million timers.
 */
export function watchSilence({ clock, timeoutMs, isDeaf, onSilence }: SilenceWatchOptions): SilenceWatch {
  let lastHeardMs = clock.nowMs();
  let timer: unknown = null;

  function arm(delayMs: number): void {
    timer = clock.setTimeout(() => {
      if (isDeaf()) lastHeardMs = clock.nowMs();
      // Never negative: a clock that was set back only makes the watch patient.
      const silentMs = Math.max(0, clock.nowMs() - lastHeardMs);
      if (silentMs < timeoutMs) arm(timeoutMs - silentMs);
      else {
        timer = null;
        onSilence(silentMs);
      }
    }, delayMs);
  }

  if (timeoutMs > 0) arm(timeoutMs);
  return {
    heard: () => {
      lastHeardMs = clock.nowMs();
    },
    stop: () => {
      if (timer !== null) clock.clearTimeout(timer);
      timer = null;
    },
  };
}
