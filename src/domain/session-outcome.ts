/**
 * What a session's facts mean for its ending. Pure questions, asked by the session machine's guards and actions.
 */
import type { Ending } from './ending.ts';
import type { MergeOutcome } from './run-fact.ts';
import type { JudgedExit, SweepReport, WorkReport } from './work.ts';

/** True when the agent left by itself, said that it succeeded, and nothing of it is left running. */
export function agentSucceeded(exit: JudgedExit | null, sweep: SweepReport): boolean {
  return exit !== null && exit.verdict.outcome === 'succeeded' && sweep.survivorsLeft === 0;
}

/** Says why an agent that was not asked to end did not succeed. */
export function failureReason(exit: JudgedExit | null, sweep: SweepReport): string {
  if (exit === null) return 'the agent process was lost sight of';
  if (exit.verdict.outcome === 'failed') return exit.verdict.reason;
  return `${sweep.survivorsLeft} of its processes could not be ended`;
}

/** True when a session has produced something to land, or may land without. */
export function hasWork(work: Pick<WorkReport, 'commits'>, allowNoChanges: boolean): boolean {
  return work.commits > 0 || allowNoChanges;
}

/** True when a person is to merge the work: by configuration, or because there is an objection to it. */
export function isHeld(work: Pick<WorkReport, 'objection'>, autoMerge: boolean): boolean {
  return !autoMerge || work.objection !== null;
}

/** Says why a session ends without anything to land. What its agent did elsewhere is said all the same. */
export function reasonOfNoChanges(work: WorkReport | null): string {
  const nothing = 'the agent exited well and changed nothing';
  const objection = work?.objection ?? null;
  return objection === null ? nothing : `${nothing} in its worktree; ${objection}`;
}

/** The ending that a merge outcome gives to a session. */
export function endingOfMerge(outcome: MergeOutcome, work: WorkReport | null): Ending {
  switch (outcome.kind) {
    case 'landed':
      return work !== null && work.commits === 0 ? 'noChanges' : 'merged';
    case 'conflicted':
      return 'conflicted';
    case 'rejected':
      return 'rejected';
    case 'failed':
      return 'failed';
  }
}

/** Says a merge outcome in one sentence; empty when it landed and was published. */
export function reasonOfMerge(outcome: MergeOutcome): string {
  switch (outcome.kind) {
    case 'landed':
      return outcome.publication.kind === 'held'
        ? `landed, not published yet: ${outcome.publication.reason}`
        : '';
    case 'conflicted':
      return `conflicts in ${listed(outcome.paths)}`;
    case 'rejected':
    case 'failed':
      return outcome.reason;
  }
}

const LISTED_MAX = 5;

/** Lists the first of many, and how many more there are. */
export function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, LISTED_MAX).join(', ');
  return paths.length > LISTED_MAX ? `${shown} and ${paths.length - LISTED_MAX} more` : shown;
}

/** Says an unknown error in one line, with its causes. */
export function errorReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${errorReason(error.cause)}`;
}
