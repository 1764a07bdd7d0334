/**
 * Broken copies of the shipped merge queue, each with the property that is meant to notice. They are explored alone, where
 * anything may happen.
 */
import { assign, sendParent } from 'xstate';

import { mergeQueueMachine, type MergeQueueContext } from '../../machines/index.ts';
import { EVERY_REQUEST_ANSWERED } from './merge-queue-properties.ts';
import type { Mutant } from './mutate.ts';
import { answering, doing, leavingOut, redrawn } from './mutate-machine.ts';
import type { MergeQueue } from './real-merge-queue.ts';
import { OUTCOMES } from './session-life.ts';

/** A broken copy of the merge queue. */
export type MergeQueueMutant = Mutant<MergeQueue> & { readonly of: 'mergeQueue' };

interface Asked {
  readonly context: MergeQueueContext;
  readonly event: { readonly type: string };
}

const Q2 = EVERY_REQUEST_ANSWERED;
const Q3 = 'Q3 startedFirst';

/** Every mutant of the merge queue that must be killed. */
export const MERGE_QUEUE_MUTANTS: readonly MergeQueueMutant[] = [
  {
    name: 'isWaited: always',
    describe: 'the guard `isWaited` is dropped',
    killedBy: 'Q6 queueTotal',
    machine: answering(mergeQueueMachine, 'isWaited', () => true),
  },
  {
    name: 'isWaited: never',
    describe: 'the guard `isWaited` lets nothing pass',
    killedBy: Q2,
    machine: answering(mergeQueueMachine, 'isWaited', () => false),
  },
  ...(
    [
      ['enqueue', Q2],
      ['dropHead', Q2],
      ['reportStarted', Q3],
      ['reportOutcome', Q2],
      ['reportBroken', Q2],
    ] as const
  ).map(([action, killedBy]) => ({
    name: `${action}: left out`,
    describe: `the action \`${action}\` is left out`,
    killedBy,
    machine: leavingOut(mergeQueueMachine, action),
  })),
  {
    name: 'two merges at once',
    describe: 'a merge begins beside the one that is under way',
    killedBy: 'Q1 oneMergeWork',
    machine: redrawn(mergeQueueMachine, ['states', 'merging'], (state) => ({
      ...state,
      invoke: [state['invoke'], { ...(state['invoke'] as object), id: 'mergeWorkToo' }],
    })),
  },
  {
    name: 'busy',
    describe: 'a request that comes while another one is merged is dropped',
    killedBy: Q2,
    machine: redrawn(mergeQueueMachine, ['states', 'merging'], (state) => ({
      ...state,
      on: { 'merge.enqueue': {} },
    })),
  },
  {
    name: 'a merge breaks them all',
    describe: 'when a merge breaks, those who wait are forgotten',
    killedBy: Q2,
    machine: redrawn(mergeQueueMachine, ['states', 'merging', 'invoke'], (invoke) => ({
      ...invoke,
      onError: { target: 'idle', actions: ['reportBroken', assign({ requests: [] })] },
    })),
  },
  {
    name: 'last come, first served',
    describe: 'a new request goes before those that wait',
    killedBy: 'Q4 firstComeFirstServed',
    machine: doing(
      mergeQueueMachine,
      'enqueue',
      assign(({ context: { requests }, event }: Asked) => {
        const [head, ...rest] = requests;
        const { request } = event as unknown as { readonly request: MergeQueueContext['requests'][number] };
        return { requests: head === undefined ? [request] : [head, request, ...rest] };
      }),
    ),
  },
  {
    name: 'started when it is over',
    describe: 'a merge is said to begin when it has ended',
    killedBy: Q3,
    machine: redrawn(mergeQueueMachine, ['states', 'merging'], ({ entry, ...state }) => ({
      ...state,
      exit: entry,
    })),
  },
  {
    name: 'everything lands',
    describe: 'the answer is always that the work has landed',
    killedBy: 'Q5 answeredAsItIs',
    machine: doing(
      mergeQueueMachine,
      'reportOutcome',
      sendParent(({ context }: Asked) => ({
        type: 'merge.finished',
        session: context.requests[0]?.session,
        outcome: OUTCOMES.landed,
      })),
    ),
  },
].map((mutant) => ({ ...mutant, of: 'mergeQueue', scope: 'mergeQueue' }) as const);
