/**
 * The questions a session asks itself, by the names that its statechart uses. Each is one line to the domain.
 */
import type { Ending } from '../../src/domain/ending.ts';
import * as outcome from '../../src/domain/session-outcome.ts';
import type { SessionContext } from './context.ts';
import type { SessionEvent } from './events.ts';

interface Question {
  readonly context: SessionContext;
  readonly event: SessionEvent;
}

const ended =
  (ending: Ending) =>
  ({ context }: Question): boolean =>
    context.ending === ending;

/** Somebody or some timer wants the agent gone. */
export const isAskedToEnd = ({ context }: Question): boolean => context.cause !== null;

/** SIGTERM is the gentlest thing this agent understands. */
export const agentCannotBeAsked = ({ context }: Question): boolean => !context.agentCanBeAsked;

/** The agent left by itself with a good verdict, and the sweep found nobody left. */
export const agentSucceeded = ({ context, event }: Question): boolean =>
  event.type === 'xstate.done.actor.sweepSurvivors' && outcome.agentSucceeded(context.exit, event.output);

/** There is nothing to land and the configuration asks for something. */
export const hasNoWork = ({ context, event }: Question): boolean =>
  event.type === 'xstate.done.actor.verifyWork' && !outcome.hasWork(event.output, context.allowNoChanges);

/** A person merges, not the run: always, or because there is an objection to this work. */
export const mergeIsHeld = ({ context, event }: Question): boolean =>
  event.type === 'xstate.done.actor.verifyWork' && outcome.isHeld(event.output, context.autoMerge);

/** Its work is on the integration ref. */
export const endedMerged = ended('merged');
/** The agent left nothing to land. */
export const endedNoChanges = ended('noChanges');
/** The agent, or a step around it, failed. */
export const endedFailed = ended('failed');
/** It reached its deadline. */
export const endedTimedOut = ended('timedOut');
/** Its agent showed no sign of life. */
export const endedStalled = ended('stalled');
/** The run is stopping. */
export const endedTerminated = ended('terminated');
/** Its work does not merge with what landed before. */
export const endedConflicted = ended('conflicted');
/** A gate was red, or merging is held. */
export const endedRejected = ended('rejected');
