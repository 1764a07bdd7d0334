/**
 * Numbers of a verification as they are printed.
 */

/** Writes a whole number with commas between its thousands. */
export function counts(number: number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Writes a span of time in seconds. */
export function seconds(spanMs: number): string {
  return `${(spanMs / 1000).toFixed(2)}s`;
}
