/**
 * One session: one attempt of one ticket by one agent process, from its worktree to the moment all is given back.
 *
 *   preparing ──► alive ─────────────────────────────────────────┐
 *       │         │ launching ──► running ──► timingOut          │ exit
 *       │         │                           │ asking           ▼
 *       │         │                           │ terminating   sweeping ──► completed ──► verifyingWork ──► merging
 *       │         │                           │ killing          │                           │               │
 *       │         └─ spawn failed ─┐          └──────────────────┘                           │               │
 *       └───────────────────────►  releasing  ◄──────────────────────────────────────────────┴───────────────┘
 *                                      │
 *                                      └──► one final state an ending: merged, noChanges, failed, timedOut, ...
 *
 * This machine owns the order of the steps and the one ending. The supervisor owns what a session may claim (tickets,
 * components, workers); the merge queue owns when a merge may start; the actors own how each step is done.
 *
 * M1  The first cause and the first ending win: nothing overwrites either.
 * M2  Nothing is merged that did not leave `alive` with a good verdict and no survivor.
 * M3  Every path to a final state goes through `releasing`, and the place is given back last.
 * M4  `alive` ends only by the process's own exit, or after SIGKILL was given its grace: an agent is never just forgotten.
 * M5  Every state but `merging` is bounded by a timer or by an actor that bounds itself; `merging` is bounded by the merge
 *     queue, which bounds each merge. A session is never abandoned while its merge may be under way.
 */
import { assertEvent, assign, fromCallback, fromPromise, sendParent, sendTo, setup } from 'xstate';

import type { SessionId, TicketId } from '../../src/domain/ids.ts';
import {
  endingOfMerge,
  errorReason,
  failureReason,
  reasonOfMerge,
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

function placeOf(context: SessionContext): SessionPlace {
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

/** The statechart of one session. `actors/provide.ts` binds the actors that it names. */
export const sessionMachine = setup({
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
      reason: 'the agent exited well and changed nothing',
    })),
    endHeld: assign(({ context }) => ({
      ending: context.ending ?? 'rejected',
      reason: 'parallelAutoMerge is off: the work waits on its branch',
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
      return { type: 'session.verified', session: context.session, ...event.output };
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
}).createMachine({
  id: 'session',
  context: ({ input }) => ({
    ...input,
    place: null,
    cause: null,
    exit: null,
    sweep: null,
    work: null,
    ending: null,
    reason: '',
    release: null,
  }),
  output: ({ context }) => ({
    session: context.session,
    ending: context.ending ?? 'lost',
    reason: [context.reason, context.release?.keptWorktree?.reason ?? '']
      .filter((part) => part !== '')
      .join('; '),
    keptBranch: context.release?.keptBranch ?? null,
    keptWorktree: context.release?.keptWorktree?.path ?? null,
  }),
  initial: 'preparing',
  states: {
    preparing: {
      invoke: {
        id: 'prepareWorktree',
        src: 'prepareWorktree',
        input: ({ context }) => ({ session: context.session, ticket: context.ticket }),
        onDone: [
          {
            guard: 'isAskedToEnd',
            target: 'releasing',
            actions: ['rememberPlace', 'reportPrepared', 'endByCause'],
          },
          { target: 'alive', actions: ['rememberPlace', 'reportPrepared'] },
        ],
        onError: [
          { guard: 'isAskedToEnd', target: 'releasing', actions: 'endByCause' },
          { target: 'releasing', actions: 'endFailed' },
        ],
      },
      on: {
        // A half-made worktree cannot be given back: let it be made, then release it.
        'session.terminate': { actions: 'causeTerminated' },
        'session.kill': { actions: 'causeTerminated' },
      },
    },
    alive: {
      invoke: {
        id: 'agentProcess',
        src: 'agentProcess',
        input: ({ context }) => ({
          session: context.session,
          ticket: context.ticket,
          attempt: context.attempt,
          place: placeOf(context),
        }),
        onError: { target: 'sweeping' },
      },
      initial: 'launching',
      on: {
        // Started, but somebody wanted it gone before it said so.
        'process.spawned': { actions: 'reportLaunched' },
        'process.spawnFailed': { target: 'releasing', actions: 'endFailed' },
        'process.exited': { target: 'sweeping', actions: 'rememberExit' },
      },
      states: {
        launching: {
          on: {
            'process.spawned': [
              { guard: 'isAskedToEnd', target: 'timingOut', actions: 'reportLaunched' },
              { target: 'running', actions: 'reportLaunched' },
            ],
            // The spawn is already under way: end the process as soon as there is one.
            'session.terminate': { actions: 'causeTerminated' },
            'session.kill': { target: 'timingOut.killing', actions: 'causeTerminated' },
          },
          after: { attemptDeadline: { target: 'timingOut.killing', actions: 'causeTimedOut' } },
        },
        running: {
          on: {
            'process.stalled': { target: 'timingOut', actions: 'causeStalled' },
            'session.terminate': { target: 'timingOut', actions: 'causeTerminated' },
            'session.kill': { target: 'timingOut.killing', actions: 'causeTerminated' },
          },
          after: { attemptDeadline: { target: 'timingOut', actions: 'causeTimedOut' } },
        },
        timingOut: {
          entry: 'reportTimingOut',
          initial: 'asking',
          on: {
            'session.kill': { target: '.killing' },
          },
          states: {
            asking: {
              always: { guard: 'agentCannotBeAsked', target: 'terminating' },
              entry: 'askAgent',
              after: { gracePeriod: 'terminating' },
            },
            terminating: {
              entry: 'terminateAgent',
              after: { gracePeriod: 'killing' },
            },
            killing: {
              entry: 'killAgent',
              // A process in uninterruptible sleep outlives even this; the sweep says so.
              after: { gracePeriod: '#session.sweeping' },
            },
          },
        },
      },
    },
    sweeping: {
      invoke: {
        id: 'sweepSurvivors',
        src: 'sweepSurvivors',
        input: ({ context }) => ({ session: context.session }),
        onDone: [
          {
            guard: 'isAskedToEnd',
            target: 'releasing',
            actions: ['rememberSweep', 'reportExited', 'endByCause'],
          },
          { guard: 'agentSucceeded', target: 'completed', actions: ['rememberSweep', 'reportExited'] },
          { target: 'releasing', actions: ['rememberSweep', 'reportExited', 'endFailed'] },
        ],
        onError: { target: 'releasing', actions: ['reportExited', 'endFailed'] },
      },
    },
    completed: {
      entry: 'reportCompleted',
      always: 'verifyingWork',
    },
    verifyingWork: {
      invoke: {
        id: 'verifyWork',
        src: 'verifyWork',
        input: ({ context }) => placeOf(context),
        onDone: [
          {
            guard: 'hasNoWork',
            target: 'releasing',
            actions: ['rememberWork', 'reportVerified', 'endNoChanges'],
          },
          {
            guard: 'mergeIsHeld',
            target: 'releasing',
            actions: ['rememberWork', 'reportVerified', 'endHeld'],
          },
          { target: 'merging', actions: ['rememberWork', 'reportVerified'] },
        ],
        onError: { target: 'releasing', actions: 'endFailed' },
      },
    },
    merging: {
      entry: 'requestMerge',
      on: {
        'merge.finished': { target: 'releasing', actions: 'endByMerge' },
      },
    },
    releasing: {
      entry: 'reportReleasing',
      invoke: {
        id: 'releasePlace',
        src: 'releasePlace',
        input: ({ context }) => ({ session: context.session, ticket: context.ticket, place: context.place }),
        onDone: { target: 'released', actions: 'rememberRelease' },
        onError: { target: 'released', actions: 'keepPlace' },
      },
    },
    released: {
      always: [
        { guard: 'endedMerged', target: 'merged' },
        { guard: 'endedNoChanges', target: 'noChanges' },
        { guard: 'endedTimedOut', target: 'timedOut' },
        { guard: 'endedStalled', target: 'stalled' },
        { guard: 'endedTerminated', target: 'terminated' },
        { guard: 'endedConflicted', target: 'conflicted' },
        { guard: 'endedRejected', target: 'rejected' },
        { guard: 'endedFailed', target: 'failed' },
        { target: 'lost' },
      ],
    },
    merged: { type: 'final' },
    noChanges: { type: 'final' },
    failed: { type: 'final' },
    timedOut: { type: 'final' },
    stalled: { type: 'final' },
    terminated: { type: 'final' },
    conflicted: { type: 'final' },
    rejected: { type: 'final' },
    lost: { type: 'final' },
  },
});
