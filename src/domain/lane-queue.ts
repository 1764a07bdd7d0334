/**
 * Waiting tickets by what they claim: the engine under the ready queue and the forecast.
 *
 * Tickets with the same claim form a *lane*: one is as free as the other, so only the best of each lane is ever looked
 * at. A lane counts what stands in its way; the lanes with nothing in their way are kept in a heap of their own, whose
 * top is the answer. A component that is held or given back therefore costs as much as the lanes that name it, not as
 * much as the tickets that wait.
 *
 * Q1  Nothing that conflicts with a held component is ever the best.
 * Q2  At most one ticket has a reservation. Reserved components are in everybody's way but its own, so it goes as soon
 *     as the sessions that hold them now have ended, and it holds nothing while it waits: it cannot deadlock.
 * Q3  With nothing held, a queue that is not empty has a best ticket.
 */
import { EVERYTHING } from './locks.ts';
import { IndexedHeap } from './indexed-heap.ts';

/** The claims of a backlog, numbered once and shared by every queue over it. */
export interface ClaimTable {
  /** The lane of each position. */
  readonly laneOf: readonly number[];
  /** The components that each lane claims, as numbers. */
  readonly claims: readonly (readonly number[])[];
  /** The lanes that a held component is in the way of; the lanes of tickets that run alone are always among them. */
  readonly lanesNaming: readonly (readonly number[])[];
  readonly componentNames: readonly string[];
  readonly componentNumbers: ReadonlyMap<string, number>;
}

/** The number of {@link EVERYTHING} in every claim table. */
export const EVERYTHING_NUMBER = 0;

/** Numbers the components of each position and groups equal claims into lanes. */
export function claimTable(componentsByPosition: readonly (readonly string[])[]): ClaimTable {
  const componentNumbers = new Map([[EVERYTHING, EVERYTHING_NUMBER]]);
  const lanes = new Map<string, number>();
  const claims: number[][] = [];
  const laneOf = componentsByPosition.map((components) => {
    const claim = components.includes(EVERYTHING) ? [EVERYTHING] : components;
    const key = JSON.stringify(claim);
    const known = lanes.get(key);
    if (known !== undefined) return known;
    for (const name of claim) {
      if (!componentNumbers.has(name)) componentNumbers.set(name, componentNumbers.size);
    }
    lanes.set(key, claims.length);
    return claims.push(claim.map((name) => componentNumbers.get(name)!)) - 1;
  });
  const alone = claims.flatMap((claim, lane) => (claim[0] === EVERYTHING_NUMBER ? [lane] : []));
  const lanesNaming = Array.from(componentNumbers, () => [...alone]);
  claims.forEach((claim, lane) => {
    for (const component of claim) if (component !== EVERYTHING_NUMBER) lanesNaming[component]!.push(lane);
  });
  return { laneOf, claims, lanesNaming, componentNames: [...componentNumbers.keys()], componentNumbers };
}

/** Knows which waiting ticket goes next, given which components are held. Mutable and deterministic; reads no clock. */
export class LaneQueue {
  readonly #ranks: Float64Array;
  readonly #table: ClaimTable;
  readonly #reserveAfter: number;
  readonly #lanes: (IndexedHeap | undefined)[];
  /** Shared by the heaps of all lanes; 0 for a ticket that does not wait. */
  readonly #slots: Int32Array;
  /** Rank of the best ticket of each lane, and the dispatches there had been when it began to wait. */
  readonly #bestRank: Float64Array;
  readonly #bestSince: Float64Array;
  /** How many components of each lane's claim are held or reserved. */
  readonly #inTheWay: Int32Array;
  /** How many holders or reservations there are of everything. */
  #everythingTaken = 0;
  /** Every lane that has a ticket and nothing in its way; a lane that got something in its way leaves when it is met. */
  readonly #open: IndexedHeap;
  #dispatches = 0;
  /** The dispatch that last passed over each lane, so that one that took two of its components counts once. */
  readonly #passedAt: Int32Array;
  readonly #waitsSince: Int32Array;
  readonly #passedOver: Int32Array;
  readonly #overdue = new Set<number>();
  #reserved: number | null = null;
  #size = 0;

  constructor(ranks: readonly number[], table: ClaimTable, reserveAfter: number) {
    if (!(reserveAfter >= 1)) throw new RangeError(`reserveAfter is ${reserveAfter}; it must be at least 1`);
    const laneCount = table.claims.length;
    this.#ranks = Float64Array.from(ranks);
    this.#table = table;
    this.#reserveAfter = reserveAfter;
    this.#lanes = new Array<IndexedHeap | undefined>(laneCount).fill(undefined);
    this.#slots = new Int32Array(ranks.length);
    this.#bestRank = new Float64Array(laneCount).fill(Infinity);
    this.#bestSince = new Float64Array(laneCount).fill(Infinity);
    this.#inTheWay = new Int32Array(laneCount);
    this.#open = new IndexedHeap(this.#bestRank);
    this.#passedAt = new Int32Array(laneCount);
    this.#waitsSince = new Int32Array(ranks.length);
    this.#passedOver = new Int32Array(ranks.length);
  }

  get size(): number {
    return this.#size;
  }

  /** Lets a ticket wait; one that waits already is left alone. */
  add(position: number): void {
    const lane = this.#laneOf(position);
    if (this.#slots[position] !== 0) return;
    const heap = (this.#lanes[lane] ??= new IndexedHeap(this.#ranks, this.#slots));
    heap.put(position);
    this.#size += 1;
    this.#waitsSince[position] = this.#dispatches;
    this.#passedOver[position] = 0;
    if (heap.top() === position) this.#place(lane);
  }

  /** Takes a ticket out because it is no longer ready; one that does not wait is left alone. */
  remove(position: number): void {
    const lane = this.#laneOf(position);
    if (this.#slots[position] === 0) return;
    this.#lanes[lane]!.remove(position);
    this.#size -= 1;
    this.#place(lane);
    this.#overdue.delete(position);
    this.#unreserve(position);
    if (this.#reserved === null && this.#overdue.size > 0) this.#reserve(this.#mostOverdue());
  }

  /**
   * Takes a ticket out because it was dispatched. Whoever it took a component from, while another one kept that ticket
   * from going, was passed over if it has the better rank or has waited longer.
   */
  dispatch(position: number): void {
    const rank = this.#ranks[position]!;
    const since = this.#waitsSince[position]!;
    this.#unreserve(position); // what it kept for itself kept nobody from going who could have gone otherwise
    this.#dispatches += 1;
    for (const component of this.#claimOf(position)) {
      for (const lane of this.#lanesNaming(component)) {
        if (this.#inTheWay[lane] === 0 || this.#passedAt[lane] === this.#dispatches) continue;
        if (!(this.#bestRank[lane]! < rank || this.#bestSince[lane]! < since)) continue;
        this.#passedAt[lane] = this.#dispatches;
        const best = this.#lanes[lane]!.top()!;
        if (++this.#passedOver[best]! >= this.#reserveAfter) this.#overdue.add(best);
      }
    }
    this.remove(position);
  }

  /** The ticket to dispatch now, or null when every one that waits must wait on. */
  best(): number | null {
    if (this.#reserved !== null && this.#isReservedFree(this.#reserved)) return this.#reserved;
    if (this.#everythingTaken > 0) return null;
    for (let lane = this.#open.top(); lane !== undefined; lane = this.#open.top()) {
      if (this.#inTheWay[lane] === 0) return this.#lanes[lane]!.top()!;
      this.#open.remove(lane);
    }
    return null;
  }

  /** Says that a component is held from now on. One that no claim names is in the way of tickets that run alone. */
  hold(component: number): void {
    // A count instead of a walk over all lanes: a backlog of untagged tickets takes everything at every dispatch.
    if (component === EVERYTHING_NUMBER) this.#everythingTaken += 1;
    else for (const lane of this.#lanesNaming(component)) this.#inTheWay[lane]! += 1;
  }

  /** Says that a component is held no longer. */
  free(component: number): void {
    if (component === EVERYTHING_NUMBER) {
      this.#everythingTaken -= 1;
      return;
    }
    for (const lane of this.#lanesNaming(component)) {
      if (--this.#inTheWay[lane]! === 0 && this.#bestRank[lane] !== Infinity) this.#open.put(lane);
    }
  }

  /** Follows a change of a lane's best ticket. */
  #place(lane: number): void {
    const best = this.#lanes[lane]!.top();
    this.#bestRank[lane] = best === undefined ? Infinity : this.#ranks[best]!;
    this.#bestSince[lane] = best === undefined ? Infinity : this.#waitsSince[best]!;
    if (best === undefined || this.#inTheWay[lane]! > 0) this.#open.remove(lane);
    else this.#open.put(lane);
  }

  /** The longest-waiting of those overdue, so that nobody who came later can go on getting ahead of it. */
  #mostOverdue(): number {
    return [...this.#overdue].reduce((most, position) => {
      const longer = this.#waitsSince[most]! - this.#waitsSince[position]!;
      return longer > 0 || (longer === 0 && this.#ranks[position]! < this.#ranks[most]!) ? position : most;
    });
  }

  #reserve(position: number): void {
    this.#reserved = position;
    for (const component of this.#claimOf(position)) this.hold(component);
  }

  #unreserve(position: number): void {
    if (this.#reserved !== position) return;
    this.#reserved = null;
    for (const component of this.#claimOf(position)) this.free(component);
  }

  /** True when nothing but its own reservation is in the way. */
  #isReservedFree(position: number): boolean {
    const claim = this.#claimOf(position);
    const runsAlone = claim[0] === EVERYTHING_NUMBER;
    return (
      this.#everythingTaken === (runsAlone ? 1 : 0) &&
      this.#inTheWay[this.#laneOf(position)] === (runsAlone ? 0 : claim.length)
    );
  }

  #laneOf(position: number): number {
    const lane = this.#table.laneOf[position];
    if (lane === undefined) {
      throw new RangeError(`no position ${position} in a backlog of ${this.#table.laneOf.length}`);
    }
    return lane;
  }

  #claimOf(position: number): readonly number[] {
    return this.#table.claims[this.#laneOf(position)]!;
  }

  #lanesNaming(component: number): readonly number[] {
    return this.#table.lanesNaming[component] ?? this.#table.lanesNaming[EVERYTHING_NUMBER]!;
  }
}
