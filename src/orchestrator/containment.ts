import { lstat, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';

import type { ConfiguredRepository } from './project.ts';
import { runsDir } from './state-files.ts';

/** Says why the state of a project, or its worktrees, would be written outside of it although they are to be inside. */
export async function stateOutside({ repository, config }: ConfiguredRepository): Promise<string | null> {
  const { root } = repository;
  return (
    (await leadsOutside(root, runsDir(root))) ??
    (config.parallelWorktreesDir === null ? null : await leadsOutside(root, config.parallelWorktreesDir))
  );
}

/**
 * Says why a path inside a folder is really somewhere else: because a part of it is a link that leads outside, or nowhere.
 * Null when it is inside, as far as it exists, and for a path that is not meant to be inside. A link comes with a clone like
 * any other file; what it leads to is not the clone's to write to.
 */
async function leadsOutside(folder: string, path: string): Promise<string | null> {
  const parts = relative(folder, resolve(folder, path)).split(sep);
  if (parts[0] === '..' || isAbsolute(parts[0] ?? '')) return null;
  const root = await realpath(folder);
  let at = folder;
  for (const part of parts) {
    at = join(at, part);
    if ((await lstat(at).catch(() => null)) === null) return null;
    const real = await realpath(at).catch(() => null);
    if (real === null) return `${at} is a link that leads nowhere: remove it`;
    if (real !== root && !real.startsWith(root + sep)) {
      return `${at} is a link that leads out of ${folder}, to ${real}: put a folder in its place`;
    }
  }
  return null;
}
