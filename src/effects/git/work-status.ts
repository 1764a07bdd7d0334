/** What is not committed in a worktree, read from one `git status`. */
import type { Git } from './git.ts';

/** The state of a worktree. */
export interface WorkStatus {
  /** The commit HEAD is at, or null on a branch that has none. */
  readonly commit: string | null;
  /** The branch HEAD is on, or null when it is detached. */
  readonly branch: string | null;
  /** True when `git add -A` would find something to commit. */
  readonly dirty: boolean;
  /** Paths with an unresolved conflict. */
  readonly unmerged: readonly string[];
  /** Untracked git repositories, which no commit of this one can hold. */
  readonly nested: readonly string[];
  /** Submodules with uncommitted changes inside, which no commit of this repository can hold either. */
  readonly dirtySubmodules: readonly string[];
}

const STATUS = [
  '-c',
  'core.fsmonitor=false',
  'status',
  '--porcelain=v2',
  '--branch',
  '-z',
  '--untracked-files=all',
  '--no-renames',
  '--no-ahead-behind',
  '--ignore-submodules=none',
];

/** Asks for the status of the worktree `git` runs in. Settings that hide files from a person's status have no effect. */
export async function workStatus(git: Git): Promise<WorkStatus> {
  return parseWorkStatus((await git.bytes(STATUS)).toString());
}

/** Reads `git status --porcelain=v2 --branch -z --no-renames --untracked-files=all`. */
export function parseWorkStatus(output: string): WorkStatus {
  let commit: string | null = null;
  let branch: string | null = null;
  let dirty = false;
  const unmerged: string[] = [];
  const nested: string[] = [];
  const dirtySubmodules: string[] = [];
  for (const record of output.split('\0')) {
    const [kind = '', ...fields] = record.split(' ');
    const rest = (skipped: number) => fields.slice(skipped).join(' ');
    if (kind === '#') {
      if (fields[0] === 'branch.oid' && fields[1] !== '(initial)') commit = fields[1] ?? null;
      if (fields[0] === 'branch.head' && fields[1] !== '(detached)') branch = rest(1);
    } else if (kind === '?') {
      // With all untracked files listed one by one, only a repository is still shown as a folder.
      if (record.endsWith('/')) nested.push(rest(0).slice(0, -1));
      else dirty = true;
    } else if (kind === 'u') {
      dirty = true;
      unmerged.push(rest(9));
    } else if (kind === '1') {
      const [states = '', submodule = ''] = fields;
      const inside = submodule.startsWith('S') && /[MU]/.test(submodule);
      if (inside) dirtySubmodules.push(rest(7));
      if (!inside || states[0] !== '.' || submodule[1] === 'C') dirty = true;
    }
  }
  return { commit, branch, dirty, unmerged, nested, dirtySubmodules };
}
