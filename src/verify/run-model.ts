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
import { EVENTUALITIES, STOP_ENDS } from '../domain/eventualities.ts';
import type { RunState } from '../domain/run-state.ts';
import type { SystemPlan } from '../domain/system-view.ts';
import type { Core, Command } from './core.ts';
import { CoreTable, type CoreEdge, type CoreNode } from './core-table.ts';
import { Environment, type Move, type Slot } from './environment.ts';
import type { Model, Step } from './explore.ts';
import type { Scope } from './scope.ts';
import type { TicketOrder } from './symmetry.ts';

/** The name under which it is reported that a session was let go too early: the part of S1 that facts do not show. */
export const OVER_AFTER_MERGE = 'C8 overAfterMerge';

/** A moment of a run: what the supervisor is at, and what is going on around it. */
export interface RunModelState<State> {
  readonly node: CoreNode<State>;
  /** By ticket. */
  readonly slots: readonly Slot[];
  /** What may still break. */
  readonly sessionFaults: number;
  readonly queueFaults: number;
}

/** A run as a model, and what it has shown so far. */
export interface RunModel<State> extends Model<RunModelState<State>, SupervisorEvent> {
  readonly table: CoreTable<State>;
}

/** What a run model is made of. */
export interface RunModelParts<State> {
  readonly core: Core<State>;
  readonly scope: Scope;
  readonly plan: SystemPlan;
  readonly order: TicketOrder;
  /** Names of the properties to judge by; all when null. */
  readonly only: readonly string[] | null;
}

/** Puts a core into the environment of a scope. */
export function runModel<State>({ core, scope, plan, order, only }: RunModelParts<State>): RunModel<State> {
  const table = new CoreTable(core, { plan, endings: scope.endings, only });
  const environment = new Environment(scope);
  const requests = requestsOf(scope);
  const dispatches = dispatchesOf(scope, environment);
  const happenings = new Map<CoreNode<State>, readonly Happening[]>();

  function step(
    from: RunModelState<State>,
    event: SupervisorEvent,
    edge: CoreEdge<State>,
    { isOwed, isQueueFault = false }: Pick<Happening, 'isOwed' | 'isQueueFault'>,
    move?: Move,
  ): Step<RunModelState<State>, SupervisorEvent> | null {
    let slots = from.slots;
    if (move !== undefined) slots = withSlot(slots, move.next);
    for (const command of edge.commands) slots = follow(environment, slots, command);
    if (edge.isIgnored && slots === from.slots) return null;
    return {
      action: event,
      next: {
        node: edge.to,
        slots,
        sessionFaults: from.sessionFaults - (move?.needs === 'sessionFault' ? 1 : 0),
        queueFaults: from.queueFaults - (isQueueFault ? 1 : 0),
      },
      wrong: edge.wrong,
      isOwed,
    };
  }

  /** What may come at a node whatever is going on around it, less what would change nothing there. */
  function happeningsAt(node: CoreNode<State>): readonly Happening[] {
    const known = happenings.get(node);
    if (known !== undefined) return known;
    const { chart, run } = node.look;
    const possible: Happening[] = [
      ...(chart === 'recovering' ? [{ event: RECOVERED, isOwed: true }] : []),
      ...(chart === 'closing' ? [{ event: CLOSED, isOwed: true }] : []),
      ...dispatches.map((eventOf) => ({ event: eventOf(run), isOwed: true })),
      ...(chart === 'paused' ? [{ event: RESUME, isOwed: true }] : []),
      ...requests.map((event) => ({ event, isOwed: false })),
      ...(chart === 'recovering' && scope.faults.ends ? [{ event: RECOVERY_BROKE, isOwed: false }] : []),
      ...(chart === 'closing' && scope.faults.ends ? [{ event: CLOSING_BROKE, isOwed: false }] : []),
      ...(scope.faults.lateMessages
        ? environment.lateMessages(run).map((event) => ({ event, isOwed: false }))
        : []),
      ...(scope.faults.mergeQueue > 0 ? [{ event: QUEUE_BROKE, isOwed: false, isQueueFault: true }] : []),
    ];
    const effective = possible.filter(
      ({ event, isQueueFault }) => !table.take(node, event).isIgnored || isQueueFault === true,
    );
    happenings.set(node, effective);
    return effective;
  }

  return {
    table,
    initial: {
      node: table.first.to,
      slots: scope.tickets.map((_ticket, position) => environment.empty(position)),
      sessionFaults: scope.faults.sessions,
      queueFaults: scope.faults.mergeQueue,
    },
    goals: EVENTUALITIES.filter(
      ({ name }) =>
        (only?.includes(name) ?? true) && (scope.agents === 'endByThemselves' || name === STOP_ENDS),
    ).map((goal) => ({ ...goal, isMet: ({ node }) => goal.isMet(node.told) })),
    judge: ({ slots }) => {
      const ghost = slots.find((slot) => slot.ghost !== null)?.ghost;
      return ghost === undefined || only?.includes(OVER_AFTER_MERGE) === false
        ? null
        : {
            property: OVER_AFTER_MERGE,
            message: `session ${ghost} is over, and its work is still with the merge queue`,
          };
    },
    keyOf: ({ node, slots, sessionFaults, queueFaults }) => {
      const texts = slots.map((slot, position) => node.tickets[position]! + slot.code);
      return `${node.head}${sessionFaults}${queueFaults}${order(texts)}`;
    },
    successors: (from, visit) => {
      if (from.node.look.chart === 'finished') return;
      for (const happening of happeningsAt(from.node)) {
        if (happening.isQueueFault === true && from.queueFaults === 0) continue;
        const { event } = happening;
        const taken = step(from, event, table.take(from.node, event), happening);
        if (taken !== null) visit(taken);
      }
      const isQueueIdle = !from.slots.some(({ isMerging }) => isMerging);
      for (const slot of from.slots) {
        for (const move of slot.moves) {
          if (!mayHappen(move, from, isQueueIdle)) continue;
          const taken = step(from, move.event, table.take(from.node, move.event), move, move);
          if (taken !== null) visit(taken);
        }
      }
    },
  };
}

/** Something that may happen without anybody in a slot. */
interface Happening {
  readonly event: SupervisorEvent;
  /** True when progress may rely on it. */
  readonly isOwed: boolean;
  readonly isQueueFault?: boolean;
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
const QUEUE_BROKE: SupervisorEvent = {
  type: 'xstate.error.actor.mergeQueue',
  actorId: 'mergeQueue',
  error: new Error('a bug'),
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
  environment: Environment,
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

function mayHappen(
  { needs }: Move,
  { sessionFaults }: { readonly sessionFaults: number },
  isQueueIdle: boolean,
): boolean {
  switch (needs) {
    case 'nothing':
      return true;
    case 'idleQueue':
      return isQueueIdle;
    case 'sessionFault':
      return sessionFaults > 0;
  }
}

function follow(environment: Environment, slots: readonly Slot[], command: Command): readonly Slot[] {
  if (command.kind === 'forget') return slots;
  if (command.kind === 'spawnMergeQueue') {
    return slots.map((slot) => environment.withoutQueue(slot));
  }
  const slot = slots[environment.ticketOf(command.session)]!;
  return withSlot(slots, environment.follow(slot, command));
}

function withSlot(slots: readonly Slot[], changed: Slot): readonly Slot[] {
  return slots[changed.ticket] === changed ? slots : slots.with(changed.ticket, changed);
}
