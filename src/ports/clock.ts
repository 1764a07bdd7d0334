/** Tells the time and wakes its callers. The one source of time: nothing else reads a clock. */
export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** Same shape as xstate's actor clock, so that one clock drives machines and effects. */
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(id: unknown): void;
}
