/**
 * What planted faults are put together from.
 */
import { chunkedGet, chunkedSet } from '../domain/chunked.ts';
import type { SessionId } from '../domain/ids.ts';
import * as changes from '../domain/run-changes.ts';
import {
  positionOf,
  sessionOf,
  ticketAt,
  ticketOf,
  type LiveSession,
  type RunState,
} from '../domain/run-state.ts';
import { rewired, withAction, type Asked, type Deed, type Mutant } from './mutate.ts';

/** A guard that refuses nothing. */
export function yes(): boolean {
  return true;
}

/** True for a session whose agent runs. */
export function isRunning({ phase }: LiveSession): boolean {
  return phase === 'running';
}

/** Counts the sessions that a question is true for. */
export function countOf({ sessions }: RunState, counts: (session: LiveSession) => boolean): number {
  return sessions.filter(counts).length;
}

/** Claims what is asked for, whoever has it. */
export function claimByForce({ context: { run }, event }: Asked): Deed {
  const { ticket, session } = dispatchIn(event);
  const position = positionOf(run, ticket);
  const before = chunkedGet(run.tickets, position);
  const attempts = 'attempts' in before ? before.attempts : 0;
  const free = {
    ...run,
    locks: {},
    tickets: chunkedSet(run.tickets, position, { phase: 'pending', attempts }),
  };
  const { state, facts } = changes.dispatch(free, ticket, session);
  return { run: { ...state, locks: { ...run.locks, ...state.locks } }, announces: facts };
}

/** A supervisor that ends its sessions in another way. */
export function withSettle(settle: typeof changes.settle): Mutant['machine'] {
  return withAction('settleSession', ({ context: { run }, event }) => {
    if (!('output' in event) || !('session' in event.output))
      throw new Error(`${event.type} ends no session`);
    return deedOf(settle(run, event.output));
  });
}

/** A supervisor that dispatches in one more state of its chart. */
export function dispatchingIn(state: string): Mutant['machine'] {
  return rewired(({ states }) => ({
    states: {
      ...states,
      [state]: {
        ...states[state],
        on: { ...states[state]?.on, dispatch: states['dispatching']?.on?.['dispatch'] },
      },
    },
  }));
}

/** What an action does, from what a change of the domain is. */
export function deedOf({ state, facts }: changes.Change): Deed {
  return { run: state, announces: facts };
}

/** The dispatch that an action is asked for. */
export function dispatchIn(event: Asked['event']): Extract<Asked['event'], { type: 'dispatch' }> {
  if (event.type !== 'dispatch') throw new Error(`${event.type} dispatches nothing`);
  return event;
}

/** The session that an event is about. */
export function sessionIn(event: Asked['event']): SessionId {
  if ('session' in event) return event.session;
  if ('actorId' in event) return event.actorId.slice(event.actorId.indexOf('.') + 1);
  throw new Error(`${event.type} is of no session`);
}

/** The components that a dispatch asks for. */
export function componentsAsked(run: RunState, event: Asked['event']): readonly string[] {
  return ticketOf(run, dispatchIn(event).ticket).components;
}

/** The locks without those of a session. */
export function locksWithout(run: RunState, session: SessionId): RunState['locks'] {
  const { components } = ticketAt(run, sessionOf(run, session).ticket);
  return Object.fromEntries(
    Object.entries(run.locks).filter(([component]) => !components.includes(component)),
  );
}
