/**
 * Which ready ticket goes first. A policy, never a safety net: the supervisor's guards hold whatever this file answers.
 *
 * Order: priority, then the longest critical path below it, then age, then id. Ageing: a ticket that needs several
 * components, or all, can starve although each of them is free now and then. It is passed over when one of them goes to
 * a ticket of worse rank, or to one that came later, while another is still held; after `reserveAfter` such dispatches
 * its components are kept for it. Counted in dispatches and not in time, so that a run and its forecast order alike.
 * Waiting for a better rank is no starvation, because a backlog is finite.
 */
import { openDependencies, type Backlog } from './backlog.ts';
import { claimTable, LaneQueue, type ClaimTable } from './lane-queue.ts';
import type { Locks } from './locks.ts';
import { criticalPathBelow, topologicalOrder, type DependencyGraph } from './ticket-graph.ts';

/** What a backlog says about order, computed once and shared by every queue and forecast over it. */
export interface DispatchOrder {
  /** The rank of each position; 0 goes first, no two are equal. */
  readonly ranks: readonly number[];
  readonly claims: ClaimTable;
  /** Who waits for whom among eligible tickets. */
  readonly deps: DependencyGraph;
  /** The eligible positions, each after everything it waits for. */
  readonly eligible: readonly number[];
}

/** How often a ticket may be passed over because of its components before they are kept for it. */
export const RESERVE_AFTER = 8;

/** Works out the order of a backlog. */
export function dispatchOrder(backlog: Backlog): DispatchOrder {
  const deps = openDependencies(backlog);
  const order = topologicalOrder(deps);
  return {
    ranks: rank(backlog, criticalPathBelow(deps, undefined, order)),
    claims: claimTable(backlog.tickets.map(({ components }) => components)),
    deps,
    eligible: order.filter((position) => backlog.tickets[position]?.standing === 'eligible'),
  };
}

/** Ranks every position: 0 goes first, no two are equal. */
export function rankTickets(backlog: Backlog): readonly number[] {
  return rank(backlog, criticalPathBelow(openDependencies(backlog)));
}

function rank({ tickets }: Backlog, below: readonly number[]): readonly number[] {
  const created = tickets.map(({ createdMs }) => createdMs ?? Infinity); // unknown age counts as the youngest
  const positions = tickets.map((_ticket, position) => position);
  positions.sort(
    (a, b) =>
      tickets[a]!.priority - tickets[b]!.priority ||
      below[b]! - below[a]! ||
      (created[a] === created[b] ? a - b : created[a]! - created[b]!), // positions ascend by id
  );
  const ranks = new Array<number>(tickets.length).fill(0);
  positions.forEach((position, place) => (ranks[position] = place));
  return ranks;
}

/**
 * The tickets that are ready, best first. `next` is a question: it may be asked again and again. Removing the ticket it
 * named last is what tells the queue that this one was dispatched, and that others were passed over.
 */
export class ReadyQueue {
  readonly #lanes: LaneQueue;
  readonly #claims: ClaimTable;
  #locks: Locks = {};
  #named: number | null = null;

  constructor(
    backlog: Backlog,
    options: { readonly order?: DispatchOrder; readonly reserveAfter?: number } = {},
  ) {
    const order = options.order ?? dispatchOrder(backlog);
    this.#lanes = new LaneQueue(order.ranks, order.claims, options.reserveAfter ?? RESERVE_AFTER);
    this.#claims = order.claims;
  }

  get size(): number {
    return this.#lanes.size;
  }

  /** Adds a ticket that became ready; one that is in the queue already stays as it is. */
  add(position: number): void {
    this.#lanes.add(position);
  }

  /** Takes a ticket out: it was dispatched, or it is no longer ready. One that is not in the queue is left alone. */
  remove(position: number): void {
    if (position === this.#named) {
      this.#named = null;
      this.#lanes.dispatch(position);
    } else {
      this.#lanes.remove(position);
    }
  }

  /** Names the ticket to dispatch under these locks, or null when all that are ready must wait for components. */
  next(locks: Locks): number | null {
    this.#see(locks);
    this.#named = this.#lanes.best();
    return this.#named;
  }

  #see(locks: Locks): void {
    if (locks === this.#locks) return;
    for (const component of Object.keys(this.#locks)) {
      if (!Object.hasOwn(locks, component)) this.#lanes.free(this.#numberOf(component));
    }
    for (const component of Object.keys(locks)) {
      if (!Object.hasOwn(this.#locks, component)) this.#lanes.hold(this.#numberOf(component));
    }
    this.#locks = locks;
  }

  /** A component that no claim names has a number that no lane has. */
  #numberOf(component: string): number {
    return this.#claims.componentNumbers.get(component) ?? this.#claims.componentNames.length;
  }
}
