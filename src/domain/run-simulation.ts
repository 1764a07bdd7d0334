/**
 * Plays a run in which every ticket takes a known time: events only, no clock. It decides nothing about order; which
 * ticket goes next is the lane queue's answer, the same one that a real run gets.
 *
 * The record is kept in flat arrays: a plan of 10 000 tickets plays the same run for every number of workers, and most
 * of those are asked for nothing but their length. `forecast.ts` says the record in words.
 */
import type { Backlog } from './backlog.ts';
import { IndexedHeap } from './indexed-heap.ts';
import { EVERYTHING_NUMBER, LaneQueue, type ClaimTable } from './lane-queue.ts';
import { RESERVE_AFTER, type DispatchOrder } from './scheduling-policy.ts';

/** What happened in a simulated run; the arrays go by position and are 0 for tickets that never start. */
export interface SimulatedRun {
  readonly makespanMs: number;
  /** Most tickets under work at once. */
  readonly peak: number;
  /** Positions in order of start. */
  readonly started: readonly number[];
  readonly startMs: Float64Array;
  readonly endMs: Float64Array;
  readonly worker: Int32Array;
  /** What each start had waited for: a component's number, {@link FOR_DEPENDENCY}, {@link FOR_WORKER} or {@link FOR_NOTHING}. */
  readonly waitedFor: Int32Array;
  /** The position that landed, held the component or had the worker. */
  readonly freedBy: Int32Array;
}

/** It waited for nothing. */
export const FOR_NOTHING = -1;
/** It waited for a dependency to land. */
export const FOR_DEPENDENCY = -2;
/** It waited for a worker. */
export const FOR_WORKER = -3;

const NOBODY = -1;

/** Plays the run of a backlog's eligible tickets. `durationsMs` goes by position. */
export function simulateRun(
  backlog: Backlog,
  order: DispatchOrder,
  durationsMs: Float64Array,
  workers: number,
): SimulatedRun {
  if (!Number.isInteger(workers) || workers < 1)
    throw new RangeError(`a run needs at least 1 worker, got ${workers}`);
  const count = backlog.tickets.length;
  const { laneOf, claims } = order.claims;
  const queue = new LaneQueue(order.ranks, order.claims, RESERVE_AFTER);
  const depsOpen = Int32Array.from(order.deps, (row) => row.length);
  const readyMs = new Float64Array(count);
  const readiedBy = new Int32Array(count).fill(NOBODY);
  const releases = new Releases(order.claims);
  const startMs = new Float64Array(count);
  const endMs = new Float64Array(count);
  const worker = new Int32Array(count);
  const waitedFor = new Int32Array(count).fill(FOR_NOTHING);
  const freedBy = new Int32Array(count).fill(NOBODY);
  const started: number[] = [];
  const live = new IndexedHeap(endMs);
  const idle = new IndexedHeap(
    Float64Array.from({ length: Math.min(workers, count) }, (_slot, index) => index),
  );
  let nowMs = 0;
  let peak = 0;

  const start = (position: number, onWorker: number): void => {
    const claim = claims[laneOf[position]!]!;
    queue.dispatch(position);
    for (const component of claim) queue.hold(component);
    idle.remove(onWorker);
    worker[position] = onWorker;
    startMs[position] = nowMs;
    endMs[position] = nowMs + durationsMs[position]!;
    live.put(position);
    peak = Math.max(peak, live.size);
    started.push(position);
    if (readyMs[position] === nowMs) {
      if (readiedBy[position] !== NOBODY) waitedFor[position] = FOR_DEPENDENCY;
      freedBy[position] = readiedBy[position]!;
    } else {
      const component = releases.componentFreedAt(nowMs, claim);
      waitedFor[position] = component ?? FOR_WORKER;
      freedBy[position] = component === null ? releases.lastBy : releases.holderOf(component, claim);
    }
  };

  const end = (position: number): void => {
    live.remove(position);
    idle.put(worker[position]!);
    const claim = claims[laneOf[position]!]!;
    for (const component of claim) queue.free(component);
    releases.note(position, claim, nowMs);
    for (const dependent of backlog.tickets[position]!.dependents) {
      // Only an eligible dependent has anything to count down; the others pass 0 at once and stay below it.
      if (--depsOpen[dependent]! !== 0) continue;
      readyMs[dependent] = nowMs;
      readiedBy[dependent] = position;
      queue.add(dependent);
    }
  };

  for (let slot = 0; slot < Math.min(workers, count); slot++) idle.put(slot);
  for (const position of order.eligible) if (depsOpen[position] === 0) queue.add(position);
  for (;;) {
    for (let onWorker = idle.top(); onWorker !== undefined; onWorker = idle.top()) {
      const position = queue.best();
      if (position === null) break;
      start(position, onWorker);
    }
    const first = live.top();
    if (first === undefined) break;
    nowMs = endMs[first]!;
    // Everything that ends at this moment ends before anything starts: what it frees is free together.
    for (let next: number | undefined = first; next !== undefined && endMs[next] === nowMs; next = live.top())
      end(next);
  }
  if (started.length !== order.eligible.length) {
    throw new Error(
      `the simulated run started ${started.length} of ${order.eligible.length} eligible tickets`,
    );
  }
  return { makespanMs: nowMs, peak, started, startMs, endMs, worker, waitedFor, freedBy };
}

/** Remembers who gave back each component last, and who gave back anything last. */
class Releases {
  readonly #atMs: Float64Array;
  readonly #by: Int32Array;
  #lastAtMs = -1;
  lastBy = NOBODY;

  constructor({ componentNames }: ClaimTable) {
    this.#atMs = new Float64Array(componentNames.length).fill(-1);
    this.#by = new Int32Array(componentNames.length).fill(NOBODY);
  }

  note(position: number, claim: readonly number[], atMs: number): void {
    for (const component of claim) {
      this.#atMs[component] = atMs;
      this.#by[component] = position;
    }
    this.#lastAtMs = atMs;
    this.lastBy = position;
  }

  /** The component that was freed at this moment and was in the way of a claim, if one was. */
  componentFreedAt(atMs: number, claim: readonly number[]): number | null {
    const freedMs = claim[0] === EVERYTHING_NUMBER ? this.#lastAtMs : this.#atMs[EVERYTHING_NUMBER];
    if (freedMs === atMs) return EVERYTHING_NUMBER;
    for (const component of claim) if (this.#atMs[component] === atMs) return component;
    return null;
  }

  /** Who freed it. A ticket that runs alone waits for whoever is at work, so for it that is whoever ended last. */
  holderOf(component: number, claim: readonly number[]): number {
    return claim[0] === EVERYTHING_NUMBER ? this.lastBy : this.#by[component]!;
  }
}
