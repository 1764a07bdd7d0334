/**
 * The sweep: every plan of four tickets, with one to three workers and two attempts, each a world that is explored whole.
 *
 * Named scopes are what somebody thought of; the sweep is what nobody did. It asks the hand-written rules, which take the
 * same steps as the shipped machine (`lockstep` in the tests) and are quicker. It varies the plan and leaves all else out:
 * lives are brief, nobody asks the run to end, nothing breaks. Requests and faults have their scopes.
 *
 * W1  Worlds that only rename tickets or components are checked once (`small-plans.ts`), and inside a world states that only
 *     exchange tickets (`symmetry.ts`).
 * W2  A world in which nobody ever waited for a worker is the same with one more, state by state: its guard never said no. Such
 *     worlds are counted as covered and not explored again.
 */
import { checkDomain, type ScopeReport } from './check-scope.ts';
import { scopeOf, type Scope } from './scope.ts';
import { smallPlans, ticketsOf, type SmallPlan } from './small-plans.ts';

/** What the sweep, or a part of it, came to. */
export interface SweepReport {
  /** Worlds that were explored. */
  readonly explored: number;
  /** Worlds that are the same as one that was explored (W2). */
  readonly covered: number;
  readonly states: number;
  readonly transitions: number;
  /** Names of the sightings that were made in some world. */
  readonly seen: readonly string[];
  /** The first world in which something is wrong, by its number; the sweep goes no further. */
  readonly failure: SweepFailure | null;
}

/** A world in which something is wrong. */
export interface SweepFailure {
  readonly scope: Scope;
  readonly report: ScopeReport;
}

/** How many workers a world has. */
const WORKERS = [1, 2, 3] as const;

/** What the whole sweep comes to, exactly. */
export const KNOWN_SWEEP = {
  plans: 362,
  explored: 881,
  covered: 205,
  states: 669_816,
  transitions: 4_131_756,
} as const;

/** Checks the plans with the numbers from `first` up to, and without, `end`. Parts of any size add up to the same. */
export function sweep(
  first = 0,
  end: number = KNOWN_SWEEP.plans,
  check: (scope: Scope) => ScopeReport = checkDomain,
): SweepReport {
  let [explored, covered, states, transitions] = [0, 0, 0, 0];
  const seen = new Set<string>();
  const sum = (failure: SweepFailure | null): SweepReport => ({
    explored,
    covered,
    states,
    transitions,
    seen: [...seen].sort(),
    failure,
  });
  for (const plan of smallPlans().slice(first, end)) {
    for (const workers of WORKERS) {
      const scope = worldOf(plan, workers);
      const report = check(scope);
      explored += 1;
      states += report.states;
      transitions += report.transitions;
      for (const name of report.seen) seen.add(name);
      if (report.verdict !== 'pass') return sum({ scope, report });
      if (WAITS.some((name) => report.seen.includes(name))) continue;
      covered += WORKERS.length - workers;
      break;
    }
  }
  return sum(null);
}

/** Adds up the reports of parts, in the order of their plans. */
export function sumOfSweeps(parts: readonly SweepReport[]): SweepReport {
  const total = (of: (part: SweepReport) => number): number => parts.reduce((sum, part) => sum + of(part), 0);
  return {
    explored: total(({ explored }) => explored),
    covered: total(({ covered }) => covered),
    states: total(({ states }) => states),
    transitions: total(({ transitions }) => transitions),
    seen: [...new Set(parts.flatMap(({ seen }) => seen))].sort(),
    failure: parts.find(({ failure }) => failure !== null)?.failure ?? null,
  };
}

/** What shows that somebody waited for a worker. */
const WAITS: readonly string[] = ['refused: workersBusy', 'refused: sessionsFull'];

/** The world of a plan. */
export function worldOf(plan: SmallPlan, workers: number): Scope {
  const tickets = ticketsOf(plan);
  const told = tickets.map(({ id, deps = [], components = [] }) => {
    const after = deps.length === 0 ? '' : ` after ${deps.join(' and ')}`;
    return `${id} on ${components.join()}${after}`;
  });
  return scopeOf({
    name: `${told.join(', ')}; ${workers} worker(s)`,
    describe: 'a world of the sweep',
    tickets,
    workers,
    attemptsMax: 2,
    lives: 'brief',
    operator: [],
    endings: 'forgotten',
    symmetry: true,
  });
}
