/**
 * Numbers of a verification as they are printed.
 */

/** Writes a whole number with commas between its thousands. */
export function counts(number: number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Writes a span of time in seconds, in at most 6 columns: `0.01s`, `1200s`. */
export function seconds(spanMs: number): string {
  return `${(spanMs / 1000).toFixed(spanMs < 100_000 ? 2 : 0)}s`;
}
