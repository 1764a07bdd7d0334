import { errorReason } from '../domain/session-outcome.ts';
import type { GitRemains } from '../effects/git/git-effects.ts';

/**
 * Deletes the branches of earlier sessions whose commits have landed since, as when a person has merged them by hand.
 * Gives a note for what it did; none when there was nothing. No journal is read, and no failure is in a run's way.
 */
export async function dropMergedBranches(remains: GitRemains): Promise<readonly string[]> {
  try {
    const dropped: string[] = [];
    for (const { branch, tip, session, isLanded, checkedOutAt } of await remains.branches()) {
      if (session === null || !isLanded || checkedOutAt !== null) continue;
      if ((await remains.removeBranch(branch, tip)) === null) dropped.push(branch);
    }
    return dropped.length === 0
      ? []
      : [`branches that were merged since were deleted: ${dropped.join(', ')}`];
  } catch (error) {
    return [`branches of earlier sessions could not be looked at: ${errorReason(error)}`];
  }
}
