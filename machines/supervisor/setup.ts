/**
 * What the words in the supervisor's statechart mean: its actors, guards and actions, by name.
 *
 * Actions announce facts, change the state of the run by the domain's functions, or pass messages on.
 */ import {
  and,
  assertEvent,
  assign,
  emit,
  enqueueActions,
  fromPromise,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';

import { attemptTimeoutMs } from '../../src/domain/attempt-timeout.ts';
import { chunkedItems } from '../../src/domain/chunked.ts';
import { exitCodeOf } from '../../src/domain/exit-code.ts';
import type { SessionId } from '../../src/domain/ids.ts';
import { findSession } from '../../src/domain/live-sessions.ts';
import type { RunFact, StopReason } from '../../src/domain/run-fact.ts';
import * as changes from '../../src/domain/run-changes.ts';
import { blockersOfTicket, sessionsInMergeQueue } from '../../src/domain/run-state.ts';
import { errorReason } from '../../src/domain/session-outcome.ts';
import { mergeQueueMachine } from '../merge-queue/machine.ts';
import type { SessionCommand, SessionResult } from '../protocol.ts';
import type { SessionInput } from '../session/context.ts';
import { sessionMachine } from '../session/machine.ts';
import { unprovided } from '../unprovided.ts';
import { actorOfSession, sessionOfActor, standInOfSession } from './actor-ids.ts';
import type { SupervisorContext, SupervisorInput, SupervisorOutput } from './context.ts';
import type { ClosingReport, RecoveryReport, SupervisorEvent } from './events.ts';
import * as guards from './guards.ts';

/** What a stand-in is told of the session whose machine broke. */
export interface StandInInput {
  readonly session: SessionId;
  readonly reason: string;
}

function sessionInput(context: SupervisorContext, session: SessionId, timeLeftMs?: number): SessionInput {
  const live = findSession(context.run.sessions, session);
  const ticket = live && context.run.backlog.tickets[live.ticket];
  if (live === undefined || ticket === undefined) throw new Error(`session ${session} was not dispatched`);
  const { timeouts, ...settings } = context.sessions;
  return {
    session,
    ticket: ticket.id,
    title: ticket.title,
    attempt: live.attempt,
    attemptTimeoutMs: timeLeftMs ?? attemptTimeoutMs(timeouts, live.attempt),
    ...settings,
  };
}

/** The session that an event is about, as a message of it or as the end of its actor. */
function sessionOf(event: SupervisorEvent): SessionId {
  if ('session' in event) return event.session;
  const actor = 'actorId' in event ? sessionOfActor(event.actorId) : null;
  if (actor === null) throw new Error(`${event.type} is of no session`);
  return actor.session;
}

function stopReasonOf(event: SupervisorEvent): StopReason {
  if ('reason' in event && typeof event.reason === 'object') return event.reason;
  if ('error' in event) return { kind: 'internalError', message: errorReason(event.error) };
  throw new Error(`${event.type} is no reason to stop`);
}

/** Sessions that hear what they are told: all but the broken, which are being ended as fast as can be anyway. */
function sessionsThatListen({ run: { sessions }, broken }: SupervisorContext): readonly SessionId[] {
  return sessions.map(({ session }) => session).filter((session) => broken[session] === undefined);
}

function without(broken: SupervisorContext['broken'], ended: SessionId): SupervisorContext['broken'] {
  const { [ended]: _ended, ...rest } = broken;
  return rest;
}

/** The words of the supervisor's statechart. `actors/provide.ts` binds the actors. */
export const supervisorSetup = setup({
  types: {
    context: {} as SupervisorContext,
    events: {} as SupervisorEvent,
    emitted: {} as RunFact,
    input: {} as SupervisorInput,
    output: {} as SupervisorOutput,
  },
  actors: {
    recover: fromPromise<RecoveryReport>(unprovided),
    closeRun: fromPromise<ClosingReport>(unprovided),
    standIn: fromPromise<SessionResult, StandInInput>(unprovided),
    session: sessionMachine,
    mergeQueue: mergeQueueMachine,
  },
  guards: {
    workerFree: guards.workerFree,
    budgetLeft: guards.budgetLeft,
    componentFree: guards.componentFree,
    depsReady: guards.depsReady,
    notClaimed: guards.notClaimed,
    isOfLiveSession: guards.isOfLiveSession,
    isOfBrokenSession: guards.isOfBrokenSession,
    isMergeUnderWay: guards.isMergeUnderWay,
    isOfStandIn: guards.isOfStandIn,
    isStopRequested: guards.isStopRequested,
    isWorkedOff: guards.isWorkedOff,
    isQuiet: guards.isQuiet,
    isBudgetSpent: guards.isBudgetSpent,
    mayDispatch: and(['notClaimed', 'depsReady', 'componentFree', 'workerFree', 'budgetLeft']),
  },
  actions: {
    announceStart: emit(({ context }) => context.header),
    landRecovered: enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'xstate.done.actor.recover');
      const change = changes.recoverTickets(context.run, event.output.landed);
      enqueue.assign({ run: change.state });
      for (const fact of change.facts) enqueue.emit(fact);
    }),
    announceRecovered: emit(({ event }) => {
      assertEvent(event, 'xstate.done.actor.recover');
      return { type: 'run.recovered', notes: event.output.notes };
    }),
    announcePaused: emit({ type: 'run.paused' }),
    announceResumed: emit({ type: 'run.resumed' }),
    announceDraining: emit(({ context, event }) => ({
      type: 'run.draining',
      reason: context.run.stop ?? stopReasonOf(event),
    })),
    announceStopping: emit(({ context, event }) => ({
      type: 'run.stopping',
      reason: context.run.stop ?? stopReasonOf(event),
    })),
    announceKilling: emit({ type: 'run.killing' }),
    announceFinished: emit(({ context, event }) => ({
      type: 'run.finished',
      // A closing that broke published nothing that it could tell of; the next start publishes what has landed.
      publication:
        event.type === 'xstate.done.actor.closeRun'
          ? event.output.publication
          : { kind: 'held', reason: errorReason('error' in event ? event.error : event.type) },
      exitCode: exitCodeOf({ stop: context.run.stop, tickets: chunkedItems(context.run.tickets) }),
    })),
    announceRefusal: emit(({ context, event }) => {
      assertEvent(event, 'dispatch');
      return {
        type: 'dispatch.refused',
        ticket: event.ticket,
        blockers: blockersOfTicket(context.run, event.ticket),
      };
    }),
    /** Reports of a session are facts of the run as they are. */
    announceReport: emit(({ event }) => {
      if (event.type === 'merge.requested') return { type: 'merge.requested', session: event.session };
      assertEvent(event, [
        'session.prepared',
        'session.launched',
        'session.timingOut',
        'session.exited',
        'session.completed',
        'session.verified',
        'session.releasing',
        'merge.started',
        'merge.finished',
      ]);
      return event;
    }),
    noteStop: assign(({ context, event }) => ({
      run: changes.noteStop(context.run, context.run.stop ?? stopReasonOf(event)),
    })),
    noteBudgetSpent: assign(({ context }) => ({
      run: changes.noteStop(context.run, {
        kind: 'budget',
        budget: 'maxIterations',
        limit: context.run.limits.dispatchesMax,
      }),
    })),
    claim: enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'dispatch');
      const change = changes.dispatch(context.run, event.ticket, event.session, event.adopted?.from);
      enqueue.assign({ run: change.state });
      for (const fact of change.facts) enqueue.emit(fact);
    }),
    spawnSession: spawnChild('session', {
      id: ({ event }) => {
        assertEvent(event, 'dispatch');
        return actorOfSession(event.session);
      },
      input: ({ context, event }) => {
        assertEvent(event, 'dispatch');
        return sessionInput(context, event.session, event.adopted?.timeLeftMs);
      },
    }),
    enterPhase: assign(({ context, event }) => {
      if (!('session' in event) || event.type === 'dispatch')
        throw new Error(`${event.type} begins no phase`);
      return { run: changes.hearReport(context.run, event.session, event.type) };
    }),
    rememberPlace: assign(({ context, event }) => {
      assertEvent(event, 'session.prepared');
      return { run: changes.rememberPlace(context.run, event.session, event) };
    }),
    enqueueMerge: sendTo('mergeQueue', ({ event }) => {
      assertEvent(event, 'merge.requested');
      return { type: 'merge.enqueue', request: event.request };
    }),
    landWork: enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'merge.finished');
      if (event.outcome.kind !== 'landed') return;
      const change = changes.land(context.run, event.session, event.outcome.commit);
      enqueue.assign({ run: change.state });
      for (const fact of change.facts) enqueue.emit(fact);
    }),
    passOutcome: sendTo(
      ({ event }) => {
        assertEvent(event, 'merge.finished');
        return actorOfSession(event.session);
      },
      ({ event }): SessionCommand => {
        assertEvent(event, 'merge.finished');
        return event;
      },
    ),
    settleSession: enqueueActions(({ context, event, enqueue }) => {
      if (!('output' in event) || !('session' in event.output))
        throw new Error(`${event.type} ends no session`);
      const change = changes.settle(context.run, event.output);
      enqueue.assign({ run: change.state, broken: without(context.broken, event.output.session) });
      for (const fact of change.facts) enqueue.emit(fact);
    }),
    forgetChild: stopChild(({ event }) => {
      if (!('actorId' in event)) throw new Error(`${event.type} is of no child`);
      return event.actorId;
    }),
    noteBroken: assign(({ context, event }) => {
      if (!('error' in event)) throw new Error(`${event.type} breaks no session`);
      return { broken: { ...context.broken, [sessionOf(event)]: errorReason(event.error) } };
    }),
    /** A session's machine broke: its process and place are real, so a stand-in ends and releases them. */
    spawnStandIn: spawnChild('standIn', {
      id: ({ event }) => standInOfSession(sessionOf(event)),
      input: ({ context, event }) => {
        const session = sessionOf(event);
        return { session, reason: context.broken[session] ?? 'its machine broke' };
      },
    }),
    /** Even the stand-in broke: say so and let the components go, so that the run ends and recovery can look. */
    settleLost: enqueueActions(({ context, event, enqueue }) => {
      if (!('error' in event)) throw new Error(`${event.type} breaks no stand-in`);
      const session = sessionOf(event);
      const reason = `could not be released: ${errorReason(event.error)}`;
      const change = changes.settle(context.run, changes.lostSession(context.run, session, reason));
      enqueue.assign({ run: change.state, broken: without(context.broken, session) });
      for (const fact of change.facts) enqueue.emit(fact);
    }),
    restartMergeQueue: spawnChild('mergeQueue', { id: 'mergeQueue' }),
    failMerges: enqueueActions(({ context, event, enqueue }) => {
      const reason = `the merge queue broke: ${'error' in event ? errorReason(event.error) : event.type}`;
      for (const session of sessionsInMergeQueue(context.run)) {
        enqueue.raise({ type: 'merge.finished', session, outcome: { kind: 'failed', reason } });
      }
    }),
    terminateSessions: enqueueActions(({ context, enqueue }) => {
      for (const session of sessionsThatListen(context)) {
        enqueue.sendTo(actorOfSession(session), { type: 'session.terminate' });
      }
    }),
    killSessions: enqueueActions(({ context, enqueue }) => {
      for (const session of sessionsThatListen(context)) {
        enqueue.sendTo(actorOfSession(session), { type: 'session.kill' });
      }
    }),
  },
});
