/**
 * How a repository looks to all its worktrees: configuration, hooks, `info/`, branches and tags. Read from files, without a
 * process: it is looked at twice for every session.
 */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepositoryPrint } from '../../domain/checkout-changes.ts';
import { readOrNull } from './read-or-null.ts';

/** Reads how the repository with this git directory looks. What cannot be read is as if it were not there. */
export async function repositoryPrint(commonDir: string): Promise<RepositoryPrint> {
  const [config, ownConfig, hooks, info, refs] = await Promise.all([
    readOrNull(join(commonDir, 'config')),
    readOrNull(join(commonDir, 'config.worktree')),
    hashesIn(commonDir, 'hooks'),
    hashesIn(commonDir, 'info'),
    refsOf(commonDir),
  ]);
  const files = new Map([...hooks, ...info]);
  if (config !== null) files.set('config', hashOf(withoutBranches(config)));
  if (ownConfig !== null) files.set('config.worktree', hashOf(ownConfig));
  return { files, refs };
}

/**
 * A configuration without what it says of single branches: git writes that by itself whenever somebody makes a branch that
 * follows another, pushes one or deletes it.
 */
function withoutBranches(config: string): string {
  let isBranch = false;
  return config
    .split('\n')
    .filter((line) => {
      if (/^\s*\[/.test(line)) isBranch = /^\s*\[branch[\s"]/i.test(line);
      return !isBranch && line.trim() !== '';
    })
    .join('\n');
}

async function hashesIn(commonDir: string, folder: string): Promise<readonly (readonly [string, string])[]> {
  const names = await readdir(join(commonDir, folder)).catch(() => []);
  const found = await Promise.all(
    // Git runs no sample, and writes `info/refs` and `info/commit-graph*` for its own use.
    names
      .filter((name) => !name.endsWith('.sample') && !/^(?:refs|commit-graphs?)$/.test(name))
      .map(async (name) => {
        const path = join(commonDir, folder, name);
        const [status, bytes] = await Promise.all([
          lstat(path).catch(() => null),
          readFile(path).catch(() => Buffer.alloc(0)),
        ]);
        return status === null ? null : ([`${folder}/${name}`, `${status.mode} ${hashOf(bytes)}`] as const);
      }),
  );
  return found.filter((entry) => entry !== null);
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Branches but those under `ralph/`, tags, replacements and the stash; a loose ref wins over a packed one. */
async function refsOf(commonDir: string): Promise<ReadonlyMap<string, string>> {
  const packed = (await readOrNull(join(commonDir, 'packed-refs'))) ?? '';
  const refs = new Map<string, string>();
  for (const [, value = '', ref = ''] of packed.matchAll(/^([0-9a-f]+) (\S+)$/gm)) {
    if (WATCHED.test(ref)) refs.set(ref, value);
  }
  const loose = await Promise.all(
    ['refs/heads', 'refs/tags', 'refs/replace'].map((folder) => looseIn(commonDir, folder)),
  );
  for (const [ref, value] of loose.flat()) refs.set(ref, value);
  const stash = await readOrNull(join(commonDir, 'refs/stash'));
  if (stash !== null) refs.set('refs/stash', stash.trim());
  return refs;
}

const WATCHED = /^refs\/(?:heads\/(?!ralph\/)|tags\/|replace\/|stash$)/;

async function looseIn(commonDir: string, folder: string): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(join(commonDir, folder), { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const ref = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return ref === 'refs/heads/ralph' ? [] : looseIn(commonDir, ref);
      const value = ref.endsWith('.lock') ? null : await readOrNull(join(commonDir, ref));
      return value === null ? [] : [[ref, value.trim()] as const];
    }),
  );
  return found.flat();
}
