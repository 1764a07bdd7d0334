/**
 * What a whole `verify` came to: the form in which `--json` prints it, and from which everything else is drawn.
 */
import { sweepResult, type CheckResult, type MutantResult } from '../verify/suite.ts';
import type { Done } from './verify-jobs.ts';

/** The result of a whole `verify`. */
export interface Verification {
  readonly verdict: Verdict;
  readonly totals: {
    readonly scopes: number;
    readonly checks: number;
    readonly states: number;
    readonly transitions: number;
    readonly mutants: number;
    readonly killed: number;
  };
  readonly checks: readonly Timed<CheckResult>[];
  readonly mutants: readonly Timed<MutantResult>[];
}

/** `violation` also when counts have changed or a mutant survives: a check that has gone blind proves nothing. */
export type Verdict = 'pass' | 'violation' | 'incomplete';

/** A result, and how long it took. */
export type Timed<Result> = Result & { readonly tookMs: number };

/** Sums up what the jobs came to. */
export function verificationOf(done: readonly Done[]): Verification {
  const checks = [
    ...done.flatMap(({ result, tookMs }) => (result.kind === 'check' ? [{ ...result, tookMs }] : [])),
    ...sweepOf(done),
  ];
  const mutants = done.flatMap(({ result, tookMs }) =>
    result.kind === 'mutant' ? [{ ...result, tookMs }] : [],
  );
  return {
    verdict: verdictOf(checks, mutants),
    totals: {
      scopes: new Set(checks.map(({ scope }) => scope)).size,
      checks: checks.length,
      states: sum(checks.map(({ found }) => found.states)),
      transitions: sum(checks.map(({ found }) => found.transitions)),
      mutants: mutants.length,
      killed: mutants.filter(({ isKilled }) => isKilled).length,
    },
    checks,
    mutants,
  };
}

/** The sweep is done in parts and told as one check. */
function sweepOf(done: readonly Done[]): readonly Timed<CheckResult>[] {
  const parts = done.flatMap(({ result, tookMs }) => (result.kind === 'sweep' ? [{ result, tookMs }] : []));
  if (parts.length === 0) return [];
  return [
    { ...sweepResult(parts.map(({ result }) => result)), tookMs: sum(parts.map(({ tookMs }) => tookMs)) },
  ];
}

function verdictOf(checks: readonly CheckResult[], mutants: readonly MutantResult[]): Verdict {
  const isWrong = checks.some(({ verdict }) => verdict === 'violation' || verdict === 'changed');
  if (isWrong || mutants.some(({ isKilled }) => !isKilled)) return 'violation';
  return checks.some(({ verdict }) => verdict === 'incomplete') ? 'incomplete' : 'pass';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
