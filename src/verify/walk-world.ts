/**
 * A real backlog as a world in which runs can be walked or explored: the shipped supervisor with the backlog and the limits
 * that a run would have, among sessions told by their lives.
 */
import type { supervisorMachine } from '../../machines/index.ts';
import type { Backlog } from '../domain/backlog.ts';
import type { RunLimits } from '../domain/run-state.ts';
import { systemPlanOf, type SystemPlan } from '../domain/system-view.ts';
import type { Core } from './core.ts';
import { happeningsIn } from './happenings.ts';
import { LifeEnvironment } from './life-environment.ts';
import { modelInput, type LifeSwitches } from './model-input.ts';
import { scopeOf, type Scope } from './scope.ts';
import { supervisorCore, type SupervisorSnapshot } from './supervisor-model.ts';

/** What a run of a backlog depends on. */
export interface BacklogSetting {
  readonly backlog: Backlog;
  readonly limits: RunLimits;
  readonly switches: LifeSwitches;
  /** Another supervisor than the one that ships: to see that a broken one is found. */
  readonly machine?: typeof supervisorMachine;
}

/** A backlog, ready to be tried. */
export interface WalkWorld {
  readonly backlog: Backlog;
  readonly limits: RunLimits;
  readonly scope: Scope;
  readonly plan: SystemPlan;
  readonly core: Core<SupervisorSnapshot>;
  readonly environment: LifeEnvironment;
  readonly happenings: ReturnType<typeof happeningsIn>;
}

/** Makes the world of a backlog, with what may break in it. */
export function walkWorld(
  { backlog, limits, switches, machine }: BacklogSetting,
  given: Partial<Pick<Scope, 'faults' | 'lives'>>,
): WalkWorld {
  const scope = scopeOf({
    name: 'backlog',
    describe: 'the backlog of a project',
    // What they wait for and need is in the backlog itself, as a run compiles it.
    tickets: backlog.tickets.map(({ id }) => ({ id })),
    ...limits,
    ...switches,
    ...given,
  });
  const environment = new LifeEnvironment(scope);
  return {
    backlog,
    limits,
    scope,
    plan: systemPlanOf(backlog, limits),
    core: supervisorCore(modelInput(backlog, limits, switches), machine),
    environment,
    happenings: happeningsIn(scope, environment),
  };
}
