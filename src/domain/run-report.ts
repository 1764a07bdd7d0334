/**
 * The report of a run: plain JSON for programs, and all that the report for people is written from.
 *
 * The shape is a promise. A field is added without notice; one that changes its meaning or goes away raises
 * `reportVersion`. Times are epoch milliseconds, spans are milliseconds, and what does not apply is null, never absent.
 */
import { describeBlocker, type Blocker } from './blockers.ts';
import { chunkedItems } from './chunked.ts';
import { ENDING_MEANINGS, type Ending } from './ending.ts';
import { exitCodeOf, outcomeOf, type RunOutcome } from './exit-code.ts';
import type { SessionId, TicketId } from './ids.ts';
import { holdersInTheWay } from './locks.ts';
import type { Publication, StopReason } from './run-fact.ts';
import { describeBreach, type Breach } from './run-judge.ts';
import type { RunView } from './run-view.ts';
import type { EndedSessionView } from './session-view.ts';
import { stateIn, type SystemView } from './system-view.ts';
import { satisfiesDependents } from './ticket-state.ts';
import type { TicketCounts, TicketStanding, TicketView } from './ticket-view.ts';

/** What a run came to, or has come to so far. */
export interface RunReport {
  readonly reportVersion: 1;
  readonly run: string;
  readonly version: string;
  /** The branch that landed work is published to. */
  readonly target: string;
  readonly startedAtMs: number;
  /** Null while the run is not finished. */
  readonly finishedAtMs: number | null;
  readonly exitCode: number | null;
  /** `unfinished` while the run goes on, or when it was cut off. */
  readonly outcome: RunOutcome | 'unfinished';
  /** Why dispatching stopped early. */
  readonly stop: StopReason | null;
  readonly workers: number;
  /** The most agent processes that were alive at once. */
  readonly agentsPeak: number;
  readonly sessions: number;
  /** From the first entry to the last. */
  readonly wallTimeMs: number;
  /** Time that ended sessions took from dispatch to release, added up. */
  readonly sessionTimeMs: number;
  /** How many tickets stand where; they add up to all tickets. */
  readonly totals: TicketCounts;
  /** Whether landed work has reached the target; null when nothing landed. */
  readonly publication: Publication | null;
  readonly recoveryNotes: readonly string[];
  /** Every ticket of the backlog, in the backlog's order. */
  readonly tickets: readonly TicketReport[];
}

/** What became of one ticket. */
export interface TicketReport {
  readonly id: TicketId;
  readonly title: string;
  readonly standing: TicketStanding;
  /** How its last session ended. */
  readonly ending: Ending | null;
  readonly attempts: number;
  /** Its last session, live or over. */
  readonly session: SessionId | null;
  /** The commit that landed its work on the integration ref. */
  readonly commit: string | null;
  /** Why it stands where it stands, in words; empty when the standing says it all. */
  readonly reason: string;
  readonly blockers: readonly Blocker[];
  /** Branches with commits of it that did not land, of all attempts. */
  readonly keptBranches: readonly string[];
  readonly keptWorktrees: readonly string[];
  /** Time that its ended sessions took from dispatch to release, added up. */
  readonly sessionTimeMs: number;
}

/** Writes the report of a run from its view. A view that has not seen the run's first entry is a bug in the caller. */
export function runReport(view: RunView): RunReport {
  const { header, system } = view;
  if (header === null) throw new Error('a run without its first entry has no report');
  return {
    reportVersion: 1,
    run: header.run,
    version: header.version,
    target: header.target,
    startedAtMs: header.startedAtMs,
    finishedAtMs: view.finishedAtMs,
    exitCode: view.exitCode,
    outcome:
      view.finishedAtMs === null
        ? 'unfinished'
        : outcomeOf({ stop: system.stop, tickets: chunkedItems(system.states) }),
    stop: system.stop,
    workers: header.workers,
    agentsPeak: view.agentsPeak,
    sessions: system.dispatched,
    wallTimeMs: (view.finishedAtMs ?? view.lastAtMs ?? header.startedAtMs) - header.startedAtMs,
    sessionTimeMs: sessionTimeOf(view.ended),
    totals: { ...view.counts },
    publication: view.publication,
    recoveryNotes: view.recoveryNotes,
    tickets: Array.from(view.tickets.values(), (ticket) => ticketReport(system, ticket)),
  };
}

/**
 * Puts into the report of a run that it broke a promise. This wins over everything, also over a signal: whatever else the
 * run came to, it is not what it promised to be.
 */
export function reportOfBreach(report: RunReport, breach: Breach): RunReport {
  const stop: StopReason = { kind: 'internalError', message: describeBreach(breach) };
  const conclusion = { stop, tickets: [] };
  return { ...report, stop, outcome: outcomeOf(conclusion), exitCode: exitCodeOf(conclusion) };
}

/**
 * Lists why a ticket is not being worked on at this moment of a run: what blocks it for good, or what it waits for.
 * Empty for a ticket that is ready, live or done. (Not `blockersOf`, which asks a live supervisor's state.)
 */
export function waitsOf(
  system: SystemView,
  ticket: Pick<TicketView, 'state' | 'deps' | 'components'>,
): readonly Blocker[] {
  if (ticket.state.phase === 'blocked') return ticket.state.blockers;
  if (ticket.state.phase !== 'pending') return [];
  const unmet = ticket.deps.filter((dep) => {
    const state = stateIn(system, dep);
    return state === undefined || !satisfiesDependents(state);
  });
  return [
    ...unmet.map((dependency): Blocker => ({ kind: 'dependencyNotLanded', dependency })),
    ...holdersInTheWay(system.locks, ticket.components).map((held): Blocker => ({
      kind: 'componentHeld',
      ...held,
    })),
  ];
}

function ticketReport(system: SystemView, ticket: TicketView): TicketReport {
  const { id, title, standing, state, ended } = ticket;
  const last = ended.at(-1);
  const blockers = waitsOf(system, ticket);
  return {
    id,
    title,
    standing,
    ending: last?.ending ?? null,
    attempts: 'attempts' in state ? state.attempts : 0,
    session: state.phase === 'live' ? state.session : (last?.session ?? null),
    commit: state.phase === 'landed' ? state.commit : null,
    reason: reasonOf(ticket, blockers),
    blockers,
    keptBranches: ended.flatMap(({ keptBranch }) => keptBranch ?? []),
    keptWorktrees: ended.flatMap(({ keptWorktree }) => keptWorktree ?? []),
    sessionTimeMs: sessionTimeOf(ended),
  };
}

function reasonOf({ state, ended }: TicketView, blockers: readonly Blocker[]): string {
  switch (state.phase) {
    case 'blocked':
      return blockers.map(describeBlocker).join('; ');
    case 'failed':
    case 'pending': {
      const last = ended.at(-1);
      return last === undefined ? blockers.map(describeBlocker).join('; ') : reasonOfEnd(last);
    }
    case 'live':
    case 'landed':
      return ended.at(-1)?.reason ?? '';
    case 'closed':
    case 'excluded':
      return '';
  }
}

function reasonOfEnd({ ending, reason }: EndedSessionView): string {
  return reason === '' ? ENDING_MEANINGS[ending] : reason;
}

function sessionTimeOf(ended: readonly EndedSessionView[]): number {
  return ended.reduce((sum, { dispatchedAtMs, endedAtMs }) => sum + (endedAtMs - dispatchedAtMs), 0);
}
