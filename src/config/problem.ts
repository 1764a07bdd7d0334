import { distance } from 'fastest-levenshtein';

/** Something wrong with the configuration, and where it was written. */
export interface ConfigProblem {
  /** The file, variable or flag, e.g. `.tf/ralph/config.json`, `RALPH_LOG_LEVEL`, `--parallel`. */
  readonly source: string;
  /** The key as it was written; null when the whole file is at fault. */
  readonly key: string | null;
  readonly reason: string;
  /** What was probably meant, or what to do; null when the reason says it all. */
  readonly hint: string | null;
}

/** Says a problem in one line. */
export function describeProblem({ source, reason, hint }: ConfigProblem): string {
  return `${source}: ${reason}${hint === null ? '' : ` - ${hint}`}`;
}

/** Names the candidate that is nearest to a word; `close` when it is so near that it was probably meant. */
export function nearest(
  word: string,
  candidates: readonly string[],
): { readonly word: string; readonly close: boolean } | null {
  const plain = spelling(word);
  let best: { readonly word: string; readonly steps: number } | null = null;
  for (const candidate of candidates) {
    const steps = distance(plain, spelling(candidate));
    if (best === null || steps < best.steps) best = { word: candidate, steps };
  }
  return best === null ? null : { word: best.word, close: best.steps <= Math.max(2, plain.length / 3) };
}

/** `parallel_workers` and `parallelworkers` are the same slip. */
function spelling(word: string): string {
  return word.toLowerCase().replace(/[-_. ]/g, '');
}
