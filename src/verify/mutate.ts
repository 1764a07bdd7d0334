/**
 * Ways to break a copy of the supervisor: in its words, by `provide`, or in its chart, by its config. The original stays whole.
 */
import { enqueueActions } from 'xstate';

import { supervisorMachine, type SupervisorContext, type SupervisorEvent } from '../../machines/index.ts';
import { supervisorSetup } from '../../machines/supervisor/setup.ts';
import type { SessionId } from '../domain/ids.ts';
import type { RunFact } from '../domain/run-fact.ts';
import type { RunState } from '../domain/run-state.ts';

/** The shipped supervisor, or a mutant of it. */
export type Supervisor = typeof supervisorMachine;

/** A broken copy of a machine, of the supervisor if nothing else is said. */
export interface Mutant<Machine = Supervisor> {
  readonly name: string;
  /** What is wrong with it, for a person. */
  readonly describe: string;
  /** The property that must find it. */
  readonly killedBy: string;
  /** The scope in which it does. */
  readonly scope: string;
  readonly machine: Machine;
}

/** What guards and actions are asked about. */
export interface Asked {
  readonly context: SupervisorContext;
  readonly event: SupervisorEvent;
}

/** What a rewritten action does. */
export interface Deed {
  readonly run?: RunState;
  readonly announces?: readonly RunFact[];
  readonly raises?: readonly SupervisorEvent[];
  /** Sessions whose actors are started. */
  readonly spawns?: readonly SessionId[];
  /** Sessions that are told to end. */
  readonly terminates?: readonly SessionId[];
}

/** Names of all guards and actions of the supervisor. */
export const SUPERVISOR_WORDS = {
  guards: Object.keys(supervisorMachine.implementations.guards),
  actions: Object.keys(supervisorMachine.implementations.actions),
};

/** Answers a guard's question in another way. */
export function withGuard(
  name: string,
  answer: (asked: Asked) => boolean,
  on = supervisorMachine,
): Supervisor {
  return on.provide({ guards: { [name]: answer } });
}

/** Does something else in place of an action. */
export function withAction(name: string, act: (asked: Asked) => Deed, on = supervisorMachine): Supervisor {
  const action = enqueueActions<
    SupervisorContext,
    SupervisorEvent,
    undefined,
    SupervisorEvent,
    never,
    never,
    never,
    never,
    RunFact
  >(({ context, event, enqueue }) => {
    const { run, announces = [], raises = [], spawns = [], terminates = [] } = act({ context, event });
    if (run !== undefined) enqueue.assign({ run });
    for (const fact of announces) enqueue.emit(fact);
    for (const raised of raises) enqueue.raise(raised);
    for (const session of spawns)
      enqueue.spawnChild('session' as never, { id: `session.${session}` } as never);
    for (const session of terminates) enqueue.sendTo(`session.${session}`, { type: 'session.terminate' });
  });
  return on.provide({ actions: { [name]: action } });
}

/** Leaves an action out. */
export function without(action: string, on = supervisorMachine): Supervisor {
  return withAction(action, () => ({}), on);
}

/** The part of the chart's config that mutants change: transitions by event, of the machine and of its states. */
export interface Chart {
  readonly on: Readonly<Record<string, unknown>>;
  readonly states: Readonly<Record<string, { readonly on?: Readonly<Record<string, unknown>> }>>;
}

/** Changes the chart itself. */
export function rewired(change: (chart: Chart) => Partial<Chart>): Supervisor {
  const chart = supervisorMachine.config as unknown as Chart;
  const config = { ...chart, ...change(chart) };
  return supervisorSetup.createMachine(config as never) as unknown as Supervisor;
}
