/**
 * Checks the supervisor that ships with the backlog and the limits of a project: can anything that may happen in a run of it
 * break a promise?
 *
 * B1  Where everything can be tried, it is: `exhaustive`. A small backlog is tried with every report of a session; a larger one
 *     with those that a decision depends on (`session-life.ts`).
 * B2  Elsewhere runs are walked by chance, each to its end, until so many steps are taken: `walks`. That is no proof, and the
 *     report says how much was tried.
 */
import { dice } from '../domain/dice.ts';
import { EVENTUALITIES } from '../domain/eventualities.ts';
import { checkModel, type ScopeReport } from './check-scope.ts';
import type { Finding } from './counterexample.ts';
import { randomWalk } from './random-walk.ts';
import { runModel } from './run-model.ts';
import { shrinkWalk } from './shrink-walk.ts';
import { WalkCoverage, type WalkReport } from './walk-coverage.ts';
import { walkWorld, type BacklogSetting } from './walk-world.ts';

/** What checking a backlog came to. */
export interface BacklogCheck {
  readonly verdict: 'pass' | 'violation';
  /** How much of what can happen was tried; `nothing` when no ticket can be dispatched. */
  readonly method: 'exhaustive' | 'walks' | 'nothing';
  /** What was explored, when everything was. */
  readonly explored:
    (Pick<ScopeReport, 'states' | 'transitions' | 'depth' | 'seen'> & { readonly lives: Lives }) | null;
  /** What was walked, when not everything could be explored. */
  readonly walked: WalkReport | null;
  readonly counterexample: Finding | null;
}

/** How much sessions tell where everything is tried. */
type Lives = 'full' | 'short';

/** How to check a backlog. */
export interface BacklogCheckOptions {
  readonly seed: number;
  /** States of an exploration, or steps of walks, to take at most; a walk that is begun is finished. */
  readonly budget: number;
}

/** Checks a backlog. */
export function checkBacklog(setting: BacklogSetting, options: BacklogCheckOptions): BacklogCheck {
  const eligible = setting.backlog.tickets.filter(({ standing }) => standing === 'eligible').length;
  if (eligible === 0) {
    return { verdict: 'pass', method: 'nothing', explored: null, walked: null, counterexample: null };
  }
  for (const lives of ['full', 'short'] as const) {
    if (eligible > EXPLORED_MAX[lives]) continue;
    const explored = explore(setting, lives, options.budget);
    if (explored !== null) return explored;
  }
  return walk(setting, options);
}

/** Above so many tickets it is known beforehand that not everything can be tried. */
const EXPLORED_MAX: Readonly<Record<Lives, number>> = { full: 3, short: 6 };

/** Tries everything; null when the budget does not suffice. */
function explore(setting: BacklogSetting, lives: Lives, budget: number): BacklogCheck | null {
  const world = walkWorld(setting, { lives });
  const model = runModel({ ...world, order: null, only: null });
  const { verdict, counterexample, states, transitions, depth, seen } = checkModel(world.scope, model, {
    budget,
  });
  if (verdict === 'incomplete') return null;
  return {
    verdict,
    method: 'exhaustive',
    explored: { states, transitions, depth, seen, lives },
    walked: null,
    counterexample,
  };
}

function walk(setting: BacklogSetting, { seed, budget }: BacklogCheckOptions): BacklogCheck {
  const world = walkWorld(setting, { faults: WALK_FAULTS });
  const chance = dice(seed);
  const coverage = new WalkCoverage(setting.backlog);
  while (coverage.steps < budget) {
    const taken = randomWalk(world, chance, coverage.note);
    if (taken.wrong !== null) {
      // What cannot come about any more is seen at the end of a walk only, so such a walk stays as it is.
      const isUnmet = EVENTUALITIES.some(({ name }) => name === taken.wrong?.property);
      const { steps, wrong } = isUnmet ? taken : shrinkWalk(world, taken);
      const counterexample = wrong === null ? null : { ...wrong, path: steps };
      return {
        verdict: 'violation',
        method: 'walks',
        explored: null,
        walked: coverage.report(),
        counterexample,
      };
    }
    coverage.noteEnd(taken);
  }
  return {
    verdict: 'pass',
    method: 'walks',
    explored: null,
    walked: coverage.report(),
    counterexample: null,
  };
}

/** What may break in one walk. */
const WALK_FAULTS = {
  sessions: 2,
  mergeQueue: 1,
  standIns: 'mayBreak',
  ends: true,
  lateMessages: false,
} as const;
