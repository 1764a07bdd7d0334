/** Gathers what runs have left in a project, for `cleanup-plan.ts` to judge. Writes nothing. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { CleanupFacts, DamagedFile, LockRemains } from '../domain/cleanup-facts.ts';
import { sessionOfBranch } from '../effects/git/session-branches.ts';
import type { GitRemains } from '../effects/git/git-effects.ts';
import { livingSessions } from '../effects/session-sweep.ts';
import { runsOnRecord } from './runs-on-record.ts';
import { stateDir } from './state-files.ts';

/** Where to look, and by what to judge it. */
export interface RemainsSearch extends Pick<
  CleanupFacts,
  'nowMs' | 'ttlMs' | 'all' | 'target' | 'ownSession'
> {
  readonly root: string;
  readonly remains: GitRemains;
  readonly locks: readonly LockRemains[];
}

/** Looks at everything once. */
export async function findRemains({ root, remains, ...given }: RemainsSearch): Promise<CleanupFacts> {
  const { runs, sessions } = await runsOnRecord(root);
  const branches = await remains.branches();
  const tickets = new Map(
    branches.map(({ branch }) => [sessionOfBranch(branch), branch.split('/')[1] ?? '']),
  );
  const worktrees = await remains.worktrees(sessions, (session) => tickets.get(session) ?? null);
  const processes = [...livingSessions()].map(([session, pids]) => ({ session, pids }));
  return { ...given, runs, branches, worktrees, processes, damagedFiles: await damagedFiles(root) };
}

/** What could not be read is put aside beside where it was, by this mark in its name. */
async function damagedFiles(root: string): Promise<readonly DamagedFile[]> {
  const folder = stateDir(root);
  const found: DamagedFile[] = [];
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.includes('.damaged-')).sort()) {
    const path = join(folder, name);
    const file = await stat(path).catch(() => null);
    if (file?.isFile() === true) found.push({ path, lastMs: file.mtimeMs });
  }
  return found;
}
