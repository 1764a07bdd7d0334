/**
 * The supervisor: one run, from recovery to the last fact.
 *
 *   recovering ──► dispatching ◄──► paused
 *                   │  │  └─ nothing left ──────────────────────► closing ──► finished
 *                   │  └─ budget spent, run.drain ──► draining ──►│
 *                   └─ run.stop, run.kill ──────────► stopping ──►│
 *
 * This machine owns who may start: the guards of `dispatch` are the whole of safety, so *which* ticket goes first is a
 * policy that lives outside and cannot break anything. Sessions own the order of their steps and report; the merge
 * queue owns "one merge at a time". The supervisor announces every fact of the run (`run-fact.ts`), and nobody else does.
 *
 * V1  A session is dispatched only through `mayDispatch`, in `dispatching` (S1, S2, S3, S4, S8, S10).
 * V2  A fact is announced before the actor that acts on it starts: in every action list `announce` comes before `spawn`.
 * V3  A session leaves the run state only when its actor is done (or its stand-in is), and its locks with it (S11).
 * V4  Messages of sessions that are not live any more change nothing.
 * V5  Actions are total. A child that breaks is an event here, never an exception that orphans its siblings.
 */
import { initialRunState } from '../../src/domain/run-state.ts';
import { supervisorSetup } from './setup.ts';

/** The statechart of a run. */
export const supervisorMachine = supervisorSetup.createMachine({
  id: 'supervisor',
  context: ({ input }) => ({
    run: initialRunState(input.backlog, input.limits),
    broken: {},
    header: input.header,
    sessions: input.sessions,
  }),
  output: ({ context }) => ({ stop: context.run.stop }),
  invoke: { id: 'mergeQueue', src: 'mergeQueue' },
  initial: 'recovering',
  on: {
    'session.*': { guard: 'isOfLiveSession', actions: ['announceReport', 'enterPhase'] },
    'session.prepared': {
      guard: 'isOfLiveSession',
      actions: ['announceReport', 'enterPhase', 'rememberPlace'],
    },
    'merge.requested': {
      guard: 'isOfLiveSession',
      actions: ['announceReport', 'enterPhase', 'enqueueMerge'],
    },
    'merge.started': { guard: 'isOfLiveSession', actions: ['announceReport', 'enterPhase'] },
    'merge.finished': [
      {
        guard: 'isOfBrokenSession',
        actions: ['announceReport', 'enterPhase', 'landWork', 'spawnStandIn'],
      },
      {
        guard: 'isOfLiveSession',
        actions: ['announceReport', 'enterPhase', 'landWork', 'passOutcome'],
      },
    ],
    'xstate.done.actor.*': { guard: 'isOfLiveSession', actions: ['settleSession', 'forgetChild'] },
    'xstate.error.actor.*': [
      {
        // Its process may still live. Nothing more may start beside it, so the run ends and the next one recovers.
        guard: 'isOfStandIn',
        target: '.stopping',
        actions: ['noteStop', 'announceStopping', 'settleLost', 'forgetChild', 'terminateSessions'],
      },
      // Its work may land yet: it is over only when the merge is, and keeps its components until then.
      { guard: 'isMergeUnderWay', actions: ['forgetChild', 'noteBroken'] },
      { guard: 'isOfLiveSession', actions: ['forgetChild', 'noteBroken', 'spawnStandIn'] },
      // Of a past life. xstate ends a machine that has no answer to the error of an actor, so this is one (V4).
      {},
    ],
    'xstate.error.actor.mergeQueue': {
      target: '.stopping',
      actions: [
        'noteStop',
        'announceStopping',
        'forgetChild',
        'restartMergeQueue',
        'failMerges',
        'terminateSessions',
      ],
    },
  },
  states: {
    recovering: {
      entry: 'announceStart',
      invoke: {
        id: 'recover',
        src: 'recover',
        onDone: [
          {
            guard: 'isStopRequested',
            target: 'closing',
            actions: ['landRecovered', 'announceRecovered'],
          },
          { target: 'dispatching', actions: ['landRecovered', 'announceRecovered'] },
        ],
        onError: { target: 'closing', actions: ['noteStop', 'announceStopping'] },
      },
      on: {
        // Recovery repairs; it is let finish, and nothing is dispatched after it.
        'run.stop': { actions: ['noteStop', 'announceStopping'] },
        'run.kill': { actions: ['noteStop', 'announceStopping'] },
        'run.drain': { actions: ['noteStop', 'announceDraining'] },
      },
    },
    dispatching: {
      always: [
        { guard: 'isWorkedOff', target: 'closing' },
        { guard: 'isBudgetSpent', target: 'draining', actions: ['noteBudgetSpent', 'announceDraining'] },
      ],
      on: {
        dispatch: [
          { guard: 'mayDispatch', actions: ['claim', 'spawnSession'] },
          { actions: 'announceRefusal' },
        ],
        'run.pause': { target: 'paused', actions: 'announcePaused' },
        'run.drain': { target: 'draining', actions: ['noteStop', 'announceDraining'] },
        'run.stop': { target: 'stopping', actions: ['noteStop', 'announceStopping', 'terminateSessions'] },
        'run.kill': {
          target: 'stopping',
          actions: ['noteStop', 'announceStopping', 'announceKilling', 'killSessions'],
        },
      },
    },
    paused: {
      on: {
        'run.resume': { target: 'dispatching', actions: 'announceResumed' },
        'run.drain': { target: 'draining', actions: ['noteStop', 'announceDraining'] },
        'run.stop': { target: 'stopping', actions: ['noteStop', 'announceStopping', 'terminateSessions'] },
        'run.kill': {
          target: 'stopping',
          actions: ['noteStop', 'announceStopping', 'announceKilling', 'killSessions'],
        },
      },
    },
    draining: {
      always: { guard: 'isQuiet', target: 'closing' },
      on: {
        'run.stop': { target: 'stopping', actions: ['noteStop', 'announceStopping', 'terminateSessions'] },
        'run.kill': {
          target: 'stopping',
          actions: ['noteStop', 'announceStopping', 'announceKilling', 'killSessions'],
        },
      },
    },
    stopping: {
      always: { guard: 'isQuiet', target: 'closing' },
      on: {
        'run.kill': { actions: ['announceKilling', 'killSessions'] },
      },
    },
    closing: {
      invoke: {
        id: 'closeRun',
        src: 'closeRun',
        onDone: { target: 'finished', actions: 'announceFinished' },
        onError: { target: 'finished', actions: 'announceFinished' },
      },
    },
    finished: { type: 'final' },
  },
});
