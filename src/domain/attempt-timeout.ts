/** How long the attempts of a ticket may take, in milliseconds. */
export interface TimeoutPolicy {
  /** The time of the first attempt. */
  readonly firstMs: number;
  /** How much more each further attempt gets; 0 gives all the same. */
  readonly incrementMs: number;
  /** The most that the growth may lead to; 0 sets no such limit. Never shortens the first attempt. */
  readonly maxMs: number;
}

/** Decides how long one attempt may take; 1 is the first. A ticket that timed out gets more time, not the same again. */
export function attemptTimeoutMs({ firstMs, incrementMs, maxMs }: TimeoutPolicy, attempt: number): number {
  const grownMs = firstMs + (attempt - 1) * incrementMs;
  return maxMs === 0 ? grownMs : Math.max(firstMs, Math.min(grownMs, maxMs));
}
