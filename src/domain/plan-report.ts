/**
 * The plan of a run as plain JSON, for `plan --json` and for whoever draws it: what would start when, what it would wait
 * for, and how long the whole would take.
 *
 * Additions come without notice; other changes raise `planVersion`. What does not apply is null, never absent.
 */
import type { Backlog, BacklogTicket } from './backlog.ts';
import { describeBlocker, type Blocker } from './blockers.ts';
import { criticalPath, forecast, makespans, type DurationMs, type Makespan, type Wait } from './forecast.ts';
import type { TicketId } from './ids.ts';
import { dispatchOrder } from './scheduling-policy.ts';

/** What a run would do. All times count from its start, in `unit`. */
export interface PlanReport {
  readonly planVersion: 1;
  readonly target: string;
  readonly workers: number;
  /** How many sessions one run may dispatch; 0 means no limit. */
  readonly dispatchesMax: number;
  /** `steps`: every ticket is taken to last one step, because nobody said how long each takes. */
  readonly unit: 'steps' | 'ms';
  readonly totals: Readonly<Record<BacklogTicket['standing'], number>>;
  readonly makespan: number;
  /** In the order in which they would start. */
  readonly starts: readonly PlannedTicketStart[];
  /** A longest chain of tickets that wait for each other: no number of workers makes the run shorter. */
  readonly criticalPath: { readonly tickets: readonly TicketId[]; readonly length: number };
  /** For 1 to 16 workers. */
  readonly makespans: readonly PlannedMakespan[];
  /** The busiest first. */
  readonly components: readonly ComponentLoad[];
  /** What cannot start in this run. */
  readonly blocked: readonly BlockedTicket[];
}

/** The start of one ticket. */
export interface PlannedTicketStart {
  readonly ticket: TicketId;
  readonly title: string;
  readonly priority: number;
  readonly start: number;
  readonly end: number;
  /** 0 for the first worker. */
  readonly worker: number;
  readonly components: readonly string[];
  /** What it depends on and is still to be done. */
  readonly deps: readonly TicketId[];
  /** What its start waits for last, or null when it starts at once. */
  readonly waitsFor: PlannedWait | null;
}

/** What a ticket waits for last, and the ticket whose end brings it. */
export type PlannedWait =
  | { readonly kind: 'dependency'; readonly ticket: TicketId }
  | { readonly kind: 'component'; readonly component: string; readonly ticket: TicketId }
  | { readonly kind: 'worker'; readonly ticket: TicketId };

/** How long the run would take with so many workers. */
export interface PlannedMakespan {
  readonly workers: number;
  readonly makespan: number;
  /** No schedule can be shorter. */
  readonly lowerBound: number;
  /** The most tickets under work at once. */
  readonly peak: number;
}

/** How much work needs one component. No two of its tickets run at once, so no run is shorter than its `length`. */
export interface ComponentLoad {
  /** `*` for what runs alone. */
  readonly component: string;
  readonly tickets: number;
  readonly length: number;
}

/** A ticket that cannot start, and why. */
export interface BlockedTicket {
  readonly ticket: TicketId;
  readonly title: string;
  readonly blockers: readonly Blocker[];
  /** The blockers in words. */
  readonly reasons: readonly string[];
}

/** What a plan is made from beside the backlog. */
export interface PlanOptions {
  readonly target: string;
  readonly workers: number;
  readonly dispatchesMax: number;
  /** How long each position takes; null when nobody knows, which makes them equal. */
  readonly durationMs: DurationMs | null;
}

const WORKERS_MAX = 16;

/** Plans a run. */
export function planReport(backlog: Backlog, options: PlanOptions): PlanReport {
  const { target, workers, dispatchesMax } = options;
  const durationMs = options.durationMs ?? (() => 1);
  const order = dispatchOrder(backlog);
  const { starts, waitingOn, makespanMs } = forecast(backlog, { workers, durationMs, order });
  const path = criticalPath(backlog, durationMs, order);
  const idAt = (position: number): TicketId => backlog.tickets[position]!.id;
  return {
    planVersion: 1,
    target,
    workers,
    dispatchesMax,
    unit: options.durationMs === null ? 'steps' : 'ms',
    totals: totalsOf(backlog),
    makespan: makespanMs,
    starts: starts.map(({ position, startMs, endMs, worker }) => {
      const { id, title, priority, components } = backlog.tickets[position]!;
      return {
        ticket: id,
        title,
        priority,
        start: startMs,
        end: endMs,
        worker,
        components,
        deps: order.deps[position]!.map(idAt),
        waitsFor: plannedWait(waitingOn[position] ?? null, idAt),
      };
    }),
    criticalPath: {
      tickets: path.map(idAt),
      length: path.reduce((length, position) => length + durationMs(position), 0),
    },
    makespans: makespans(backlog, {
      workers: Array.from({ length: WORKERS_MAX }, (_slot, index) => index + 1),
      durationMs,
      order,
    }).map(plannedMakespan),
    components: componentLoads(backlog, order.eligible, durationMs),
    blocked: blockedTicketsOf(backlog),
  };
}

/** Lists what cannot start in a run of a backlog, with the reasons. */
export function blockedTicketsOf({ tickets }: Backlog): readonly BlockedTicket[] {
  return tickets
    .filter(({ standing }) => standing === 'blocked')
    .map(({ id, title, blockers }) => ({
      ticket: id,
      title,
      blockers,
      reasons: blockers.map(describeBlocker),
    }));
}

/** Counts the tickets of a backlog by what they stand for. */
export function totalsOf({ tickets }: Backlog): PlanReport['totals'] {
  const totals = { eligible: 0, closed: 0, excluded: 0, blocked: 0 };
  for (const { standing } of tickets) totals[standing] += 1;
  return totals;
}

function componentLoads(
  { tickets }: Backlog,
  eligible: readonly number[],
  durationMs: DurationMs,
): readonly ComponentLoad[] {
  const loads = new Map<string, ComponentLoad>();
  for (const position of eligible) {
    for (const component of tickets[position]!.components) {
      const before = loads.get(component) ?? { tickets: 0, length: 0 };
      const length = before.length + durationMs(position);
      loads.set(component, { component, tickets: before.tickets + 1, length });
    }
  }
  return [...loads.values()].sort(
    (a, b) => b.length - a.length || b.tickets - a.tickets || (a.component < b.component ? -1 : 1),
  );
}

function plannedWait(wait: Wait, idAt: (position: number) => TicketId): PlannedWait | null {
  switch (wait?.kind) {
    case undefined:
      return null;
    case 'dependency':
      return { kind: 'dependency', ticket: idAt(wait.dependency) };
    case 'component':
      return { kind: 'component', component: wait.component, ticket: idAt(wait.holder) };
    case 'workers':
      return { kind: 'worker', ticket: idAt(wait.freedBy) };
  }
}

function plannedMakespan({ workers, makespanMs, lowerBoundMs, peak }: Makespan): PlannedMakespan {
  return { workers, makespan: makespanMs, lowerBound: lowerBoundMs, peak };
}
