/**
 * What of the things that runs have left may go, and what has to stay?
 *
 * C1  Nothing of a run that is live goes, and nothing that a live process may be at work in.
 * C2  A branch goes only when all its commits are landed and no folder that stays has it checked out.
 * C3  A worktree goes only when a run made it and all that is in it can be saved to a branch first.
 * C4  Everything is named once, with the reason; what stays, and a branch that goes, with a command that shows it or
 *     brings it back.
 * C5  The order is that of removing: processes before the worktrees they work in, those before their branches, and the
 *     records that tell of all of them last.
 */
import type {
  BranchRemains,
  CleanupFacts,
  ProcessRemains,
  RunRemains,
  WorktreeRemains,
} from './cleanup-facts.ts';
import { runOfSession, type SessionId, type TicketId } from './ids.ts';
import { shellWord } from './shell-word.ts';

/** A thing that may be removed, with what is needed to do it and to look again right before. */
export type CleanupTarget =
  | { readonly kind: 'lock'; readonly path: string }
  | { readonly kind: 'processes'; readonly session: SessionId; readonly pids: readonly number[] }
  | {
      readonly kind: 'worktree';
      readonly path: string;
      readonly session: SessionId | null;
      readonly ticket: TicketId | null;
      readonly isGateTree: boolean;
    }
  | { readonly kind: 'branch'; readonly branch: string; readonly tip: string }
  | { readonly kind: 'records'; readonly run: string; readonly path: string }
  | { readonly kind: 'damaged'; readonly path: string };

/** What shall become of a thing, and why. */
export interface CleanupStep {
  readonly action: 'remove' | 'keep';
  readonly target: CleanupTarget;
  readonly why: string;
  /** Shows the thing, or brings it back; null when there is nothing to see. */
  readonly command: string | null;
}

/** Decides about everything that was found, in the order of removing. */
export function cleanupPlan(facts: CleanupFacts): readonly CleanupStep[] {
  const locks = facts.locks.map(({ path, why }) => step('remove', { kind: 'lock', path }, why));
  const processes = facts.processes.flatMap((found) => ofProcesses(found, facts));
  const worktrees = facts.worktrees.map((found) => ofWorktree(found, facts));
  const staying = new Map<string, WorktreeRemains | null>(
    facts.worktrees.map((found) => [found.path, found]),
  );
  for (const [index, { path }] of facts.worktrees.entries()) {
    if (worktrees[index]?.action === 'keep') staying.set(path, null);
  }
  const branches = facts.branches.map((found) => ofBranch(found, facts, staying));
  const before = [...processes, ...worktrees];
  const records = facts.runs.map((found) => ofRecords(found, facts, before));
  const damaged = facts.damagedFiles.map(({ path, lastMs }) =>
    isPast(lastMs, facts)
      ? step('remove', { kind: 'damaged', path }, 'it was put aside because it could not be read')
      : step(
          'keep',
          { kind: 'damaged', path },
          'it could not be read, and is kept for a while',
          `ls -l ${shellWord(path)}`,
        ),
  );
  return [...locks, ...processes, ...worktrees, ...branches, ...records, ...damaged];
}

/** Finds the run that a target belonged to; null for one that belongs to none. */
export function runOfTarget(target: CleanupTarget): string | null {
  switch (target.kind) {
    case 'processes':
      return runOfSession(target.session);
    case 'worktree':
      return target.session === null ? null : runOfSession(target.session);
    case 'records':
      return target.run;
    case 'branch':
    case 'lock':
    case 'damaged':
      return null;
  }
}

function step(
  action: CleanupStep['action'],
  target: CleanupTarget,
  why: string,
  command: string | null = null,
): CleanupStep {
  return { action, target, why, command };
}

function isPast(lastMs: number, { nowMs, ttlMs, all }: CleanupFacts): boolean {
  return all || nowMs - lastMs > ttlMs;
}

function runNamed(run: string | null, { runs }: CleanupFacts): RunRemains | undefined {
  return runs.find((one) => one.run === run);
}

/** C1. Processes of a run that this project knows nothing of may be another project's: they are not mentioned. */
function ofProcesses({ session, pids }: ProcessRemains, facts: CleanupFacts): readonly CleanupStep[] {
  const run = runNamed(runOfSession(session), facts);
  if (run === undefined) return [];
  const target = { kind: 'processes', session, pids } as const;
  const show = `ps -o pid,lstart,args -p ${pids.join(',')}`;
  if (run.state === 'live') return [step('keep', target, `run ${run.run} is going on`, show)];
  if (session === facts.ownSession) {
    return [step('keep', target, 'this command was started by them: call it from outside the session', show)];
  }
  return [step('remove', target, `run ${run.run} is over`)];
}

/** C3. */
function ofWorktree(found: WorktreeRemains, facts: CleanupFacts): CleanupStep {
  const { path, session, ticket, isGateTree } = found;
  const target = { kind: 'worktree', path, session, ticket, isGateTree } as const;
  const look = found.state === 'missing' ? 'git worktree list' : `git -C ${shellWord(path)} status`;
  const keep = (why: string, command = look): CleanupStep => step('keep', target, why, command);
  if (session === null) return keep('its name is none that a run gives', `ls -la ${shellWord(path)}`);
  const run = runNamed(runOfSession(session), facts);
  if (run?.state === 'live') return keep(`run ${run.run} is going on`);
  const busy = facts.processes.find((one) => one.session === session);
  if (busy !== undefined && (run === undefined || session === facts.ownSession)) {
    const why =
      run === undefined ? 'processes of a run that is not on record work in it' : 'this command works in it';
    return keep(why, `ps -o pid,lstart,args -p ${busy.pids.join(',')}`);
  }
  if (found.unsavable.length > 0) return keep(found.unsavable.join('; '));
  if (found.state === 'unknown') return keep('git has no record of it', `ls -la ${shellWord(path)}`);
  if (found.wasKept && run !== undefined && !isPast(run.lastMs, facts)) {
    return keep('its session left it on purpose, not long ago');
  }
  if (isGateTree) return step('remove', target, 'gates were run in it, and its run is over');
  if (ticket === null)
    return keep('nothing tells which ticket it was for, so its work has no branch to go to');
  if (found.state === 'missing') return step('remove', target, 'only the record of git is left of it');
  return step(
    'remove',
    target,
    found.state === 'leftovers'
      ? 'its session is over; what is not committed in it is committed to its branch first'
      : 'its session is over, and everything in it is committed',
  );
}

/** C2. `staying` knows every worktree by its path: null when it stays. */
function ofBranch(
  found: BranchRemains,
  facts: CleanupFacts,
  staying: ReadonlyMap<string, WorktreeRemains | null>,
): CleanupStep {
  const { branch, tip, session, checkedOutAt } = found;
  const { target: main } = facts;
  const target = { kind: 'branch', branch, tip } as const;
  const log = `git log ${shellWord(`${main}..${branch}`)}`;
  if (session === null) return step('keep', target, 'its name is none that a run gives', log);
  const run = runNamed(runOfSession(session), facts);
  if (run?.state === 'live') return step('keep', target, `run ${run.run} is going on`, log);
  if (!found.isLanded) return step('keep', target, `it has commits that ${main} has not`, log);
  if (checkedOutAt !== null) {
    const worktree = staying.get(checkedOutAt) ?? null;
    if (worktree === null) {
      const status = `git -C ${shellWord(checkedOutAt)} status`;
      return step('keep', target, `it is checked out in ${checkedOutAt}`, status);
    }
    if (worktree.state === 'leftovers' && !worktree.isGateTree) {
      return step('keep', target, 'what is not committed in its worktree is committed to it', log);
    }
  }
  return step('remove', target, `all its commits are on ${main}`, `git branch ${shellWord(branch)} ${tip}`);
}

/** C5: records go only after everything they tell of. */
function ofRecords(found: RunRemains, facts: CleanupFacts, before: readonly CleanupStep[]): CleanupStep {
  const { run, path, state, lastMs } = found;
  const target = { kind: 'records', run, path } as const;
  const status = `ralph-actors status --run ${run}`;
  const keep = (why: string, command = status): CleanupStep => step('keep', target, why, command);
  switch (state) {
    case 'live':
      return keep('it is going on');
    case 'cutOff':
      return keep('it was cut off, and no later run has recovered it yet', 'ralph-actors run');
    case 'link':
      return keep('it is a link that leads elsewhere', `ls -l ${shellWord(path)}`);
    case 'empty':
      return step('remove', target, 'there is nothing in it');
    case 'finished':
    case 'recovered':
    case 'damaged':
      break;
  }
  const tied = before.find((one) => one.action === 'keep' && runOfTarget(one.target) === run);
  if (tied !== undefined) return keep(`it tells of ${nameOfTarget(tied.target)}, which is kept`);
  if (!isPast(lastMs, facts)) return keep(YOUNG);
  return step('remove', target, state === 'damaged' ? 'it has no journal, and is old' : 'it is over');
}

/** The reason of most that is kept; many of them are told together. */
export const YOUNG = 'it is not old enough yet';

/** Names a thing as a person would look for it. */
export function nameOfTarget(target: CleanupTarget): string {
  switch (target.kind) {
    case 'processes':
      return target.session;
    case 'branch':
      return target.branch;
    case 'records':
      return target.run;
    case 'lock':
    case 'worktree':
    case 'damaged':
      return target.path;
  }
}
