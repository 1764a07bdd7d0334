/**
 * What do signals do to a run? The first one ends it gracefully, a later one at once.
 *
 * The agents themselves do not get a Ctrl-C: the terminal sends it to its foreground process group, and each of them has a
 * group of its own. So it is for the run to end them, in good order.
 */
import type { RunHandle } from '../orchestrator/run-handle.ts';
import type { Clock } from '../ports/clock.ts';
import type { Io, StopSignal } from './io.ts';
import { counted, duration } from './render/text.ts';

/** What a follower of signals works with. */
export interface SignalOptions {
  readonly io: Pick<Io, 'onSignal' | 'env' | 'stdin'>;
  readonly clock: Clock;
  /** Whether the first signal lets live sessions finish. */
  readonly drain: boolean;
  readonly gracePeriodMs: number;
  /** How many sessions are live. */
  readonly live: () => number;
  /** Tells a person. */
  readonly say: (text: string) => void;
}

/** Signals that are being followed. */
export interface SignalFollower {
  /** Hands over the run, and every signal that came before there was one. */
  attach(run: Pick<RunHandle, 'drain' | 'stop' | 'kill'>): void;
  detach(): void;
}

/** Follows the signals from now on, so that none of them ends the process by itself. */
export function followSignals(options: SignalOptions): SignalFollower {
  const { io, clock } = options;
  const early: StopSignal[] = [];
  let run: Parameters<SignalFollower['attach']>[0] | null = null;
  let isAsked = false;
  let lastAtMs = -Infinity;
  const detach = io.onSignal((signal) => {
    const isEcho = signal === 'SIGINT' && comesTwice(io) && clock.nowMs() - lastAtMs < ECHO_MS;
    lastAtMs = clock.nowMs();
    if (isEcho) return;
    if (run === null) early.push(signal);
    else obey(run, signal);
  });

  return {
    attach(handle) {
      run = handle;
      for (const signal of early.splice(0)) obey(handle, signal);
    },
    detach,
  };

  function obey(handle: NonNullable<typeof run>, signal: StopSignal): void {
    const reason = { kind: 'signal', signal } as const;
    if (isAsked) {
      handle.kill(reason);
      return;
    }
    isAsked = true;
    const words = firstWords(options);
    if (options.drain) handle.drain(reason);
    else handle.stop(reason);
    options.say(words);
  }
}

/**
 * npm and npx pass a Ctrl-C on to the program that they run, which has had it from the terminal already: one key press
 * would be the request and the insistence at once.
 */
function comesTwice({ env, stdin }: Pick<Io, 'env' | 'stdin'>): boolean {
  return stdin.isTTY && env['npm_command'] !== undefined;
}

/** Nobody presses a key twice in so short a time. */
const ECHO_MS = 200;

/** What progress does not say of itself when it shows that the run is stopping. */
function firstWords({ drain, live, gracePeriodMs }: SignalOptions): string {
  const sessions = counted(live(), 'session');
  if (live() === 0) return 'stopping: no session is live';
  return drain
    ? `draining: ${sessions} may finish; again to kill`
    : `stopping: ${sessions} asked to end, grace ${duration(gracePeriodMs)}; again to kill`;
}
