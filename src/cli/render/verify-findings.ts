/**
 * What is wrong with a result, in words: one line of it, and the steps that lead there.
 */
import type { ToldCounterexample } from '../../verify/counterexample.ts';
import type { CheckResult, MutantResult } from '../../verify/suite.ts';
import { wrap } from './text.ts';
import { counts } from './verify-words.ts';

/** What keeps a result from being a pass. */
export interface Problem {
  readonly verdict: 'violation' | 'changed' | 'incomplete' | 'survived';
  readonly message: string;
}

/** Says what is wrong with a result; null when nothing is. */
export function problemOf(result: CheckResult | MutantResult): Problem | null {
  if (result.kind === 'mutant') {
    const { isKilled, killedBy, counterexample } = result;
    if (isKilled) return null;
    const instead =
      counterexample === null ? 'nothing was found' : `${counterexample.property} was found instead`;
    return { verdict: 'survived', message: `${killedBy} should find it: ${instead}` };
  }
  const { verdict, found, known, counterexample } = result;
  switch (verdict) {
    case 'pass':
      return null;
    case 'violation':
      return { verdict, message: `${counterexample?.property} does not hold: ${counterexample?.message}` };
    case 'changed':
      return {
        verdict,
        message: `found ${sizeOf(found)}; known are ${sizeOf(known)}. Either a rule was changed, or the check has become blind`,
      };
    case 'incomplete':
      return { verdict, message: `given up after ${counts(found.states)} of ${counts(known.states)} states` };
  }
}

function sizeOf(found: CheckResult['found']): string {
  return Object.entries(found)
    .map(([what, count]) => `${counts(count)} ${what}`)
    .join(', ');
}

/** Names a result in a few words. */
export function titleOf(result: CheckResult | MutantResult): string {
  if (result.kind === 'check') return `${result.scope} (${result.subject})`;
  return `mutant "${result.name}"${result.of === 'supervisor' ? '' : ` of the ${result.of}`}`;
}

/** Tells the steps of a counterexample, numbered, in lines of at most `width` columns. */
export function findingLines({ steps }: ToldCounterexample, width: number): readonly string[] {
  const digits = String(steps.length).length;
  const room = width - digits - 4;
  return steps.flatMap(({ what, follows }, index) => [
    ...hanging(`  ${String(index + 1).padStart(digits)}. `, wrap(what, room)),
    ...(follows.length === 0
      ? []
      : hanging(`  ${' '.repeat(digits)}  → `, wrap(follows.join('; '), room - 2))),
  ]);
}

function hanging(mark: string, lines: readonly string[]): readonly string[] {
  return lines.map((text, index) => `${index === 0 ? mark : ' '.repeat(mark.length)}${text}`);
}
