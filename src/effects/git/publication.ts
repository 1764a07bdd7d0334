/** Brings the target branch up to landed work, wherever the branch is checked out. */
import { join } from 'node:path';
import type { Publication } from '../../domain/run-fact.ts';
import { fastForward, MOVED } from './fast-forward.ts';
import type { Checkout, LinkedWorktrees } from './linked-worktrees.ts';
import { readOrNull } from './read-or-null.ts';
import type { Repository } from './repository.ts';

/**
 * Moves the target from one commit to a descendant of it. {@link MOVED} when the target was not there any more, or a person
 * went to another branch meanwhile: the caller looks again.
 */
export async function advanceTarget(
  repository: Repository,
  linked: LinkedWorktrees,
  from: string,
  to: string,
): Promise<Publication | typeof MOVED> {
  const { target, refs } = repository;
  const ref = `refs/heads/${target}`;
  const checkouts = await linked.all();
  const rebasing = await rebaseOf(ref, checkouts);
  if (rebasing !== null) return { kind: 'held', reason: `branch ${target} is being rebased in ${rebasing}` };

  const [first, second] = checkouts.filter((checkout) => checkout.head === `ref: ${ref}`);
  if (first === undefined)
    return (await refs.move(ref, to, from)) ? { kind: 'published', commit: to } : MOVED;
  if (second !== undefined) {
    return {
      kind: 'held',
      reason: `branch ${target} is checked out twice, in ${first.path} and ${second.path}`,
    };
  }
  const git = repository.git.at(first.path, { GIT_REFLOG_ACTION: 'ralph-actors' });
  const publication = await fastForward(git, first, from, to);
  // Git moves what HEAD is on; that this was the target still is seen only afterwards.
  if (publication !== MOVED && publication.kind === 'published' && (await refs.read(ref)) !== to)
    return MOVED;
  return publication;
}

/** During a rebase HEAD is detached, and git moves the branch at the end, if it has not moved: so it must not. */
async function rebaseOf(ref: string, checkouts: readonly Checkout[]): Promise<string | null> {
  for (const checkout of checkouts) {
    if (!checkout.head.startsWith('ref: ') && (await rebasedBranch(checkout)) === ref) return checkout.path;
  }
  return null;
}

/** The full name of the branch that a work tree is in the middle of rebasing, or null. */
export async function rebasedBranch({ gitDir }: Checkout): Promise<string | null> {
  const names = await Promise.all(
    ['rebase-merge', 'rebase-apply'].map((folder) => readOrNull(join(gitDir, folder, 'head-name'))),
  );
  return names.find((name) => name !== null)?.trim() ?? null;
}
