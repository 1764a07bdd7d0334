/**
 * What a run would do if every ticket took a known time, and why each ticket would start no earlier: the plan that a
 * person is shown before the run. Tickets that cannot start in this run take no part; every other one starts.
 */
import type { Backlog } from './backlog.ts';
import { FOR_DEPENDENCY, FOR_NOTHING, FOR_WORKER, simulateRun, type SimulatedRun } from './run-simulation.ts';
import { dispatchOrder, type DispatchOrder } from './scheduling-policy.ts';
import { criticalPathBelow, longestPath } from './ticket-graph.ts';

/** How long each ticket takes, in milliseconds, from dispatch until its components are free again. Finite, >= 0. */
export type DurationMs = (position: number) => number;

/** One ticket's place in the forecast. */
export interface PlannedStart {
  readonly position: number;
  readonly startMs: number;
  readonly endMs: number;
  /** 0 for the first worker. */
  readonly worker: number;
}

/** Why a ticket starts no earlier: what is freed last. Null where nothing holds it up, or where it never starts. */
export type Wait =
  | { readonly kind: 'dependency'; readonly dependency: number }
  | { readonly kind: 'component'; readonly component: string; readonly holder: number }
  | { readonly kind: 'workers'; readonly freedBy: number }
  | null;

/** How long a run takes with so many workers. */
export interface Makespan {
  readonly workers: number;
  readonly makespanMs: number;
  /** No schedule can be shorter: the critical path, or all work spread evenly over the workers. */
  readonly lowerBoundMs: number;
  /** Most tickets under work at once. */
  readonly peak: number;
}

/** A run in detail. */
export interface Forecast extends Makespan {
  /** In order of start. */
  readonly starts: readonly PlannedStart[];
  /** By position. */
  readonly waitingOn: readonly Wait[];
}

/** Forecasts one run. Deterministic: equal inputs give equal forecasts. `order` saves work where it is known. */
export function forecast(
  backlog: Backlog,
  options: { readonly workers: number; readonly durationMs: DurationMs; readonly order?: DispatchOrder },
): Forecast {
  const order = options.order ?? dispatchOrder(backlog);
  const work = measure(order, options.durationMs);
  const run = simulateRun(backlog, order, work.durationsMs, options.workers);
  const starts = run.started.map((position) => ({
    position,
    startMs: run.startMs[position]!,
    endMs: run.endMs[position]!,
    worker: run.worker[position]!,
  }));
  const waitingOn = backlog.tickets.map((_ticket, position) => waitOf(run, order, position));
  return { ...summary(run, work, options.workers), starts, waitingOn };
}

/** Forecasts how long the same run takes with each number of workers, without the detail. */
export function makespans(
  backlog: Backlog,
  options: {
    readonly workers: readonly number[];
    readonly durationMs: DurationMs;
    readonly order?: DispatchOrder;
  },
): readonly Makespan[] {
  const order = options.order ?? dispatchOrder(backlog);
  const work = measure(order, options.durationMs);
  return options.workers.map((workers) =>
    summary(simulateRun(backlog, order, work.durationsMs, workers), work, workers),
  );
}

/** Lists a longest chain of tickets still to be done, first to last: no number of workers makes the run shorter. */
export function criticalPath(
  backlog: Backlog,
  durationMs: DurationMs,
  order: DispatchOrder = dispatchOrder(backlog),
): readonly number[] {
  const { durationsMs } = measure(order, durationMs);
  const eligible = new Set(order.eligible);
  return longestPath(order.deps, (position) => durationsMs[position]!).filter((position) =>
    eligible.has(position),
  );
}

interface Work {
  readonly durationsMs: Float64Array;
  readonly totalMs: number;
  readonly criticalMs: number;
}

function measure(order: DispatchOrder, durationMs: DurationMs): Work {
  const durationsMs = new Float64Array(order.deps.length);
  let totalMs = 0;
  for (const position of order.eligible) {
    const ms = durationMs(position);
    if (!(ms >= 0 && ms < Infinity))
      throw new RangeError(`the ticket at position ${position} cannot take ${ms} ms`);
    durationsMs[position] = ms;
    totalMs += ms;
  }
  const below = criticalPathBelow(order.deps, (position) => durationsMs[position]!, order.eligible);
  return { durationsMs, totalMs, criticalMs: below.reduce((longest, ms) => Math.max(longest, ms), 0) };
}

function summary(
  { makespanMs, peak }: SimulatedRun,
  { totalMs, criticalMs }: Work,
  workers: number,
): Makespan {
  return { workers, makespanMs, lowerBoundMs: Math.max(criticalMs, totalMs / workers), peak };
}

function waitOf(run: SimulatedRun, order: DispatchOrder, position: number): Wait {
  const waitedFor = run.waitedFor[position]!;
  const by = run.freedBy[position]!;
  switch (waitedFor) {
    case FOR_NOTHING:
      return null;
    case FOR_DEPENDENCY:
      return { kind: 'dependency', dependency: by };
    case FOR_WORKER:
      return { kind: 'workers', freedBy: by };
    default:
      return { kind: 'component', component: order.claims.componentNames[waitedFor]!, holder: by };
  }
}
