/**
 * A whole run as a model for the explorer: a core of the supervisor in an environment that may do anything it is allowed
 * to, with the policy left open.
 *
 * P1  Every ticket may be asked to be dispatched at every moment, so what holds here holds for every policy.
 * P2  Sessions, the queue, faults and requests to end may come in any order that is possible at all.
 * P3  Progress may rely on sessions, the queue, the policy, and on a pause being lifted; not on faults or on a stop.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import { chunkedGet } from '../domain/chunked.ts';
import type { RunState } from '../domain/run-state.ts';
import type { SystemPlan } from '../domain/system-view.ts';
import type { Core } from './core.ts';
import { CoreTable, type CoreEdge, type CoreNode } from './core-table.ts';
import {
  withSlot,
  type Environment,
  type Fault,
  type Happening,
  type Move,
  type Slot,
} from './environment.ts';
import type { Model, Step } from './explore.ts';
import { eventualitiesIn } from './judged-by.ts';
import type { Scope } from './scope.ts';
import type { TicketOrder } from './symmetry.ts';

/** A moment of a run: what the supervisor is at, and what is going on around it. */
export interface Moment<State, S extends Slot> {
  readonly node: CoreNode<State>;
  readonly slots: readonly S[];
  /** What may still break. */
  readonly faults: Readonly<Record<Fault, number>>;
}

/** What happened in one step of a run. */
export interface RunAction {
  /** What came to the supervisor; null for what it did not notice. */
  readonly event: SupervisorEvent | null;
  readonly text: string;
}

/** A run as a model, and what it has shown so far. */
export interface RunModel<State, S extends Slot> extends Model<Moment<State, S>, RunAction> {
  readonly table: CoreTable<State>;
  /** States of the supervisor that were reached. */
  readonly reached: ReadonlySet<CoreNode<State>>;
}

/** What a run model is made of. */
export interface RunModelParts<State, S extends Slot> {
  readonly core: Core<State>;
  readonly environment: Environment<S>;
  readonly scope: Scope;
  readonly plan: SystemPlan;
  readonly order: TicketOrder;
  /** Names of the properties to judge by; all when null. */
  readonly only: readonly string[] | null;
}

/** Puts a core into its surroundings. */
export function runModel<State, S extends Slot>(parts: RunModelParts<State, S>): RunModel<State, S> {
  const { core, scope, plan, order, environment, only } = parts;
  const table = new CoreTable(core, { plan, endings: scope.endings, only });
  const requests = requestsOf(scope);
  const dispatches = dispatchesOf(scope, environment);
  const happenings = new Map<CoreNode<State>, readonly Happening[]>();
  const reached = new Set<CoreNode<State>>();

  function take(
    from: Moment<State, S>,
    { event, isOwed, fault }: Happening,
  ): Step<Moment<State, S>, RunAction> {
    const edge = table.take(from.node, event);
    return arrive(from, edge, from.slots, { action: { event, text: event.type }, isOwed, fault });
  }

  function move(
    from: Moment<State, S>,
    { event, text, next, isOwed, fault }: Move,
  ): Step<Moment<State, S>, RunAction> | null {
    const slots = withSlot(from.slots, next as S);
    if (event === null) {
      const faults = leftOf(from.faults, fault);
      return { action: { event, text }, next: { node: from.node, slots, faults }, wrong: null, isOwed };
    }
    const edge = table.take(from.node, event);
    if (edge.isIgnored && slots === from.slots) return null;
    return arrive(from, edge, slots, { action: { event, text }, isOwed, fault });
  }

  function arrive(
    from: Moment<State, S>,
    { to: node, commands, wrong }: CoreEdge<State>,
    before: readonly S[],
    { action, isOwed, fault }: { readonly action: RunAction } & Pick<Happening, 'isOwed' | 'fault'>,
  ): Step<Moment<State, S>, RunAction> {
    let slots = before;
    for (const command of commands) slots = environment.follow(slots, command);
    return { action, next: { node, slots, faults: leftOf(from.faults, fault) }, wrong, isOwed };
  }

  /** What may come at a node whatever is going on around it, less what would change nothing there. */
  function happeningsAt(node: CoreNode<State>): readonly Happening[] {
    const known = happenings.get(node);
    if (known !== undefined) return known;
    const { chart, run } = node.look;
    const owed = (event: SupervisorEvent): Happening => ({ event, isOwed: true, fault: null });
    const notOwed = (event: SupervisorEvent): Happening => ({ event, isOwed: false, fault: null });
    const effective = [
      ...(chart === 'recovering' ? [owed(RECOVERED)] : []),
      ...(chart === 'closing' ? [owed(CLOSED)] : []),
      ...dispatches.map((eventOf) => owed(eventOf(run))),
      ...(chart === 'paused' ? [owed(RESUME)] : []),
      ...requests.map(notOwed),
      ...(chart === 'recovering' && scope.faults.ends ? [notOwed(RECOVERY_BROKE)] : []),
      ...(chart === 'closing' && scope.faults.ends ? [notOwed(CLOSING_BROKE)] : []),
      ...(scope.faults.lateMessages ? environment.lateMessages(run).map(notOwed) : []),
    ].filter(({ event }) => !table.take(node, event).isIgnored);
    happenings.set(node, effective);
    return effective;
  }

  return {
    table,
    reached,
    initial: {
      node: table.first.to,
      slots: environment.initial,
      faults: { session: scope.faults.sessions, mergeQueue: scope.faults.mergeQueue },
    },
    goals: eventualitiesIn(scope)
      .filter(({ name }) => only?.includes(name) ?? true)
      .map((goal) => ({ ...goal, isMet: ({ node }) => goal.isMet(node.told) })),
    judge: ({ node, slots }) => {
      reached.add(node);
      const wrong = environment.judge(slots, node.look);
      return wrong !== null && (only?.includes(wrong.property) ?? true) ? wrong : null;
    },
    keyOf: ({ node, slots, faults }) => {
      const { tickets } = node;
      let others = '';
      const texts = slots.slice(0, tickets.length).map((slot, position) => tickets[position]! + slot.code);
      for (let index = tickets.length; index < slots.length; index += 1) others += slots[index]!.code;
      return `${node.head}${faults.session}${faults.mergeQueue}${others}${order(texts)}`;
    },
    successors: (from, visit) => {
      if (from.node.look.chart === 'finished') return;
      for (const happening of happeningsAt(from.node)) visit(take(from, happening));
      for (const happening of environment.faults) {
        if (isLeft(from.faults, happening.fault)) visit(take(from, happening));
      }
      const isPermitted = environment.permits(from.slots);
      for (const slot of from.slots) {
        for (const possible of slot.moves) {
          if (!isLeft(from.faults, possible.fault) || !isPermitted(possible)) continue;
          const taken = move(from, possible);
          if (taken !== null) visit(taken);
        }
      }
    },
  };
}

function isLeft(faults: Moment<unknown, Slot>['faults'], fault: Fault | null): boolean {
  return fault === null || faults[fault] > 0;
}

function leftOf(
  faults: Moment<unknown, Slot>['faults'],
  fault: Fault | null,
): Moment<unknown, Slot>['faults'] {
  return fault === null ? faults : { ...faults, [fault]: faults[fault] - 1 };
}

const RECOVERED: SupervisorEvent = {
  type: 'xstate.done.actor.recover',
  actorId: 'recover',
  output: { notes: [] },
};
const RECOVERY_BROKE: SupervisorEvent = {
  type: 'xstate.error.actor.recover',
  actorId: 'recover',
  error: new Error('recovery broke'),
};
const CLOSED: SupervisorEvent = {
  type: 'xstate.done.actor.closeRun',
  actorId: 'closeRun',
  output: { publication: null },
};
const CLOSING_BROKE: SupervisorEvent = {
  type: 'xstate.error.actor.closeRun',
  actorId: 'closeRun',
  error: new Error('closing broke'),
};
const RESUME: SupervisorEvent = { type: 'run.resume' };

function requestsOf({ operator }: Scope): readonly SupervisorEvent[] {
  return operator.map((type) =>
    type === 'run.pause' ? { type } : { type, reason: { kind: 'signal', signal: 'SIGINT' } },
  );
}

/** For each ticket, the request to dispatch it with the next session id of its own. */
function dispatchesOf(
  scope: Scope,
  environment: Pick<Environment, 'sessionOf'>,
): readonly ((run: RunState) => SupervisorEvent)[] {
  return scope.tickets.map(({ id }, position) => {
    const events: SupervisorEvent[] = [];
    return (run) => {
      const state = chunkedGet(run.tickets, position);
      const attempt = 'attempts' in state ? state.attempts + 1 : 1;
      events[attempt] ??= {
        type: 'dispatch',
        ticket: id,
        session: environment.sessionOf(position, attempt),
      };
      return events[attempt];
    };
  });
}
