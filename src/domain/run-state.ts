/**
 * The state of a run as the supervisor knows it, and what may be asked of it.
 *
 * This file owns the shape and the questions: the guards of the supervisor, and the reasons behind them. How each fact
 * changes the state is `run-changes.ts`. A question about a ticket that the run does not know has the answer no.
 *
 * R1  `sessions` holds exactly the live sessions, and `locks` exactly their components (S11).
 * R2  A ticket is `live` iff a live session works on it and its work has not landed yet (S4).
 * R3  `pending` counts the tickets whose phase is `pending`; when it and the sessions are gone, the run is over.
 * R4  A ticket is `blocked` only by a permanent blocker, and as soon as there is one (S9).
 */
import type { Backlog, BacklogTicket } from './backlog.ts';
import type { Blocker } from './blockers.ts';
import { chunkedFrom, chunkedGet, type Chunked } from './chunked.ts';
import type { SessionId, TicketId } from './ids.ts';
import { findSession } from './live-sessions.ts';
import { isFree, type Locks } from './locks.ts';
import { blockersOf } from './readiness.ts';
import type { RetryLimits } from './retry-policy.ts';
import type { StopReason } from './run-fact.ts';
import { isInMergeQueue, occupiesWorker, type SessionPhase } from './session-phase.ts';
import { initialTicketState, satisfiesDependents, type TicketState } from './ticket-state.ts';

/** The bounds of a run. */
export interface RunLimits extends RetryLimits {
  /** Agent processes that may live at once. */
  readonly workers: number;
  /** Sessions that may be dispatched in all; 0 means no limit. */
  readonly dispatchesMax: number;
}

/** A live session, as its reports describe it. */
export interface LiveSession {
  readonly session: SessionId;
  /** Position in the backlog. */
  readonly ticket: number;
  readonly attempt: number;
  readonly phase: SessionPhase;
  /** Where it works, once it has said so: what is left of it if it cannot give that back. */
  readonly place: { readonly branch: string; readonly worktree: string } | null;
}

/** Everything a run's decisions depend on. Plain data but for the backlog, which never changes. */
export interface RunState {
  readonly backlog: Backlog;
  readonly limits: RunLimits;
  readonly tickets: Chunked<TicketState>;
  /** In the order of their dispatch. */
  readonly sessions: readonly LiveSession[];
  readonly locks: Locks;
  /** Tickets that may still be dispatched, now or later. */
  readonly pending: number;
  /** Sessions dispatched so far. */
  readonly dispatched: number;
  /** Why nothing more is dispatched; the first reason stays. */
  readonly stop: StopReason | null;
}

/** The state in which a run begins. */
export function initialRunState(backlog: Backlog, limits: RunLimits): RunState {
  const tickets = backlog.tickets.map(initialTicketState);
  return {
    backlog,
    limits,
    tickets: chunkedFrom(tickets),
    sessions: [],
    locks: {},
    pending: tickets.filter(({ phase }) => phase === 'pending').length,
    dispatched: 0,
    stop: null,
  };
}

/** Guard `notClaimed`: nobody works on the ticket and nobody has finished it. */
export function isUnclaimed(state: RunState, ticket: TicketId): boolean {
  const position = state.backlog.positions.get(ticket);
  return position !== undefined && chunkedGet(state.tickets, position).phase === 'pending';
}

/** Guard `depsReady`: every dependency has landed or was closed before the run. */
export function areDepsReady(state: RunState, ticket: TicketId): boolean {
  if (!state.backlog.positions.has(ticket)) return false;
  return ticketOf(state, ticket).deps.every((dep) => satisfiesDependents(chunkedGet(state.tickets, dep)));
}

/** Guard `componentFree`: the whole claim of the ticket can be acquired now. */
export function isComponentFree(state: RunState, ticket: TicketId): boolean {
  if (!state.backlog.positions.has(ticket)) return false;
  return isFree(state.locks, ticketOf(state, ticket).components);
}

/**
 * Guard `workerFree`: an agent process more would not be one too many. Sessions that wait for their merge hold no
 * worker, yet their number is bounded too (S8): with a slow gate, worktrees would pile up otherwise.
 */
export function isWorkerFree(state: RunState): boolean {
  let occupied = 0;
  for (const { phase } of state.sessions) if (occupiesWorker(phase)) occupied += 1;
  return occupied < state.limits.workers && state.sessions.length < sessionsMax(state.limits);
}

/** Sessions that may be live at once, those included that wait for their merge. */
function sessionsMax({ workers }: RunLimits): number {
  return 2 * workers;
}

/** Guard `budgetLeft`: another dispatch is within the run's limit. */
export function isBudgetLeft(state: RunState): boolean {
  return state.limits.dispatchesMax === 0 || state.dispatched < state.limits.dispatchesMax;
}

/** Lists why a ticket would be refused now; empty when it would be dispatched, within the budget. */
export function blockersOfTicket(state: RunState, ticket: TicketId): readonly Blocker[] {
  const { backlog, locks, limits } = state;
  const position = backlog.positions.get(ticket);
  if (position === undefined) return [{ kind: 'dependencyUnknown', dependency: ticket }];
  const { sessions } = state;
  const workersBusy = sessions.filter(({ phase }) => occupiesWorker(phase)).length;
  const stateOf = (at: number): TicketState => chunkedGet(state.tickets, at);
  const blockers = blockersOf({ backlog, position, stateOf, locks, workersBusy, workers: limits.workers });
  const limit = sessionsMax(limits);
  return sessions.length < limit || stateOf(position).phase !== 'pending'
    ? blockers
    : [...blockers, { kind: 'sessionsFull', limit }];
}

/** True when no session is live. */
export function isQuiet(state: RunState): boolean {
  return state.sessions.length === 0;
}

/** True while a session id is live: the guard against messages from a past life. */
export function isLive(state: RunState, session: SessionId): boolean {
  return findSession(state.sessions, session) !== undefined;
}

/** Sessions whose work is with the merge queue. */
export function sessionsInMergeQueue(state: RunState): readonly SessionId[] {
  return state.sessions.filter(({ phase }) => isInMergeQueue(phase)).map(({ session }) => session);
}

/** Positions of the tickets that could start now if workers and components were free. */
export function readyPositions(state: RunState): readonly number[] {
  return state.backlog.tickets.flatMap((_ticket, position) => (isReady(state, position) ? [position] : []));
}

/** True when only a worker or a component can be in a ticket's way. */
export function isReady(state: RunState, position: number): boolean {
  return (
    chunkedGet(state.tickets, position).phase === 'pending' &&
    ticketAt(state, position).deps.every((dep) => satisfiesDependents(chunkedGet(state.tickets, dep)))
  );
}

/** Finds the position of a ticket; one that the run does not know is a bug in the caller. */
export function positionOf(state: RunState, ticket: TicketId): number {
  const position = state.backlog.positions.get(ticket);
  if (position === undefined) throw new Error(`ticket ${ticket} is not in the backlog of this run`);
  return position;
}

/** Reads the ticket at a position; one outside the backlog is a bug in the caller. */
export function ticketAt(state: RunState, position: number): BacklogTicket {
  const ticket = state.backlog.tickets[position];
  if (ticket === undefined) throw new RangeError(`the backlog has no position ${position}`);
  return ticket;
}

/** Reads a ticket by its id; one that the run does not know is a bug in the caller. */
export function ticketOf(state: RunState, ticket: TicketId): BacklogTicket {
  return ticketAt(state, positionOf(state, ticket));
}

/** Reads a live session; asking for another is a bug in the caller. */
export function sessionOf(state: RunState, session: SessionId): LiveSession {
  const live = findSession(state.sessions, session);
  if (live === undefined) throw new Error(`session ${session} is not live`);
  return live;
}
