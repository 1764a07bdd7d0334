/**
 * The state of a run as the supervisor knows it, and how each fact changes it.
 *
 * This file owns what dispatching, landing and settling *mean* for tickets, locks and counters. The supervisor machine
 * owns when each may happen; the policy owns which ticket goes first. All functions are pure and return the changed
 * state with the facts that follow from the change, in the order in which they are to be announced.
 *
 * R1  `sessions` holds exactly the live sessions, and `locks` exactly their components (S11).
 * R2  A ticket is `live` iff a live session works on it and its work has not landed yet (S4).
 * R3  `pending` counts the tickets whose phase is `pending`; when it and the sessions are gone, the run is over.
 * R4  A ticket is `blocked` only by a permanent blocker, and as soon as there is one (S9).
 */
import type { Backlog, BacklogTicket } from './backlog.ts';
import type { Blocker } from './blockers.ts';
import { chunkedFrom, chunkedGet, chunkedSet, type Chunked } from './chunked.ts';
import type { Ending } from './ending.ts';
import type { SessionId, TicketId } from './ids.ts';
import { acquire, isFree, release, type Locks } from './locks.ts';
import { blockersOf } from './readiness.ts';
import { mayRetry, type RetryLimits } from './retry-policy.ts';
import type { RunFact, StopReason } from './run-fact.ts';
import {
  isInMergeQueue,
  occupiesWorker,
  phaseAfter,
  type PhaseFact,
  type SessionPhase,
} from './session-phase.ts';
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
  readonly sessions: Readonly<Record<SessionId, LiveSession>>;
  readonly locks: Locks;
  /** Tickets that may still be dispatched, now or later. */
  readonly pending: number;
  /** Sessions dispatched so far. */
  readonly dispatched: number;
  /** Why nothing more is dispatched; the first reason stays. */
  readonly stop: StopReason | null;
}

/** A changed state and what has to be announced of the change. */
export interface Change {
  readonly state: RunState;
  readonly facts: readonly RunFact[];
}

/** What is known of a session when it is over. */
export interface SessionEnd {
  readonly session: SessionId;
  readonly ending: Ending;
  readonly reason: string;
  readonly keptBranch: string | null;
  readonly keptWorktree: string | null;
}

/** The state in which a run begins. */
export function initialRunState(backlog: Backlog, limits: RunLimits): RunState {
  const tickets = backlog.tickets.map(initialTicketState);
  return {
    backlog,
    limits,
    tickets: chunkedFrom(tickets),
    sessions: {},
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
  let live = 0;
  for (const session in state.sessions) {
    live += 1;
    if (occupiesWorker(sessionOf(state, session).phase)) occupied += 1;
  }
  return occupied < state.limits.workers && live < sessionsMax(state.limits);
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
  const sessions = Object.values(state.sessions);
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
  for (const _session in state.sessions) return false;
  return true;
}

/** True while a session id is live: the guard against messages from a past life. */
export function isLive(state: RunState, session: SessionId): boolean {
  return state.sessions[session] !== undefined;
}

/** Sessions whose work is with the merge queue. */
export function sessionsInMergeQueue(state: RunState): readonly SessionId[] {
  return Object.values(state.sessions)
    .filter(({ phase }) => isInMergeQueue(phase))
    .map(({ session }) => session);
}

/** Claims a ticket and its components for a new session. */
export function dispatch(state: RunState, ticket: TicketId, session: SessionId): Change {
  const position = positionOf(state, ticket);
  const { components } = ticketOf(state, ticket);
  const before = chunkedGet(state.tickets, position);
  if (before.phase !== 'pending' || isLive(state, session)) {
    throw new Error(`cannot dispatch ${ticket} (${before.phase}) to session ${session}`);
  }
  const attempt = before.attempts + 1;
  return {
    state: {
      ...state,
      tickets: chunkedSet(state.tickets, position, { phase: 'live', session, attempts: attempt }),
      sessions: {
        ...state.sessions,
        [session]: { session, ticket: position, attempt, phase: 'preparing', place: null },
      },
      locks: acquire(state.locks, components, session),
      pending: state.pending - 1,
      dispatched: state.dispatched + 1,
    },
    facts: [{ type: 'session.dispatched', session, ticket, attempt, components }],
  };
}

/** Records what a session has reported, by the type of the fact. */
export function hearReport(state: RunState, session: SessionId, type: PhaseFact): RunState {
  return enterPhase(state, session, phaseAfter(sessionOf(state, session).phase, type));
}

/** Records where a session works. */
export function rememberPlace(
  state: RunState,
  session: SessionId,
  { branch, worktree }: { readonly branch: string; readonly worktree: string },
): RunState {
  const place = { branch, worktree };
  return { ...state, sessions: { ...state.sessions, [session]: { ...sessionOf(state, session), place } } };
}

/** What is known of a session of which nothing more will be heard: whatever it had is still there. */
export function lostSession(state: RunState, session: SessionId, reason: string): SessionEnd {
  const { place } = sessionOf(state, session);
  return {
    session,
    ending: 'lost',
    reason,
    keptBranch: place?.branch ?? null,
    keptWorktree: place?.worktree ?? null,
  };
}

/** Records the phase in which a session is. */
export function enterPhase(state: RunState, session: SessionId, phase: SessionPhase): RunState {
  return { ...state, sessions: { ...state.sessions, [session]: { ...sessionOf(state, session), phase } } };
}

/** Marks a session's ticket as landed; its components stay held until the session is settled. */
export function land(state: RunState, session: SessionId, commit: string): Change {
  const { ticket, attempt } = sessionOf(state, session);
  const landed: RunState = {
    ...state,
    tickets: chunkedSet(state.tickets, ticket, { phase: 'landed', attempts: attempt, commit }),
  };
  const readied = ticketAt(state, ticket).dependents.filter((dependent) => isReady(landed, dependent));
  return {
    state: landed,
    facts: readied.map((dependent) => ({ type: 'ticket.readied', ticket: ticketAt(state, dependent).id })),
  };
}

/** Takes a finished session out of the run: releases its components and decides what becomes of its ticket. */
export function settle(state: RunState, end: SessionEnd): Change {
  const { ticket, attempt } = sessionOf(state, end.session);
  const { [end.session]: _ended, ...sessions } = state.sessions;
  const released: RunState = {
    ...state,
    sessions,
    locks: release(state.locks, ticketAt(state, ticket).components, end.session),
  };
  const ended: RunFact = { type: 'session.ended', ...end };
  if (chunkedGet(state.tickets, ticket).phase === 'landed') return { state: released, facts: [ended] };

  const id = ticketAt(state, ticket).id;
  if (end.ending === 'terminated' || mayRetry(end.ending, attempt, state.limits)) {
    return {
      state: {
        ...released,
        tickets: chunkedSet(released.tickets, ticket, { phase: 'pending', attempts: attempt }),
        pending: released.pending + 1,
      },
      facts: [ended, { type: 'ticket.requeued', ticket: id, attempts: attempt }],
    };
  }
  const failed: RunState = {
    ...released,
    tickets: chunkedSet(released.tickets, ticket, { phase: 'failed', ending: end.ending, attempts: attempt }),
  };
  const blocked = blockDependents(failed, ticket, {
    kind: 'dependencyFailed',
    dependency: id,
    ending: end.ending,
  });
  return {
    state: blocked.state,
    facts: [
      ended,
      { type: 'ticket.failed', ticket: id, ending: end.ending, attempts: attempt },
      ...blocked.facts,
    ],
  };
}

/** Positions of the tickets that could start now if workers and components were free. */
export function readyPositions(state: RunState): readonly number[] {
  return state.backlog.tickets.flatMap((_ticket, position) => (isReady(state, position) ? [position] : []));
}

function isReady(state: RunState, position: number): boolean {
  return (
    chunkedGet(state.tickets, position).phase === 'pending' &&
    ticketAt(state, position).deps.every((dep) => satisfiesDependents(chunkedGet(state.tickets, dep)))
  );
}

/** Blocks every pending ticket below a failed one, each with the nearest reason. Amortised: a ticket is blocked once. */
function blockDependents(state: RunState, failed: number, cause: Blocker): Change {
  let { tickets, pending } = state;
  const facts: RunFact[] = [];
  const queue: { readonly position: number; readonly blocker: Blocker }[] = [];
  const enqueue = (above: number, blocker: Blocker): void => {
    for (const position of ticketAt(state, above).dependents) queue.push({ position, blocker });
  };
  enqueue(failed, cause);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (chunkedGet(tickets, next.position).phase !== 'pending') continue;
    const blockers = [next.blocker];
    const { id } = ticketAt(state, next.position);
    tickets = chunkedSet(tickets, next.position, { phase: 'blocked', blockers });
    pending -= 1;
    facts.push({ type: 'ticket.blocked', ticket: id, blockers });
    enqueue(next.position, { kind: 'dependencyBlocked', dependency: id });
  }
  return { state: { ...state, tickets, pending }, facts };
}

function positionOf(state: RunState, ticket: TicketId): number {
  const position = state.backlog.positions.get(ticket);
  if (position === undefined) throw new Error(`ticket ${ticket} is not in the backlog of this run`);
  return position;
}

function ticketAt(state: RunState, position: number): BacklogTicket {
  const ticket = state.backlog.tickets[position];
  if (ticket === undefined) throw new RangeError(`the backlog has no position ${position}`);
  return ticket;
}

function ticketOf(state: RunState, ticket: TicketId): BacklogTicket {
  return ticketAt(state, positionOf(state, ticket));
}

function sessionOf(state: RunState, session: SessionId): LiveSession {
  const live = state.sessions[session];
  if (live === undefined) throw new Error(`session ${session} is not live`);
  return live;
}
