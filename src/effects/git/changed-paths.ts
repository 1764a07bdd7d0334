import type { Repository } from './repository.ts';

/**
 * Lists the paths that merging `head` into `tip` would change by itself, both sides of a rename, as git stores them.
 *
 * Compared is with where the two parted, and not with where the session began: an agent that merges the newest target into
 * its branch has not changed what came with it. Where the two parted more than once, `base` has to do.
 */
export async function changedPaths(
  { git }: Repository,
  { base, tip, head }: { readonly base: string; readonly tip: string; readonly head: string },
): Promise<readonly string[]> {
  const names = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--ignore-submodules=none'];
  const parted = await git.ask([...names, '--merge-base', tip, head]);
  const output = parted.exitCode === 0 ? parted.stdout : await git.bytes([...names, base, head]);
  return output
    .toString()
    .split('\0')
    .filter((path) => path !== '');
}
