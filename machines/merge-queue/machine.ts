/**
 * The merge queue: one merge at a time, first come, first served.
 *
 *   idle ──► merging ──► idle
 *              │ merge.enqueue while merging: waits its turn
 *
 * This machine owns the order and the "one at a time"; the actor `mergeWork` owns how a merge is done and bounds its own
 * time; the supervisor passes requests down and outcomes on.
 *
 * Q1  At most one `mergeWork` is alive, because only `merging` invokes it.
 * Q2  Every request gets exactly one `merge.finished`, also when the merge broke.
 * Q3  `merge.started` is reported before the merge begins, so that a crash leaves a trace of it.
 */
import {
  assertEvent,
  assign,
  fromPromise,
  sendParent,
  setup,
  type DoneActorEvent,
  type ErrorActorEvent,
} from 'xstate';

import type { MergeOutcome } from '../../src/domain/run-fact.ts';
import { errorReason } from '../../src/domain/session-outcome.ts';
import type { MergeRequest } from '../../src/domain/work.ts';
import type { MergeQueueCommand, MergeReport } from '../protocol.ts';
import { unprovided } from '../unprovided.ts';

/** What the queue holds. The head is being merged while the machine is in `merging`. */
export interface MergeQueueContext {
  readonly requests: readonly MergeRequest[];
}

/** Everything the queue reacts to. */
export type MergeQueueEvent =
  MergeQueueCommand | DoneActorEvent<MergeOutcome, 'mergeWork'> | ErrorActorEvent<unknown, 'mergeWork'>;

function headOf(context: MergeQueueContext): MergeRequest {
  const [head] = context.requests;
  if (head === undefined) throw new Error('the merge queue is merging and its queue is empty');
  return head;
}

const report = (build: (args: { context: MergeQueueContext; event: MergeQueueEvent }) => MergeReport) =>
  sendParent<MergeQueueContext, MergeQueueEvent, undefined, MergeReport, MergeQueueEvent>(build);

/** The statechart of the merge queue. `actors/provide.ts` binds `mergeWork`. */
export const mergeQueueMachine = setup({
  types: {
    context: {} as MergeQueueContext,
    events: {} as MergeQueueEvent,
  },
  actors: {
    mergeWork: fromPromise<MergeOutcome, MergeRequest>(unprovided),
  },
  guards: {
    isWaited: ({ context }) => context.requests.length > 0,
  },
  actions: {
    enqueue: assign(({ context, event }) => {
      assertEvent(event, 'merge.enqueue');
      return { requests: [...context.requests, event.request] };
    }),
    dropHead: assign(({ context }) => ({ requests: context.requests.slice(1) })),
    reportStarted: report(({ context }) => ({ type: 'merge.started', session: headOf(context).session })),
    reportOutcome: report(({ context, event }) => {
      assertEvent(event, 'xstate.done.actor.mergeWork');
      return { type: 'merge.finished', session: headOf(context).session, outcome: event.output };
    }),
    reportBroken: report(({ context, event }) => {
      assertEvent(event, 'xstate.error.actor.mergeWork');
      const reason = `the merge broke: ${errorReason(event.error)}`;
      return {
        type: 'merge.finished',
        session: headOf(context).session,
        outcome: { kind: 'failed', reason },
      };
    }),
  },
}).createMachine({
  id: 'mergeQueue',
  context: { requests: [] },
  initial: 'idle',
  on: {
    'merge.enqueue': { actions: 'enqueue' },
    // Of a merge that is over. xstate ends a machine that has no answer to the error of an actor, so this is one.
    'xstate.error.actor.*': {},
  },
  states: {
    idle: {
      always: { guard: 'isWaited', target: 'merging' },
    },
    merging: {
      entry: 'reportStarted',
      invoke: {
        id: 'mergeWork',
        src: 'mergeWork',
        input: ({ context }) => headOf(context),
        onDone: { target: 'idle', actions: ['reportOutcome', 'dropHead'] },
        onError: { target: 'idle', actions: ['reportBroken', 'dropHead'] },
      },
    },
  },
});
