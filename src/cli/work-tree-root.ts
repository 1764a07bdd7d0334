import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Finds the root of the git work tree around a folder: the nearest folder upwards that has a `.git`, which is a file in a
 * linked worktree. Null where there is none. For commands that read files and need no git.
 */
export function workTreeRoot(cwd: string): string | null {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return null;
  }
}
