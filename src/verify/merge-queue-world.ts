/**
 * What may happen to the merge queue, and what has happened to it: the world's own account, beside what the queue remembers.
 */
import type { mergeQueueMachine, MergeReport } from '../../machines/index.ts';
import type { SessionId } from '../domain/ids.ts';
import type { MergeOutcome } from '../domain/run-fact.ts';
import type { MergeRequest } from '../domain/work.ts';
import type { Chance, ChanceEvent } from './machine-table.ts';
import type { Deed, PureState } from './pure-machine.ts';
import { OUTCOMES, type OutcomeKind } from './session-life.ts';

/** What has happened to a merge queue. */
export interface MergeQueueWorld {
  /** Sessions that asked and have no answer, in the order in which they asked. */
  readonly waiting: readonly SessionId[];
  /** Sessions whose merges were said to have begun, and have no answer. */
  readonly told: readonly SessionId[];
  /** Sessions whose merges are under way. */
  readonly working: readonly SessionId[];
  /** How the merge ended that ended last; kept for the step in which it is told. */
  readonly ended: OutcomeKind | null;
}

/** The world of a queue that is about to begin. */
export const NEW_QUEUE_WORLD: MergeQueueWorld = { waiting: [], told: [], working: [], ended: null };

/** A request to merge the work of a session, as the event that the queue hears. */
export function enqueueOf(request: MergeRequest): ChanceEvent {
  return { type: 'merge.enqueue', request };
}

/** What may happen next: a merge that is under way ends, or breaks. Of two at once, the one that began first. */
export function chancesOf(
  { running }: PureState<typeof mergeQueueMachine>,
  { working }: MergeQueueWorld,
): readonly Chance[] {
  const [session] = working;
  if (!running.includes('mergeWork') || session === undefined) return [];
  return [
    ...(Object.keys(OUTCOMES) as OutcomeKind[]).map((kind): Chance => ({
      text: `the merge of ${session} ends ${kind}`,
      event: { type: 'xstate.done.actor.mergeWork', actorId: 'mergeWork', output: OUTCOMES[kind] },
    })),
    {
      text: `the merge of ${session} breaks`,
      event: { type: 'xstate.error.actor.mergeWork', actorId: 'mergeWork', error: BROKE },
    },
  ];
}

/** The world after a step: what happened, and what the queue did about it. */
export function worldAfter(
  world: MergeQueueWorld,
  event: ChanceEvent | null,
  deeds: readonly Deed<MergeReport>[],
): MergeQueueWorld {
  const waiting = [...world.waiting];
  const told = [...world.told];
  const working = [...world.working];
  let { ended } = world;
  if (event?.type === 'merge.enqueue') waiting.push((event['request'] as MergeRequest).session);
  else if (event?.type.endsWith('.mergeWork') === true) {
    working.shift();
    ended = 'output' in event ? (event['output'] as MergeOutcome).kind : 'failed';
  }
  for (const deed of deeds) {
    if (deed.kind === 'starts') working.push((deed.input as MergeRequest).session);
    else if (deed.kind === 'stops') working.pop();
    else if (deed.kind === 'reports') {
      const { session, type } = deed.report;
      if (type === 'merge.started') told.push(session);
      else
        for (const list of [waiting, told]) if (list.includes(session)) list.splice(list.indexOf(session), 1);
    }
  }
  return { waiting, told, working, ended };
}

const BROKE = new Error('git broke');
