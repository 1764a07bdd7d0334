/**
 * What the words in the session's statechart mean: its actors, guards, delays and actions, by name.
 *
 * Actions remember, decide an ending, or pass a message on; none of them can fail but by a bug.
 */ import { assertEvent, assign, fromCallback, fromPromise, sendParent, sendTo, setup } from 'xstate';

import type { SessionId, TicketId } from '../../src/domain/ids.ts';
import {
  endingOfMerge,
  errorReason,
  failureReason,
  reasonOfMerge,
  reasonOfNoChanges,
} from '../../src/domain/session-outcome.ts';
import type { ReleaseReport, SessionPlace, SweepReport, WorkReport } from '../../src/domain/work.ts';
import type { AgentCommand, SessionReport, SessionResult } from '../protocol.ts';
import { unprovided } from '../unprovided.ts';
import { TIMER_MAX_MS, type SessionContext, type SessionInput } from './context.ts';
import type { SessionEvent } from './events.ts';
import * as guards from './guards.ts';

/** What the agent's actor needs to start the process. */
export interface AgentProcessInput {
  readonly session: SessionId;
  readonly ticket: TicketId;
  readonly attempt: number;
  readonly place: SessionPlace;
}

/** What preparing and releasing need. The place is null when it was never made. */
export interface PlaceInput {
  readonly session: SessionId;
  readonly ticket: TicketId;
  readonly place: SessionPlace | null;
}

/** The place of a session that has one; asking for it earlier is a bug. */
export function placeOf(context: SessionContext): SessionPlace {
  if (context.place === null) throw new Error(`session ${context.session} has no worktree yet`);
  return context.place;
}

/** Says why the step that has just reported failed. */
function failureOf(context: SessionContext, event: SessionEvent): string {
  switch (event.type) {
    case 'process.spawnFailed':
      return event.reason;
    case 'xstate.done.actor.sweepSurvivors':
      return failureReason(context.exit, event.output);
    case 'xstate.error.actor.prepareWorktree':
      return `could not prepare the worktree: ${errorReason(event.error)}`;
    case 'xstate.error.actor.sweepSurvivors':
      return `could not look for surviving processes: ${errorReason(event.error)}`;
    case 'xstate.error.actor.verifyWork':
      return `could not verify the work: ${errorReason(event.error)}`;
    default:
      throw new Error(`${event.type} is no failure of a step`);
  }
}

const report = (build: (args: { context: SessionContext; event: SessionEvent }) => SessionReport) =>
  sendParent<SessionContext, SessionEvent, undefined, SessionReport, SessionEvent>(build);

/** The words of the session's statechart. `actors/provide.ts` binds the actors. */
export const sessionSetup = setup({
  types: {
    context: {} as SessionContext,
    events: {} as SessionEvent,
    input: {} as SessionInput,
    output: {} as SessionResult,
  },
  actors: {
    prepareWorktree: fromPromise<SessionPlace, { session: SessionId; ticket: TicketId }>(unprovided),
    agentProcess: fromCallback<AgentCommand, AgentProcessInput>(unprovided),
    sweepSurvivors: fromPromise<SweepReport, { session: SessionId }>(unprovided),
    verifyWork: fromPromise<WorkReport, SessionPlace>(unprovided),
    releasePlace: fromPromise<ReleaseReport, PlaceInput>(unprovided),
  },
  delays: {
    attemptDeadline: ({ context }) => Math.min(context.attemptTimeoutMs, TIMER_MAX_MS),
    gracePeriod: ({ context }) => Math.min(context.gracePeriodMs, TIMER_MAX_MS),
  },
  guards,
  actions: {
    rememberPlace: assign(({ event }) => {
      assertEvent(event, 'xstate.done.actor.prepareWorktree');
      return { place: event.output };
    }),
    rememberExit: assign(({ event }) => {
      assertEvent(event, 'process.exited');
      return { exit: event.exit };
    }),
    rememberSweep: assign(({ event }) => {
      assertEvent(event, 'xstate.done.actor.sweepSurvivors');
      return { sweep: event.output };
    }),
    rememberWork: assign(({ event }) => {
      assertEvent(event, 'xstate.done.actor.verifyWork');
      return { work: event.output };
    }),
    rememberRelease: assign(({ event }) => {
      assertEvent(event, 'xstate.done.actor.releasePlace');
      return { release: event.output };
    }),
    causeTimedOut: assign(({ context }) => ({ cause: context.cause ?? 'timedOut' })),
    causeStalled: assign(({ context }) => ({ cause: context.cause ?? 'stalled' })),
    causeTerminated: assign(({ context }) => ({ cause: context.cause ?? 'terminated' })),
    endByCause: assign(({ context }) => ({ ending: context.ending ?? context.cause })),
    endNoChanges: assign(({ context }) => ({
      ending: context.ending ?? 'noChanges',
      reason: reasonOfNoChanges(context.work),
    })),
    endHeld: assign(({ context }) => ({
      ending: context.ending ?? 'rejected',
      reason: context.work?.objection ?? 'parallelAutoMerge is off: the work waits on its branch',
    })),
    endFailed: assign(({ context, event }) => ({
      ending: context.ending ?? 'failed',
      reason: failureOf(context, event),
    })),
    endByMerge: assign(({ context, event }) => {
      assertEvent(event, 'merge.finished');
      return {
        ending: context.ending ?? endingOfMerge(event.outcome, context.work),
        reason: reasonOfMerge(event.outcome),
      };
    }),
    keepPlace: assign(({ context, event }) => {
      assertEvent(event, 'xstate.error.actor.releasePlace');
      const reason = errorReason(event.error);
      // Nothing is known of what was given back, so everything is said to be kept.
      return {
        release:
          context.place === null
            ? { keptBranch: null, keptWorktree: null }
            : { keptBranch: context.place.branch, keptWorktree: { path: context.place.worktree, reason } },
      };
    }),
    askAgent: sendTo('agentProcess', { type: 'agent.ask' }),
    terminateAgent: sendTo('agentProcess', { type: 'agent.terminate' }),
    killAgent: sendTo('agentProcess', { type: 'agent.kill' }),
    reportPrepared: report(({ context }) => {
      const { worktree, branch, base } = placeOf(context);
      return { type: 'session.prepared', session: context.session, worktree, branch, base };
    }),
    reportLaunched: report(({ context, event }) => {
      assertEvent(event, 'process.spawned');
      return { type: 'session.launched', session: context.session, process: event.process };
    }),
    reportTimingOut: report(({ context }) => ({
      type: 'session.timingOut',
      session: context.session,
      cause: context.cause ?? 'terminated',
    })),
    reportExited: report(({ context }) => ({
      type: 'session.exited',
      session: context.session,
      code: context.exit?.code ?? null,
      signal: context.exit?.signal ?? null,
      survivorsFound: context.sweep?.survivorsFound ?? 0,
      // A sweep that failed proves nothing: count one survivor, so that the run does not claim to be clean.
      survivorsLeft: context.sweep?.survivorsLeft ?? 1,
    })),
    reportCompleted: report(({ context }) => ({ type: 'session.completed', session: context.session })),
    reportVerified: report(({ context, event }) => {
      assertEvent(event, 'xstate.done.actor.verifyWork');
      const { objection, ...work } = event.output;
      const held = objection === null ? {} : { objection };
      return { type: 'session.verified', session: context.session, ...work, ...held };
    }),
    requestMerge: report(({ context }) => ({
      type: 'merge.requested',
      session: context.session,
      request: {
        session: context.session,
        ticket: context.ticket,
        title: context.title,
        branch: placeOf(context).branch,
        head: context.work?.head ?? placeOf(context).base,
      },
    })),
    reportReleasing: report(({ context }) => ({
      type: 'session.releasing',
      session: context.session,
      ending: context.ending ?? 'lost',
    })),
  },
});
