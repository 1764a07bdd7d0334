/**
 * A verification as JUnit XML: a test case for each check and each mutant.
 */
import type { ToldCounterexample } from '../../verify/counterexample.ts';
import type { Verification } from '../verification.ts';
import { junitXml } from './junit-xml.ts';
import { findingLines, problemOf, titleOf } from './verify-findings.ts';

/** Renders the whole file. */
export function junitOf({ checks, mutants }: Verification): string {
  return junitXml(
    [...checks, ...mutants].map((result) => ({
      group: result.kind === 'check' ? result.subject : 'mutants',
      name:
        result.kind === 'check'
          ? `${titleOf(result)}: ${result.describe}`
          : `${result.name}: ${result.describe}`,
      tookMs: result.tookMs,
      problem: problemOf(result),
      lines: linesOf(result.kind === 'check' || !result.isKilled ? result.counterexample : null),
    })),
  );
}

function linesOf(counterexample: ToldCounterexample | null): readonly string[] {
  return counterexample === null ? [] : findingLines(counterexample, Number.POSITIVE_INFINITY);
}
