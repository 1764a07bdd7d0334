import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Git } from './git.ts';

/**
 * Names the tracked repositories inside a worktree (submodules, and repositories that were added by mistake) with commits
 * that no remote of theirs has. Their objects are kept with the worktree and would go with it.
 */
export async function unsavedSubmodules(git: Git): Promise<readonly string[]> {
  if ((await stat(git.cwd).catch(() => null)) === null) return [];
  const unsaved: string[] = [];
  for (const record of (await git.text(['ls-files', '--stage', '-z'])).split('\0')) {
    if (!record.startsWith('160000 ')) continue;
    const path = record.slice(record.indexOf('\t') + 1);
    const inside = join(git.cwd, path);
    // Without a .git of its own, git would answer for the repository around it.
    if ((await stat(join(inside, '.git')).catch(() => null)) === null) continue;
    const args = ['rev-list', '--max-count=1', '--all', 'HEAD', '--not', '--remotes'];
    const answer = await new Git(inside).ask(args);
    if (answer.exitCode !== 0 || answer.stdout.length > 0)
      unsaved.push(`submodule ${path} has commits that no remote has`);
  }
  return unsaved;
}
