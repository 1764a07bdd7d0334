/**
 * Who is who among the sessions of a scope: a checker numbers the attempts of each ticket, so an id tells both.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import { chunkedGet } from '../domain/chunked.ts';
import type { SessionId, TicketId } from '../domain/ids.ts';
import { findSession } from '../domain/live-sessions.ts';
import type { RunState } from '../domain/run-state.ts';
import { brokenEvent } from './life-events.ts';
import type { Scope } from './scope.ts';
import { OUTCOMES } from './session-life.ts';

/** What an id of a session tells. */
export interface Owner {
  /** Its position in the scope. */
  readonly ticket: number;
  readonly attempt: number;
}

/** The sessions of one scope. */
export class ScopeSessions {
  readonly #scope: Scope;
  readonly #owners = new Map<SessionId, Owner>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** Names the session of an attempt. */
  idOf(ticket: number, attempt: number): SessionId {
    const session = `${this.ticketOf(ticket)}.${attempt}`;
    this.#owners.set(session, { ticket, attempt });
    return session;
  }

  /** Tells whose a session is; asking for one that nobody named is a bug. */
  ownerOf(session: SessionId): Owner {
    const owner = this.#owners.get(session);
    if (owner === undefined) throw new Error(`nobody dispatched session ${session}`);
    return owner;
  }

  /** Names the ticket at a position. */
  ticketOf(position: number): TicketId {
    const found = this.#scope.tickets[position];
    if (found === undefined) throw new RangeError(`the scope ${this.#scope.name} has no ticket ${position}`);
    return found.id;
  }

  /** What the sessions that ended last, one of each ticket, may still be heard to say. */
  lateMessages({ tickets, sessions }: RunState): readonly SupervisorEvent[] {
    return this.#scope.tickets.flatMap((_ticket, position): SupervisorEvent[] => {
      const state = chunkedGet(tickets, position);
      const attempts = 'attempts' in state ? state.attempts : 0;
      const session = this.idOf(position, attempts);
      if (attempts === 0 || findSession(sessions, session) !== undefined) return [];
      const actorId = `session.${session}` as const;
      const output = { session, ending: 'failed', reason: '', keptBranch: null, keptWorktree: null } as const;
      return [
        { type: 'session.launched', session, process: { pid: 1, startTime: '1', bootId: 'boot' } },
        { type: 'merge.finished', session, outcome: OUTCOMES.landed },
        { type: `xstate.done.actor.${actorId}`, actorId, output },
        brokenEvent(actorId),
      ];
    });
  }
}
