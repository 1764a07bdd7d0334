/**
 * The shipped merge queue as the checker takes it: what it remembers, what may happen to it, what it must keep.
 */
import { mergeQueueMachine, type MergeReport } from '../../machines/index.ts';
import { MachineTable, type MachineEdge, type MachineKind, type MachineNode } from './machine-table.ts';
import { MERGE_QUEUE_PROPERTIES, MERGE_QUEUE_TOTAL } from './merge-queue-properties.ts';
import { chancesOf, NEW_QUEUE_WORLD, worldAfter, type MergeQueueWorld } from './merge-queue-world.ts';

/** The shipped merge queue, or a mutant of it. */
export type MergeQueue = typeof mergeQueueMachine;

/** A state of the merge queue. */
export type MergeQueueNode = MachineNode<MergeQueue, MergeReport, MergeQueueWorld>;

/** A step of the merge queue. */
export type MergeQueueEdge = MachineEdge<MergeQueue, MergeReport, MergeQueueWorld>;

/** The states and steps of a merge queue. */
export type MergeQueueTable = MachineTable<MergeQueue, MergeReport, MergeQueueWorld>;

/** Makes the table of a merge queue. */
export function mergeQueueTable({
  machine = mergeQueueMachine,
  only = null,
}: {
  readonly machine?: MergeQueue;
  readonly only?: readonly string[] | null;
}): MergeQueueTable {
  const kind: MachineKind<MergeQueue, MergeReport, MergeQueueWorld> = {
    machine,
    input: undefined,
    newWorld: NEW_QUEUE_WORLD,
    worldAfter,
    settled: (world) => ({ ...world, ended: null }),
    memoryOf: ({ snapshot }) => snapshot.context.requests.map(({ session }) => session),
    chancesOf,
    properties: MERGE_QUEUE_PROPERTIES,
    total: MERGE_QUEUE_TOTAL,
  };
  return new MachineTable(kind, only);
}
