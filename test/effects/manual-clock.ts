import type { Clock } from '../../src/ports/clock.ts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Lets time pass, firing timers in order. */
  advance(byMs: number): void;
}

/** Makes a clock that shows `startMs`. */
export function manualClock(startMs = 1_000_000): ManualClock {
  let nowMs = startMs;
  let lastId = 0;
  const timers = new Map<number, { readonly atMs: number; readonly callback: () => void }>();

  return {
    nowMs: () => nowMs,
    setTimeout: (callback, delayMs) => {
      lastId += 1;
      timers.set(lastId, { atMs: nowMs + delayMs, callback });
      return lastId;
    },
    clearTimeout: (id) => {
      timers.delete(id as number);
    },
    advance: (byMs) => {
      const untilMs = nowMs + byMs;
      for (;;) {
        const due = [...timers]
          .filter(([, { atMs }]) => atMs <= untilMs)
          .sort((a, b) => a[1].atMs - b[1].atMs);
        const [first] = due;
        if (first === undefined) break;
        const [id, { atMs, callback }] = first;
        timers.delete(id);
        nowMs = Math.max(nowMs, atMs);
        callback();
      }
      nowMs = untilMs;
    },
  };
}
