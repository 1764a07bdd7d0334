/**
 * Brings everything an agent left in its worktree onto a branch.
 *
 * Agents commit, forget to commit, switch branches, detach HEAD, stop in the middle of a rebase, delete their branch or
 * the whole folder. Whatever it was, afterwards:
 *
 * W1  Every commit that HEAD or the session's branch led to is reachable from a branch under `ralph/`.
 * W2  Every changed and every untracked file that is not ignored is in a commit, or named as `unsaved`.
 * W3  No branch but the session's own, and `<branch>-head` beside it, has moved.
 */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionPlace } from '../../domain/work.ts';
import { GitFailure, lastWords, type Git } from './git.ts';
import { isIntact, type Checkout } from './linked-worktrees.ts';
import { readOrNull } from './read-or-null.ts';
import type { Repository } from './repository.ts';
import { workStatus, type WorkStatus } from './work-status.ts';

/** Where an agent's work is, after it has been saved. */
export interface SavedWork {
  /** The commit that holds all of it. */
  readonly head: string;
  /** The branch that is at `head`. */
  readonly branch: string;
  readonly leftoversCommitted: boolean;
  /** Why the work is not fit to be merged as it is, or null. */
  readonly trouble: string | null;
  /** What could not be put in a commit and would go with the worktree, in words. */
  readonly unsaved: readonly string[];
}

/** Saves the work of a session. `isLanded` tells of a commit whether the target or the integration ref has it. */
export async function saveWork(
  repository: Repository,
  place: SessionPlace,
  checkout: Checkout | null,
  isLanded: (commit: string) => Promise<boolean>,
): Promise<SavedWork> {
  const present = checkout !== null && (await stat(checkout.path).catch(() => null)) !== null;
  const git = checkout === null || !present ? null : gitInside(repository, checkout);
  const status = git === null ? null : await workStatus(git);
  const dirty = status?.dirty ?? false;
  const unsaved = checkout === null || status === null ? [] : await unsavableIn(checkout, status);

  const { head, branch, trouble } = await settleBranch(repository, place, checkout, status, isLanded);
  if (git === null || checkout === null || !dirty) {
    return { head, branch, trouble, leftoversCommitted: false, unsaved };
  }
  if (status?.branch !== branch) await git.text(['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  const failure = await commitLeftovers(repository, git, checkout, place, status?.nested ?? []);
  if (failure !== null) unsaved.push(failure);
  const saved = (await repository.refs.read(`refs/heads/${branch}`)) ?? head;
  return {
    head: saved,
    branch,
    leftoversCommitted: saved !== head,
    trouble: trouble ?? unfinished(status?.unmerged ?? []) ?? failure,
    unsaved,
  };
}

/** Says what in a worktree no commit of its repository can hold. */
export async function unsavableIn(checkout: Checkout, status: WorkStatus): Promise<string[]> {
  return [
    ...status.nested.map((path) => `${path} is a git repository of its own`),
    ...status.dirtySubmodules.map((path) => `submodule ${path} has uncommitted changes`),
    ...((await isIntact(checkout))
      ? []
      : ['its .git is not the one it was made with, so it may hold a repository of its own']),
  ];
}

/** Git for the worktree of a session. It can reach no other repository, whatever has become of the folder's `.git`. */
export function gitInside(repository: Repository, checkout: Checkout): Git {
  return repository.git.at(checkout.path, { GIT_DIR: checkout.gitDir, GIT_WORK_TREE: checkout.path });
}

/** Removes locks on what belongs to the session alone. The agent is dead by now, so a lock it left has no holder. */
export async function removeStaleLocks(
  repository: Repository,
  place: SessionPlace,
  checkout: Checkout | null,
): Promise<void> {
  const locks = [join(repository.commonDir, 'refs', 'heads', `${place.branch}.lock`)];
  if (checkout !== null) locks.push(join(checkout.gitDir, 'index.lock'), join(checkout.gitDir, 'HEAD.lock'));
  await Promise.all(locks.map((lock) => rm(lock, { force: true })));
}

/** Decides which branch the work is on, and moves it there where HEAD has gone another way. */
async function settleBranch(
  repository: Repository,
  place: SessionPlace,
  checkout: Checkout | null,
  status: WorkStatus | null,
  isLanded: (commit: string) => Promise<boolean>,
): Promise<{ readonly head: string; readonly branch: string; readonly trouble: string | null }> {
  const { branch } = place;
  if (status !== null && status.commit !== null && status.branch === branch) {
    return { head: status.commit, branch, trouble: null };
  }
  await removeStaleLocks(repository, place, checkout);
  const { refs } = repository;
  const ref = `refs/heads/${branch}`;
  const tip = await refs.read(ref);
  const head = status?.commit ?? (await lastHead(repository, checkout)) ?? tip ?? place.base;
  const dirty = status?.dirty ?? false;
  if (tip === null) {
    // A branch that the session had no commit for is not brought back once its worktree is gone: it was given back.
    if (checkout !== null || head !== place.base) await refs.move(ref, head, null);
    return { head, branch, trouble: null };
  }
  if (!dirty && ((await refs.contains(tip, head)) || (await isLanded(head))))
    return { head: tip, branch, trouble: null };
  if (await refs.contains(head, tip)) {
    if (await refs.move(ref, head, tip)) return { head, branch, trouble: null };
    throw new Error(`branch ${branch} moved while the work of ${place.ticket} was being saved`);
  }
  const side = await sideBranch(repository, branch, head);
  return {
    head,
    branch: side,
    trouble: `the agent left HEAD apart from its branch: HEAD is kept as ${side}, the branch as ${branch}`,
  };
}

/** The commit a worktree without a usable HEAD was last at: its folder is gone, or its branch deleted under it. */
async function lastHead(repository: Repository, checkout: Checkout | null): Promise<string | null> {
  if (checkout === null) return null;
  const known = checkout.head.startsWith('ref: ')
    ? await repository.refs.read(checkout.head.slice(5))
    : checkout.head;
  if (known !== null) return known;
  // The last line of the log reads `<before> <after> ...`; with the branch, what comes after is all zeros.
  const log = await readOrNull(join(checkout.gitDir, 'logs', 'HEAD'));
  const [before, after] = log?.trimEnd().split('\n').at(-1)?.split(' ') ?? [];
  return [after, before].find((commit) => commit !== undefined && /[^0]/.test(commit)) ?? null;
}

/** A branch at `head` beside the session's own. */
async function sideBranch(repository: Repository, branch: string, head: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const side = `${branch}-head${number === 1 ? '' : `-${number}`}`;
    if (await repository.refs.move(`refs/heads/${side}`, head, null)) return side;
    if ((await repository.refs.read(`refs/heads/${side}`)) === head) return side;
  }
}

/** Commits all there is. Gives the reason when something could not be committed. */
async function commitLeftovers(
  repository: Repository,
  git: Git,
  checkout: Checkout,
  place: SessionPlace,
  nested: readonly string[],
): Promise<string | null> {
  await removeStaleLocks(repository, place, checkout);
  const quiet = ['-c', 'core.fsmonitor=false', '-c', 'core.safecrlf=false'];
  const excluded = nested.map((path) => `:(exclude,top,literal)${path}`);
  const added = await git.ask([
    ...quiet,
    'add',
    '-A',
    '--sparse',
    '--ignore-errors',
    '--',
    ':(top)',
    ...excluded,
  ]);
  const message = `Leftovers of ${place.ticket} (${place.session})`;
  const commit = ['commit', '--quiet', '--no-verify', '--no-gpg-sign', '-m', message];
  const committed = await git.ask([...quiet, ...commit]);
  if (committed.exitCode !== 0) {
    const staged = await git.ask([...quiet, 'diff', '--cached', '--quiet', '--ignore-submodules=none']);
    if (staged.exitCode !== 0) throw new GitFailure(commit, git.cwd, committed);
  }
  return added.exitCode === 0 ? null : `git could not add everything: ${lastWords(added)}`;
}

function unfinished(unmerged: readonly string[]): string | null {
  if (unmerged.length === 0) return null;
  return `the agent left a merge unfinished, with conflicts in ${unmerged.slice(0, 3).join(', ')}`;
}
