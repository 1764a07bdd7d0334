/**
 * The questions the supervisor asks, by the names that its statechart uses. Each is one line to the domain.
 */
import * as run from '../../src/domain/run-state.ts';
import { sessionOfActor } from './actor-ids.ts';
import type { SupervisorContext } from './context.ts';
import type { SupervisorEvent } from './events.ts';

interface Question {
  readonly context: SupervisorContext;
  readonly event: SupervisorEvent;
}

/** An agent process more would not be one too many (S3). */
export const workerFree = ({ context }: Question): boolean => run.isWorkerFree(context.run);

/** The limit of dispatches has room for one more (S8). */
export const budgetLeft = ({ context }: Question): boolean => run.isBudgetLeft(context.run);

/** The whole claim of the ticket can be acquired (S1). */
export const componentFree = ({ context, event }: Question): boolean =>
  event.type === 'dispatch' && run.isComponentFree(context.run, event.ticket);

/** Every dependency has landed (S2). */
export const depsReady = ({ context, event }: Question): boolean =>
  event.type === 'dispatch' && run.areDepsReady(context.run, event.ticket);

/** Nobody works on the ticket, and nobody has finished it (S4). */
export const notClaimed = ({ context, event }: Question): boolean =>
  event.type === 'dispatch' && run.isUnclaimed(context.run, event.ticket);

/** The message is of a session that is live now, not of a past life. */
export const isOfLiveSession = ({ context, event }: Question): boolean => {
  if ('session' in event) return run.isLive(context.run, event.session);
  const actor = 'actorId' in event ? sessionOfActor(event.actorId) : null;
  return actor !== null && run.isLive(context.run, actor.session);
};

/** The message is of a session whose own machine broke. */
export const isOfBrokenSession = ({ context, event }: Question): boolean =>
  'session' in event && context.broken[event.session] !== undefined;

/** The machine of a session broke while its work is with the merge queue, and may land yet. */
export const isMergeUnderWay = ({ context, event }: Question): boolean => {
  const actor = 'actorId' in event ? sessionOfActor(event.actorId) : null;
  return actor !== null && run.sessionsInMergeQueue(context.run).includes(actor.session);
};

/** The event is of the actor that stands in for a session that is live now, and broken. */
export const isOfStandIn = ({ context, event }: Question): boolean => {
  const actor = 'actorId' in event ? sessionOfActor(event.actorId) : null;
  return actor?.standIn === true && run.isLive(context.run, actor.session);
};

/** A stop was asked for before there was anything to stop. */
export const isStopRequested = ({ context }: Question): boolean => context.run.stop !== null;

/** Nothing is live, and nothing could ever be dispatched again. */
export const isWorkedOff = ({ context }: Question): boolean =>
  context.run.pending === 0 && run.isQuiet(context.run);

/** No session is live. */
export const isQuiet = ({ context }: Question): boolean => run.isQuiet(context.run);

/** Tickets remain, and the limit of dispatches forbids them. */
export const isBudgetSpent = ({ context }: Question): boolean =>
  context.run.pending > 0 && !run.isBudgetLeft(context.run);
