/**
 * Everything that the checker checks, as a list of jobs: each is plain data, stands for itself, and comes to the same result
 * wherever and whenever it is done. Whoever has cores hands them out; the list says in which order results are told.
 */
import { tellEverything, type ToldCounterexample } from './counterexample.ts';
import { judgedBy } from './judged-by.ts';
import { ALL_MUTANTS, killMutant } from './kill-mutants.ts';
import type { Supervisor } from './mutate.ts';
import { SEARCHES, type Counts, type Search, type Subject } from './searches.ts';
import { smallPlans } from './small-plans.ts';
import { checkDomain } from './check-scope.ts';
import { KNOWN_SWEEP, sumOfSweeps, sweep, worldOf, type SweepReport } from './sweep.ts';

/** One thing to do. */
export type Job = CheckJob | SweepJob | MutantJob;

interface CheckJob {
  readonly kind: 'check';
  readonly scope: string;
  readonly subject: Subject;
  readonly budget: number | null;
}

/** A part of the sweep: plans by their numbers. */
interface SweepJob {
  readonly kind: 'sweep';
  readonly first: number;
  readonly end: number;
  readonly budget: number | null;
}

interface MutantJob {
  readonly kind: 'mutant';
  readonly of: MutantResult['of'];
  readonly name: string;
}

/** What became of a job. */
export type JobResult = CheckResult | MutantResult | SweepPart;

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

/** What became of a broken copy. */
export interface MutantResult {
  readonly kind: 'mutant';
  /** The machine that it is a copy of. */
  readonly of: 'supervisor' | 'session' | 'mergeQueue';
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

/** What a part of the sweep came to. */
export interface SweepPart {
  readonly kind: 'sweep';
  readonly first: number;
  readonly end: number;
  readonly report: SweepReport;
}

/** The name of the sweep among the scopes. */
const SWEEP = 'sweep';

/** Names of everything that can be checked by itself. */
export const CHECK_NAMES: readonly string[] = [...new Set(SEARCHES.map(({ scope }) => scope)), SWEEP];

/** Names of all broken copies; those of different machines may share one. */
export const MUTANT_NAMES: readonly string[] = [...new Set(ALL_MUTANTS.map(({ name }) => name))];

/** Lists all checks of some scopes, and then the mutants that are found there. */
export function suiteOf(scopes: readonly string[], budget: number | null = null): readonly Job[] {
  const isAsked = ({ scope }: { readonly scope: string }): boolean => scopes.includes(scope);
  return [
    ...SEARCHES.filter(isAsked).map(({ scope, subject }): Job => ({ kind: 'check', scope, subject, budget })),
    ...(scopes.includes(SWEEP) ? sweepJobs(budget) : []),
    ...ALL_MUTANTS.filter(isAsked).map(jobOfMutant),
  ];
}

/** Lists the mutants of some names. */
export function mutantsNamed(names: readonly string[]): readonly Job[] {
  return ALL_MUTANTS.filter(({ name }) => names.includes(name)).map(jobOfMutant);
}

function jobOfMutant({ of, name }: Pick<MutantJob, 'of' | 'name'>): MutantJob {
  return { kind: 'mutant', of, name };
}

/** Parts small enough that none is waited for at the end. */
const PLANS_IN_PART = 46;

function sweepJobs(budget: number | null): readonly SweepJob[] {
  const parts = Math.ceil(KNOWN_SWEEP.plans / PLANS_IN_PART);
  return Array.from({ length: parts }, (_part, index) => ({
    kind: 'sweep',
    first: index * PLANS_IN_PART,
    end: Math.min((index + 1) * PLANS_IN_PART, KNOWN_SWEEP.plans),
    budget,
  }));
}

/** How long a job takes, as far as that is known before: the larger the longer. */
export function effortOf(job: Job): number {
  switch (job.kind) {
    case 'check':
      return searchOf(job).known.transitions;
    case 'sweep':
      return (KNOWN_SWEEP.transitions * (job.end - job.first)) / KNOWN_SWEEP.plans;
    case 'mutant':
      return 0;
  }
}

/** Does a job. With a `machine`, a broken copy is checked in place of the shipped supervisor. */
export function doJob(job: Job, machine?: Supervisor): JobResult {
  switch (job.kind) {
    case 'check':
      return check(job, machine);
    case 'sweep': {
      const { kind, first, end } = job;
      return { kind, first, end, report: sweep(first, end, (scope) => checkDomain(scope, limitOf(job))) };
    }
    case 'mutant':
      return kill(job);
  }
}

/** Puts the parts of the sweep together. */
export function sweepResult(parts: readonly SweepPart[]): CheckResult {
  const { failure, seen: _seen, ...counts } = sumOfSweeps(parts.map(({ report }) => report));
  const found = { plans: parts.reduce((sum, { first, end }) => sum + end - first, 0), ...counts };
  const counterexample = failure?.report.counterexample ?? null;
  return {
    kind: 'check',
    scope: SWEEP,
    describe: 'every plan of four tickets with up to three components, three workers and two attempts',
    subject: 'rules',
    verdict: verdictOf(failure?.report.verdict ?? 'pass', found, KNOWN_SWEEP),
    found,
    known: KNOWN_SWEEP,
    properties: judgedBy(worldOf(smallPlans()[0]!, 1)),
    counterexample:
      counterexample === null || failure === null
        ? null
        : tellEverything(
            { scope: null, about: 'supervisor' },
            {
              ...counterexample,
              message: `${counterexample.message} (in the world ${failure.scope.name})`,
            },
          ),
  };
}

function limitOf({ budget }: { readonly budget: number | null }): { readonly budget?: number } {
  return budget === null ? {} : { budget };
}

function searchOf(job: CheckJob): Search {
  const search = SEARCHES.find(({ scope, subject }) => scope === job.scope && subject === job.subject);
  if (search === undefined) throw new Error(`nothing is known of ${job.scope} (${job.subject})`);
  return search;
}

function check(job: CheckJob, machine?: Supervisor): CheckResult {
  const { scope, subject, describe, known, properties, find } = searchOf(job);
  const report = find({ ...limitOf(job), ...(machine === undefined ? {} : { machine }) });
  const { verdict, states, transitions, nodes, counterexample } = report;
  const found = { states, transitions, nodes };
  return {
    kind: 'check',
    scope,
    describe,
    subject,
    verdict: verdictOf(verdict, found, known),
    found,
    known,
    properties,
    counterexample: counterexample && tellEverything(stageOf(scope, subject), counterexample),
  };
}

/** Who stands in the middle of a counterexample, and the scope to play it again in. The composition has more than one. */
function stageOf(scope: string, subject: Subject): Parameters<typeof tellEverything>[0] {
  const isAlone = scope === 'session' || scope === 'mergeQueue';
  return {
    scope: isAlone || subject === 'composition' ? null : scope,
    about: isAlone ? scope : 'supervisor',
  };
}

function verdictOf(
  verdict: 'pass' | 'violation' | 'incomplete',
  found: Counts,
  known: Counts,
): CheckResult['verdict'] {
  const isKnown = Object.entries(known).every(([what, count]) => found[what] === count);
  return verdict === 'pass' && !isKnown ? 'changed' : verdict;
}

function kill(job: MutantJob): MutantResult {
  const mutant = ALL_MUTANTS.find(({ of, name }) => of === job.of && name === job.name);
  if (mutant === undefined) throw new Error(`there is no mutant ${job.name} of the ${job.of}`);
  const { isKilled, found, message, path } = killMutant(mutant);
  const { of, name, describe, scope, killedBy } = mutant;
  const counterexample = found === null ? null : { property: found, message, path };
  return {
    kind: 'mutant',
    of,
    name,
    describe,
    scope,
    killedBy,
    isKilled,
    counterexample: counterexample && tellEverything(stageOf(scope, 'machine'), counterexample),
  };
}
