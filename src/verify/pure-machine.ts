/**
 * A machine that runs under the supervisor, advanced without running it: a session or the merge queue.
 *
 * Its chart, guards and actions are what ships. Its actors are inert and its clock stands still; which of them are
 * alive, and which timers are set, is kept here as data, so that a checker can let each of them speak at any moment.
 */
import {
  fromCallback,
  type AnyActorRef,
  type AnyStateMachine,
  type InputFrom,
  type SnapshotFrom,
} from 'xstate';

import { pureScope, type PureAction } from './pure-scope.ts';

/** Where a machine stands, with what it has started and what it has set itself. */
export interface PureState<Machine extends AnyStateMachine> {
  readonly snapshot: SnapshotFrom<Machine>;
  /** Actors that it invoked and that still run, in the order of their start; one that runs twice is there twice. */
  readonly running: readonly string[];
  /** Events that its timers will send. */
  readonly timers: readonly string[];
}

/** Something that a machine does to others. */
export type Deed<Report> =
  | { readonly kind: 'reports'; readonly report: Report }
  | { readonly kind: 'orders'; readonly actor: string; readonly order: string }
  | { readonly kind: 'starts'; readonly actor: string; readonly input: unknown }
  | { readonly kind: 'stops'; readonly actor: string };

/** One step of a machine. */
export interface PureStep<Machine extends AnyStateMachine, Report> {
  readonly state: PureState<Machine>;
  readonly deeds: readonly Deed<Report>[];
}

/** Anything that a machine reacts to. */
export interface Stimulus {
  readonly type: string;
}

/** A machine as a function from state and event to state and deeds. */
export class PureMachine<Machine extends AnyStateMachine, Report> {
  readonly #machine: Machine;
  readonly #scope: ReturnType<typeof pureScope>;
  readonly #input: InputFrom<Machine>;
  #actions: PureAction[] = [];

  constructor(machine: Machine, input: InputFrom<Machine>) {
    this.#machine = withInertActors(machine);
    this.#input = input;
    this.#scope = pureScope<AnyStateMachine>(this.#machine, input, (action) => this.#actions.push(action));
  }

  /** The first step: what a machine does when it is started. */
  begin(): PureStep<Machine, Report> {
    this.#actions = [];
    const snapshot = this.#machine.getInitialSnapshot(this.#scope, this.#input) as SnapshotFrom<Machine>;
    return this.#stepTo(snapshot, { running: [], timers: [] });
  }

  /** The step at an event. Throws what the machine throws: it has no answer then, and ends. */
  take(state: PureState<Machine>, event: Stimulus): PureStep<Machine, Report> {
    this.#actions = [];
    // A timer that rings is not set any more, and an actor that is done does not run any more.
    const ended = /^xstate\.(?:done|error)\.actor\.(.*)$/.exec(event.type)?.[1];
    const before = { running: [...state.running], timers: [...state.timers] };
    remove(before.timers, event.type);
    if (ended !== undefined) remove(before.running, ended);
    const next: { readonly status: string; readonly error: unknown } = this.#machine.transition(
      state.snapshot,
      event,
      this.#scope,
    );
    if (next.status === 'error') throw next.error;
    return this.#stepTo(next as unknown as SnapshotFrom<Machine>, before);
  }

  #stepTo(
    snapshot: SnapshotFrom<Machine>,
    before: Pick<PureState<Machine>, 'running' | 'timers'>,
  ): PureStep<Machine, Report> {
    const running = [...before.running];
    const timers = [...before.timers];
    const deeds: Deed<Report>[] = [];
    for (const { type, params } of this.#actions) {
      switch (type) {
        case 'xstate.sendTo': {
          const order = params['event'] as Stimulus;
          const { id } = params['to'] as AnyActorRef;
          deeds.push(
            params['targetId'] === '#_parent'
              ? { kind: 'reports', report: order as Report }
              : { kind: 'orders', actor: id, order: order.type },
          );
          break;
        }
        case 'xstate.spawnChild': {
          const actor = params['id'] as string;
          running.push(actor);
          deeds.push({ kind: 'starts', actor, input: params['input'] });
          break;
        }
        case 'xstate.stopChild': {
          const actor = (params as unknown as AnyActorRef).id;
          // One that is done or broke stops nothing by being forgotten.
          if (remove(running, actor)) deeds.push({ kind: 'stops', actor });
          break;
        }
        case 'xstate.raise':
          if (params['delay'] !== undefined) timers.push((params['event'] as Stimulus).type);
          break;
        case 'xstate.cancel':
          remove(timers, params['sendId'] as string);
          break;
        default:
          throw new Error(`this machine has an action that the checker does not know: ${type}`);
      }
    }
    return { state: { snapshot, running, timers }, deeds };
  }
}

/** Only the actors are replaced: the chart, its guards and its actions are what ships. */
function withInertActors<Machine extends AnyStateMachine>(machine: Machine): Machine {
  const inert = fromCallback(() => undefined);
  const names = Object.keys(machine.implementations.actors);
  const actors = Object.fromEntries(names.map((name) => [name, inert]));
  return machine.provide({ actors } as never) as unknown as Machine;
}

/** Takes one away, and tells whether it was there. */
function remove(list: string[], item: string): boolean {
  const at = list.indexOf(item);
  if (at !== -1) list.splice(at, 1);
  return at !== -1;
}
