/**
 * Everything that the checker checks, as a list of jobs: each is plain data, stands for itself, and comes to the same result
 * wherever and whenever it is done. Whoever has cores hands them out; the list says in which order results are told.
 */
import { checkDomain, checkScope, type CheckOptions, type ScopeReport } from './check-scope.ts';
import { tellEverything, type ToldCounterexample } from './counterexample.ts';
import { judgedBy } from './judged-by.ts';
import { killMutants } from './kill-mutants.ts';
import { MUTANTS } from './mutants.ts';
import type { Supervisor } from './mutate.ts';
import { KNOWN_COUNTS, SCOPES } from './scopes.ts';

/** What is searched: the shipped supervisor, or the rules that were written by hand. */
export type Subject = 'machine' | 'rules';

/** One thing to do. */
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
  /** Names of the properties that it was judged by. */
  readonly properties: readonly string[];
  readonly counterexample: ToldCounterexample | null;
}

/** How much there was to see, by what was counted. */
export type Counts = Readonly<Record<string, number>> & {
  readonly states: number;
  readonly transitions: number;
};

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

/** One search, with what is known of it. */
interface Search {
  readonly scope: string;
  readonly subject: Subject;
  readonly describe: string;
  readonly known: Counts;
  readonly properties: readonly string[];
  readonly find: (options: CheckOptions & { readonly machine?: Supervisor }) => ScopeReport;
}

const SEARCHES: readonly Search[] = SCOPES.flatMap((scope): readonly Search[] => {
  const common = {
    scope: scope.name,
    describe: scope.describe,
    known: { ...KNOWN_COUNTS[scope.name]! },
    properties: judgedBy(scope),
  };
  return [
    { ...common, subject: 'machine', find: (options) => checkScope(scope, options) },
    { ...common, subject: 'rules', find: (options) => checkDomain(scope, options) },
  ];
});

/** Names of everything that can be checked by itself. */
export const CHECK_NAMES: readonly string[] = [...new Set(SEARCHES.map(({ scope }) => scope))];

/** Names of all broken copies. */
export const MUTANT_NAMES: readonly string[] = MUTANTS.map(({ name }) => name);

/** Lists all checks of some scopes, and then the mutants that are found there. */
export function suiteOf(scopes: readonly string[], budget: number | null = null): readonly Job[] {
  const isAsked = ({ scope }: { readonly scope: string }): boolean => scopes.includes(scope);
  return [
    ...SEARCHES.filter(isAsked).map(({ scope, subject }): Job => ({ kind: 'check', scope, subject, budget })),
    ...MUTANTS.filter(isAsked).map(({ name }): Job => ({ kind: 'mutant', name })),
  ];
}

/** How long a job takes, as far as that is known before: the larger the longer. */
export function effortOf(job: Job): number {
  return job.kind === 'check' ? searchOf(job).known.transitions : 0;
}

/** Does a job. With a `machine`, a broken copy is checked in place of the shipped supervisor. */
export function doJob(job: Job, machine?: Supervisor): JobResult {
  return job.kind === 'check' ? check(job, machine) : kill(job.name);
}

function searchOf(job: Extract<Job, { kind: 'check' }>): Search {
  const search = SEARCHES.find(({ scope, subject }) => scope === job.scope && subject === job.subject);
  if (search === undefined) throw new Error(`nothing is known of ${job.scope} (${job.subject})`);
  return search;
}

function check(job: Extract<Job, { kind: 'check' }>, machine?: Supervisor): CheckResult {
  const { scope, subject, describe, known, properties, find } = searchOf(job);
  const report = find({
    ...(job.budget === null ? {} : { budget: job.budget }),
    ...(machine === undefined ? {} : { machine }),
  });
  const { verdict, states, transitions, nodes, counterexample } = report;
  const found = { states, transitions, nodes };
  return {
    kind: 'check',
    scope,
    describe,
    subject,
    verdict: verdict === 'pass' && !isSame(found, known) ? 'changed' : verdict,
    found,
    known,
    properties,
    counterexample: counterexample && tellEverything(scope, counterexample),
  };
}

function isSame(found: Counts, known: Counts): boolean {
  return Object.entries(known).every(([what, count]) => found[what] === count);
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
    counterexample: found === null ? null : tellEverything(scope, { property: found, message, path }),
  };
}
