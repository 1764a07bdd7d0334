/**
 * What the supervisor hears in the surroundings in which sessions are told by their lives.
 */
import type { SessionResult, SupervisorEvent } from '../../machines/index.ts';
import type { SessionId, TicketId } from '../domain/ids.ts';
import type { Life, Telling } from './session-life.ts';

/** The event by which a session, or what stands in for it, tells something of itself. */
export function eventOf(session: SessionId, ticket: TicketId, life: Life, telling: Telling): SupervisorEvent {
  const branch = `ralph/${ticket}/${session}`;
  switch (telling.tells) {
    case 'session.prepared':
      return { type: telling.tells, session, worktree: `/worktrees/${session}`, branch, base: 'base' };
    case 'session.launched':
      return { type: telling.tells, session, process: { pid: 1, startTime: '1', bootId: 'boot' } };
    case 'session.timingOut':
      return { type: telling.tells, session, cause: telling.cause };
    case 'session.exited':
      return {
        type: telling.tells,
        session,
        code: telling.isGood ? 0 : wasThere(life) ? 1 : null,
        signal: null,
        survivorsFound: 0,
        survivorsLeft: 0,
      };
    case 'session.completed':
      return { type: telling.tells, session };
    case 'session.verified': {
      const { commits } = telling;
      return {
        type: telling.tells,
        session,
        head: `head-of-${session}`,
        commits,
        leftoversCommitted: false,
      };
    }
    case 'merge.requested': {
      const request = { session, ticket, title: `Ticket ${ticket}`, branch, head: `head-of-${session}` };
      return { type: telling.tells, session, request };
    }
    case 'session.releasing':
      return { type: telling.tells, session, ending: telling.ending };
    case 'done': {
      const actorId = `${life.at === 'standIn' ? 'standIn' : 'session'}.${session}` as const;
      const output: SessionResult = {
        session,
        ending: telling.ending,
        reason: '',
        keptBranch: telling.keepsBranch ? branch : null,
        keptWorktree: null,
      };
      return { type: `xstate.done.actor.${actorId}`, actorId, output };
    }
  }
}

/** True when the agent's process had said that it is there: of another, nobody knows how it exited. */
function wasThere(life: Life): boolean {
  return life.at !== 'launching' && (life.at !== 'timingOut' || life.isLaunched);
}

/** The merge queue's own machine breaks. */
export const QUEUE_BROKE: SupervisorEvent = {
  type: 'xstate.error.actor.mergeQueue',
  actorId: 'mergeQueue',
  error: new Error('a bug'),
};

/** The machine of a session, or of what stands in for it, breaks. */
export function brokenEvent(actorId: `session.${string}` | `standIn.${string}`): SupervisorEvent {
  return { type: `xstate.error.actor.${actorId}`, actorId, error: new Error('a bug') };
}
