/**
 * Everything that the checker checks, as a list of jobs: each is plain data, stands for itself, and comes to the same result
 * wherever and whenever it is done. Whoever has cores hands them out; the list says in which order results are told.
 */
import { checkDomain, checkScope, type ScopeReport } from './check-scope.ts';
import {
  drawCounterexample,
  saveCounterexample,
  stepsOf,
  type SavedCounterexample,
  type ToldStep,
} from './counterexample.ts';
import { judgedBy } from './judged-by.ts';
import { killMutants } from './kill-mutants.ts';
import { MUTANTS } from './mutants.ts';
import type { Supervisor } from './mutate.ts';
import { KNOWN_COUNTS, SCOPES } from './scopes.ts';

/** What is checked in a scope: the shipped supervisor, or the rules that were written by hand. */
export type Subject = 'machine' | 'rules';

/** One thing to check. */
export type Job =
  | {
      readonly kind: 'check';
      readonly scope: string;
      readonly subject: Subject;
      readonly budget: number | null;
    }
  | { readonly kind: 'mutant'; readonly name: string };

/** What became of a job. */
export type JobResult = CheckResult | MutantResult;

/** What a search came to. */
export interface CheckResult {
  readonly kind: 'check';
  readonly scope: string;
  /** What is going on in the scope. */
  readonly describe: string;
  readonly subject: Subject;
  /** `changed`: nothing is wrong but the counts, which are not those that are known. */
  readonly verdict: 'pass' | 'violation' | 'changed' | 'incomplete';
  readonly found: Counts;
  readonly known: Counts;
  /** Steps to the farthest state. */
  readonly depth: number;
  /** Names of the properties that it was judged by. */
  readonly properties: readonly string[];
  readonly counterexample: ToldCounterexample | null;
}

/** How much there was to see. */
export interface Counts {
  readonly states: number;
  readonly transitions: number;
  /** States of the supervisor alone. */
  readonly nodes: number;
}

/** What became of a broken copy. */
export interface MutantResult {
  readonly kind: 'mutant';
  readonly name: string;
  /** What is broken in it. */
  readonly describe: string;
  readonly scope: string;
  /** The property that is meant to find it. */
  readonly killedBy: string;
  /** Whether that one did. */
  readonly isKilled: boolean;
  /** What was found; null when nothing was, and the mutant survives. */
  readonly counterexample: ToldCounterexample | null;
}

/** A counterexample in every form, as plain data. */
export interface ToldCounterexample {
  readonly property: string;
  readonly message: string;
  readonly steps: readonly ToldStep[];
  /** To be played again by `replayCounterexample`. */
  readonly saved: SavedCounterexample;
  /** A sequence diagram in Mermaid. */
  readonly mermaid: string;
}

/** Names of everything that can be checked by itself. */
export const CHECK_NAMES: readonly string[] = SCOPES.map(({ name }) => name);

/** Lists all checks of some scopes, and then the mutants that are found there. */
export function suiteOf(scopes: readonly string[], budget: number | null = null): readonly Job[] {
  const asked = SCOPES.filter(({ name }) => scopes.includes(name));
  return [
    ...asked.flatMap(({ name }) =>
      (['machine', 'rules'] as const).map((subject): Job => ({
        kind: 'check',
        scope: name,
        subject,
        budget,
      })),
    ),
    ...MUTANTS.filter(({ scope }) => scopes.includes(scope)).map(({ name }): Job => ({
      kind: 'mutant',
      name,
    })),
  ];
}

/** How long a job takes, as far as that is known before: the larger the longer. */
export function effortOf(job: Job): number {
  return job.kind === 'check' ? (KNOWN_COUNTS[job.scope]?.transitions ?? 0) : 0;
}

/** Does a job. With a `machine`, a broken copy is checked in place of the shipped supervisor. */
export function doJob(job: Job, machine?: Supervisor): JobResult {
  return job.kind === 'check' ? check(job, machine) : kill(job.name);
}

function check(
  { scope: name, subject, budget }: Extract<Job, { kind: 'check' }>,
  machine?: Supervisor,
): CheckResult {
  const scope = SCOPES.find((candidate) => candidate.name === name);
  const known = KNOWN_COUNTS[name];
  if (scope === undefined || known === undefined) throw new Error(`there is no scope ${name}`);
  const limit = budget === null ? {} : { budget };
  const report =
    subject === 'rules'
      ? checkDomain(scope, limit)
      : checkScope(scope, { ...limit, ...(machine === undefined ? {} : { machine }) });
  const { states, transitions, nodes } = report;
  return {
    kind: 'check',
    scope: name,
    describe: scope.describe,
    subject,
    verdict: report.verdict === 'pass' && !isSame(report, known) ? 'changed' : report.verdict,
    found: { states, transitions, nodes },
    known,
    depth: report.depth,
    properties: judgedBy(scope),
    counterexample: told(name, report.counterexample),
  };
}

function isSame(a: Counts, b: Counts): boolean {
  return a.states === b.states && a.transitions === b.transitions && a.nodes === b.nodes;
}

function kill(name: string): MutantResult {
  const mutant = MUTANTS.find((candidate) => candidate.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  const [report] = killMutants([mutant]);
  const { isKilled, found, message, path } = report!;
  const { describe, scope, killedBy } = mutant;
  return {
    kind: 'mutant',
    name,
    describe,
    scope,
    killedBy,
    isKilled,
    counterexample: told(scope, found === null ? null : { property: found, message, path }),
  };
}

function told(scope: string, found: ScopeReport['counterexample']): ToldCounterexample | null {
  if (found === null) return null;
  const { property, message, path } = found;
  return {
    property,
    message,
    steps: stepsOf(path),
    saved: saveCounterexample(scope, found),
    mermaid: drawCounterexample(found),
  };
}
