import type { BacklogTicket } from './backlog.ts';
import type { Blocker } from './blockers.ts';
import type { Ending } from './ending.ts';
import type { SessionId } from './ids.ts';

/**
 * Where a ticket stands in a run; the supervisor keeps one per position.
 *
 * `attempts` counts the sessions dispatched for the ticket in this run, a live one included. A ticket that waits for
 * another attempt is `pending` again, with `attempts` above 0.
 */
export type TicketState =
  | { readonly phase: 'pending'; readonly attempts: number }
  | { readonly phase: 'live'; readonly session: SessionId; readonly attempts: number }
  | { readonly phase: 'landed'; readonly attempts: number; readonly commit: string }
  | { readonly phase: 'failed'; readonly ending: Ending; readonly attempts: number }
  | { readonly phase: 'blocked'; readonly blockers: readonly Blocker[] }
  | { readonly phase: 'closed' }
  | { readonly phase: 'excluded' };

/** Gives a ticket the state in which a run finds it. */
export function initialTicketState(ticket: BacklogTicket): TicketState {
  switch (ticket.standing) {
    case 'eligible':
      return { phase: 'pending', attempts: 0 };
    case 'closed':
      return { phase: 'closed' };
    case 'excluded':
      return { phase: 'excluded' };
    case 'blocked':
      return { phase: 'blocked', blockers: ticket.blockers };
  }
}

/** True when dependents may start: the work is on the integration ref, or was done before the run. */
export function satisfiesDependents(state: TicketState): boolean {
  return state.phase === 'landed' || state.phase === 'closed';
}
