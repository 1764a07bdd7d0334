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
import { placeOf, sessionSetup } from './setup.ts';

/** The statechart of one session. */
export const sessionMachine = sessionSetup.createMachine({
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
  on: {
    // Of a step that is over. xstate ends a machine that has no answer to the error of an actor, so this is one.
    'xstate.error.actor.*': {},
  },
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
        'process.spawnFailed': [
          { guard: 'isAskedToEnd', target: 'releasing', actions: 'endByCause' },
          { target: 'releasing', actions: 'endFailed' },
        ],
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
        onError: [
          { guard: 'isAskedToEnd', target: 'releasing', actions: ['reportExited', 'endByCause'] },
          { target: 'releasing', actions: ['reportExited', 'endFailed'] },
        ],
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
