/**
 * What the merge queue must keep, under the numbers that its machine says them by (Q1 to Q3), and what goes without saying
 * there. Judged on every step of the shipped machine, alone and under the supervisor.
 */
import type { mergeQueueMachine, MergeReport } from '../../machines/index.ts';
import type { MergeRequest } from '../domain/work.ts';
import type { JudgedStep, MachineProperty } from './machine-table.ts';
import type { MergeQueueWorld } from './merge-queue-world.ts';

/** The name under which it is reported that the queue broke: whatever happens, it goes on. */
export const MERGE_QUEUE_TOTAL = 'Q6 queueTotal';

/** The name under which it is reported that a request is answered never, or more than once. */
export const EVERY_REQUEST_ANSWERED = 'Q2 everyRequestAnswered';

type Step = JudgedStep<typeof mergeQueueMachine, MergeReport, MergeQueueWorld>;

/** The invariants of the merge queue, in the order in which they are judged. */
export const MERGE_QUEUE_PROPERTIES: readonly MachineProperty<
  typeof mergeQueueMachine,
  MergeReport,
  MergeQueueWorld
>[] = [
  {
    name: 'Q1 oneMergeWork',
    describe: 'at most one merge is under way',
    judge: ({ after: { running } }) =>
      running.length <= 1 ? null : `${running.length} merges are under way at once`,
  },
  {
    name: EVERY_REQUEST_ANSWERED,
    describe: 'every request gets exactly one answer, also when its merge broke',
    judge: judgeAnswers,
  },
  {
    name: 'Q3 startedFirst',
    describe: 'a merge is said to begin before it begins',
    judge: judgeStarts,
  },
  {
    name: 'Q4 firstComeFirstServed',
    describe: 'requests are answered in the order in which they came',
    judge: ({ worldBefore, deeds }) => {
      const [first] = worldBefore.waiting;
      const answer = answersIn(deeds)[0];
      return answer === undefined || first === undefined || answer.session === first
        ? null
        : `${answer.session} is answered before ${first}, which asked before`;
    },
  },
  {
    name: 'Q5 answeredAsItIs',
    describe: 'the answer says how the merge ended',
    judge: ({ world, deeds }) => {
      const answer = answersIn(deeds)[0];
      return answer === undefined || answer.outcome.kind === world.ended
        ? null
        : `the merge of ${answer.session} ended ${world.ended ?? 'not at all'}, and ${answer.outcome.kind} is told`;
    },
  },
];

function judgeAnswers({ event, worldBefore, deeds, world }: Step): string | null {
  const answers = answersIn(deeds);
  for (const { session } of answers) {
    if (!worldBefore.waiting.includes(session))
      return `${session} is answered, and did not ask or was answered before`;
  }
  if (world.ended !== null && answers.length !== 1) {
    return `a merge ended, and ${answers.length} answers are given at ${event?.type ?? 'the beginning'}`;
  }
  return world.ended === null && answers.length > 0
    ? `${answers[0]?.session} is answered before its merge ended`
    : null;
}

function judgeStarts({ deeds, worldBefore }: Step): string | null {
  const told = new Set(worldBefore.told);
  for (const deed of deeds) {
    if (deed.kind === 'reports') {
      if (deed.report.type === 'merge.started') told.add(deed.report.session);
      else told.delete(deed.report.session);
    } else if (deed.kind === 'starts') {
      const { session } = deed.input as MergeRequest;
      if (!told.has(session)) return `the merge of ${session} begins before anything is said of it`;
    }
  }
  return null;
}

function answersIn(
  deeds: Step['deeds'],
): readonly Extract<MergeReport, { readonly type: 'merge.finished' }>[] {
  return deeds.flatMap((deed) =>
    deed.kind === 'reports' && deed.report.type === 'merge.finished' ? [deed.report] : [],
  );
}
