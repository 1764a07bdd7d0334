import type { Clock } from '../ports/clock.ts';

/** The longest delay a Node timer can hold, about 24.8 days. A longer one would overflow and fire at once. */
const DELAY_MAX_MS = 2 ** 31 - 1;

/**
 * Tells the time of this machine; the one place where a real clock is read. A delay beyond 2^31-1 ms is cut to that, so
 * it wakes its caller early: whoever waits longer compares with `nowMs` and waits again.
 */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, Math.min(Math.max(delayMs, 0), DELAY_MAX_MS)),
  clearTimeout: (id) => clearTimeout(id as NodeJS.Timeout | undefined),
};
