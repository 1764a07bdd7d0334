/**
 * How each fact changes the state of a run: what dispatching, landing and settling *mean* for tickets, locks and counters.
 *
 * The supervisor machine owns when each may happen; the policy owns which ticket goes first. All functions are pure and
 * return the changed state with the facts that follow from the change, in the order in which they are to be announced.
 * They keep R1 to R4 of `run-state.ts`; what would break them is a bug in the caller and throws.
 */
import type { Blocker } from './blockers.ts';
import { chunkedGet, chunkedSet } from './chunked.ts';
import type { Ending } from './ending.ts';
import type { RunId, SessionId, TicketId } from './ids.ts';
import { dropSession, replaceSession } from './live-sessions.ts';
import { acquire, release } from './locks.ts';
import { mayRetry } from './retry-policy.ts';
import type { RunFact, StopReason } from './run-fact.ts';
import { isLive, isReady, positionOf, sessionOf, ticketAt, ticketOf, type RunState } from './run-state.ts';
import { phaseAfter, type PhaseFact, type SessionPhase } from './session-phase.ts';
import type { RecoveredWork } from './work.ts';

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

/** Claims a ticket and its components for a new session, or for one that goes on after its run was cut off. */
export function dispatch(state: RunState, ticket: TicketId, session: SessionId, adoptedFrom?: RunId): Change {
  const position = positionOf(state, ticket);
  const { components } = ticketOf(state, ticket);
  const before = chunkedGet(state.tickets, position);
  if (before.phase !== 'pending' || isLive(state, session)) {
    throw new Error(`cannot dispatch ${ticket} (${before.phase}) to session ${session}`);
  }
  const attempt = before.attempts + 1;
  return {
    state: changed(state, {
      tickets: chunkedSet(state.tickets, position, { phase: 'live', session, attempts: attempt }),
      sessions: [...state.sessions, { session, ticket: position, attempt, phase: 'preparing', place: null }],
      locks: acquire(state.locks, components, session),
      pending: state.pending - 1,
      dispatched: state.dispatched + 1,
    }),
    facts: [
      {
        type: 'session.dispatched',
        session,
        ticket,
        attempt,
        components,
        ...(adoptedFrom === undefined ? {} : { adoptedFrom }),
      },
    ],
  };
}

/** Records what a session has reported, by the type of the fact. */
export function hearReport(state: RunState, session: SessionId, type: PhaseFact): RunState {
  return enterPhase(state, session, phaseAfter(sessionOf(state, session).phase, type));
}

/** Records why nothing more is dispatched; the first reason stays. */
export function noteStop(state: RunState, reason: StopReason): RunState {
  return state.stop === null ? changed(state, { stop: reason }) : state;
}

/** Records where a session works. */
export function rememberPlace(
  state: RunState,
  session: SessionId,
  { branch, worktree }: { readonly branch: string; readonly worktree: string },
): RunState {
  const { ticket, attempt, phase } = sessionOf(state, session);
  const live = { session, ticket, attempt, phase, place: { branch, worktree } };
  return changed(state, { sessions: replaceSession(state.sessions, live) });
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
  const { ticket, attempt, place } = sessionOf(state, session);
  const live = { session, ticket, attempt, phase, place };
  return changed(state, { sessions: replaceSession(state.sessions, live) });
}

/** Marks a session's ticket as landed; its components stay held until the session is settled. */
export function land(state: RunState, session: SessionId, commit: string): Change {
  const { ticket, attempt } = sessionOf(state, session);
  const landed = changed(state, {
    tickets: chunkedSet(state.tickets, ticket, { phase: 'landed', attempts: attempt, commit }),
  });
  const readied = ticketAt(state, ticket).dependents.filter((dependent) => isReady(landed, dependent));
  return {
    state: landed,
    facts: readied.map((dependent) => ({ type: 'ticket.readied', ticket: ticketAt(state, dependent).id })),
  };
}

/** Marks tickets as landed that recovery has finished. Those that were not to be dispatched anyway are passed over. */
export function recoverTickets(state: RunState, landed: readonly RecoveredWork[]): Change {
  let { tickets, pending } = state;
  const facts: RunFact[] = [];
  const below = new Set<number>();
  for (const { ticket, session, commit } of landed) {
    const position = state.backlog.positions.get(ticket);
    if (position === undefined || chunkedGet(tickets, position).phase !== 'pending') continue;
    tickets = chunkedSet(tickets, position, { phase: 'landed', attempts: 0, commit });
    pending -= 1;
    facts.push({ type: 'ticket.recovered', ticket, earlierSession: session, commit });
    for (const dependent of ticketAt(state, position).dependents) below.add(dependent);
  }
  const recovered = changed(state, { tickets, pending });
  for (const position of below) {
    if (isReady(recovered, position))
      facts.push({ type: 'ticket.readied', ticket: ticketAt(state, position).id });
  }
  return { state: recovered, facts };
}

/** Takes a finished session out of the run: releases its components and decides what becomes of its ticket. */
export function settle(state: RunState, end: SessionEnd): Change {
  const { ticket, attempt } = sessionOf(state, end.session);
  const released = changed(state, {
    sessions: dropSession(state.sessions, end.session),
    locks: release(state.locks, ticketAt(state, ticket).components, end.session),
  });
  const ended: RunFact = { type: 'session.ended', ...end };
  if (chunkedGet(state.tickets, ticket).phase === 'landed') return { state: released, facts: [ended] };

  const id = ticketAt(state, ticket).id;
  if (end.ending === 'terminated' || mayRetry(end.ending, attempt, state.limits)) {
    return {
      state: changed(released, {
        tickets: chunkedSet(released.tickets, ticket, { phase: 'pending', attempts: attempt }),
        pending: released.pending + 1,
      }),
      facts: [ended, { type: 'ticket.requeued', ticket: id, attempts: attempt }],
    };
  }
  const failed = changed(released, {
    tickets: chunkedSet(released.tickets, ticket, { phase: 'failed', ending: end.ending, attempts: attempt }),
  });
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
  return { state: changed(state, { tickets, pending }), facts };
}

/**
 * A state with some of it changed. Written out field by field, so that all states of a run have one shape: copies made by
 * spreading have many, and reading something that has many shapes is slow.
 */
function changed(state: RunState, change: Partial<Omit<RunState, 'backlog' | 'limits'>>): RunState {
  const { backlog, limits } = state;
  const { tickets = state.tickets, sessions = state.sessions, locks = state.locks } = change;
  const { pending = state.pending, dispatched = state.dispatched, stop = state.stop } = change;
  return { backlog, limits, tickets, sessions, locks, pending, dispatched, stop };
}
