/**
 * A whole run as a model for the explorer: a core of the supervisor in an environment that may do anything it is allowed
 * to, with the policy left open.
 *
 * P1  Every ticket may be asked to be dispatched at every moment, so what holds here holds for every policy.
 * P2  Sessions, the queue, faults and requests to end may come in any order that is possible at all.
 * P3  Progress may rely on sessions, the queue, the policy, and on a pause being lifted; not on faults or on a stop.
 */
import type { SystemPlan } from '../domain/system-view.ts';
import type { Core } from './core.ts';
import type { CoreKeys } from './core-key.ts';
import { CoreTable, type CoreEdge, type CoreNode } from './core-table.ts';
import type { Environment, Slot } from './environment.ts';
import type { Model } from './explore.ts';
import { happeningsIn, type Happening } from './happenings.ts';
import { eventualitiesIn } from './judged-by.ts';
import type { Scope } from './scope.ts';
import { numberOf, SurroundingsTable, type RunAction, type Surroundings } from './surroundings.ts';
import type { TicketOrder } from './symmetry.ts';

export type { RunAction } from './surroundings.ts';

/** A moment of a run: what the supervisor is at, and what is going on around it. */
export interface Moment<State, S extends Slot> {
  readonly node: CoreNode<State>;
  readonly around: Surroundings<S>;
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
  /** How tickets are exchanged that nothing tells apart; null to tell all apart. */
  readonly order: TicketOrder | null;
  /** Names of the properties to judge by; all when null. */
  readonly only: readonly string[] | null;
}

/** Puts a core into its surroundings. */
export function runModel<State, S extends Slot>(parts: RunModelParts<State, S>): RunModel<State, S> {
  const { core, scope, plan, order, environment, only } = parts;
  const table = new CoreTable(core, { plan, endings: scope.endings, only });
  const { sessions, mergeQueue } = scope.faults;
  const surroundings = new SurroundingsTable(environment, { session: sessions, mergeQueue });
  const happeningsOf = happeningsIn(scope, environment);
  const chances: (readonly Chance<State>[])[] = [];
  const met: boolean[][] = [];
  const reached = new Set<CoreNode<State>>();

  /** What may come at a node whatever is going on around it, less what would change nothing there. */
  const chancesAt = (node: CoreNode<State>): readonly Chance<State>[] => {
    const known = chances[node.index];
    if (known !== undefined) return known;
    const all: Chance<State>[] = [];
    for (const happening of happeningsOf(node.look)) {
      const edge = table.tryOut(node, happening.event);
      if (!edge.isIgnored) all.push({ happening, edge });
    }
    chances[node.index] = all;
    return all;
  };

  const goals = eventualitiesIn(scope).filter(({ name }) => only?.includes(name) ?? true);
  /** Which goals are met depends on the supervisor alone, so it is asked once for each of its states. */
  const metAt = (node: CoreNode<State>): readonly boolean[] =>
    (met[node.index] ??= goals.map((goal) => goal.isMet(node.told)));

  return {
    table,
    reached,
    initial: { node: table.first.to, around: surroundings.initial },
    goals: goals.map((goal, index) => ({ ...goal, isMet: ({ node }) => metAt(node)[index]! })),
    judge: ({ node, around }) => {
      reached.add(node);
      const wrong = environment.judge(around.slots, node.look);
      return wrong !== null && (only?.includes(wrong.property) ?? true) ? wrong : null;
    },
    ...(order === null
      ? exactKeys()
      : keysUpTo(order, table.keys, scope.tickets.length, environment.initial.length)),
    successors: ({ node, around }, visit) => {
      if (node.look.chart === 'finished') return;
      for (const { happening, edge } of chancesAt(node)) {
        const next = { node: edge.to, around: surroundings.follow(around, edge.orders) };
        visit({ action: happening, next, wrong: edge.wrong, isOwed: happening.isOwed });
      }
      for (const { move, next: stirred } of surroundings.stirs(around)) {
        if (move.event === null) {
          visit({ action: move, next: { node, around: stirred }, wrong: null, isOwed: move.isOwed });
          continue;
        }
        const edge = table.take(node, move.event);
        if (edge.isIgnored && stirred === around) continue;
        const next = { node: edge.to, around: surroundings.follow(stirred, edge.orders) };
        visit({ action: move, next, wrong: edge.wrong, isOwed: move.isOwed });
      }
    },
  };
}

/** Something that may come to the supervisor from nowhere in particular, and what it does then. */
interface Chance<State> {
  readonly happening: Happening;
  readonly edge: CoreEdge<State>;
}

type KeysOf<State, S extends Slot> = Pick<Model<Moment<State, S>, RunAction>, 'keyWidth' | 'writeKey'>;

/** Tells all states apart: both halves of a moment are interned, so their numbers are enough. */
function exactKeys<State, S extends Slot>(): KeysOf<State, S> {
  return {
    keyWidth: 2,
    writeKey: ({ node, around }, row) => {
      row[0] = node.index;
      row[1] = around.index;
    },
  };
}

/** Writes what is to be said of each ticket first, in the order that makes exchanged tickets the same, then the rest. */
function keysUpTo<State, S extends Slot>(
  order: TicketOrder,
  keys: CoreKeys,
  tickets: number,
  slots: number,
): KeysOf<State, S> {
  return {
    keyWidth: slots + 3,
    writeKey: ({ node, around }, row) => {
      for (let index = 0; index < slots; index += 1) {
        const slot = numberOf(around.slots[index]!.code);
        row[index] = index < tickets ? both(keys.ticketOf(node.index, index), slot) : slot;
      }
      order(row);
      row[slots] = keys.headOf(node.index);
      row[slots + 1] = around.faults.session;
      row[slots + 2] = around.faults.mergeQueue;
    },
  };
}

/** Two numbers as one: 15 bits for what the supervisor knows of a ticket, 16 for a slot. */
function both(ticket: number, slot: number): number {
  if (ticket > 0x7fff) throw new Error('tickets stand in more than 32 768 ways: too many to exchange them');
  return ticket * 0x1_0000 + slot;
}
