/** Opens the repository a run works in, or says in words why it cannot. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { Git, lastWords, messageOf } from './git.ts';
import { Refs } from './refs.ts';

/** A repository with a target branch that a run can work on. */
export interface Repository {
  /** The work tree the run was started in. */
  readonly root: string;
  /** The git directory that all worktrees of the repository share. */
  readonly commonDir: string;
  /** The main work tree, or null when the repository has linked worktrees only. */
  readonly mainWorktree: string | null;
  /** The branch checked out in `root`, or null when HEAD is detached. */
  readonly branch: string | null;
  /** The branch that landed work is published to, without `refs/heads/`. */
  readonly target: string;
  /** Tip of the target when the repository was opened. */
  readonly targetCommit: string;
  /** Who commits, as `Name <email>`. */
  readonly committer: string;
  /** Runs git in `root`. */
  readonly git: Git;
  readonly refs: Refs;
}

/** What opening a repository came to. */
export type OpenedRepository =
  | { readonly kind: 'opened'; readonly repository: Repository }
  | { readonly kind: 'refused'; readonly reason: string };

/** Used for our own commits where git knows no identity. */
const FALLBACK_IDENTITY = {
  GIT_AUTHOR_NAME: 'ralph-actors',
  GIT_AUTHOR_EMAIL: 'ralph-actors@localhost',
  GIT_COMMITTER_NAME: 'ralph-actors',
  GIT_COMMITTER_EMAIL: 'ralph-actors@localhost',
};

/** Opens the repository around `cwd`; `targetBranch` defaults to the branch checked out there. Writes nothing. */
export async function openRepository(
  cwd: string,
  options: { readonly targetBranch?: string | undefined } = {},
): Promise<OpenedRepository> {
  try {
    return await open(cwd, options.targetBranch);
  } catch (error) {
    return refused(messageOf(error));
  }
}

async function open(cwd: string, targetBranch: string | undefined): Promise<OpenedRepository> {
  const git = new Git(cwd);
  const [version, where, identity] = await Promise.all([
    git.text(['version']),
    git.ask([
      'rev-parse',
      '--path-format=absolute',
      '--is-bare-repository',
      '--is-inside-work-tree',
      '--git-common-dir',
      '--git-dir',
    ]),
    git.ask(['var', 'GIT_COMMITTER_IDENT']),
  ]);
  const tooOld = tooOldReason(version);
  if (tooOld !== null) return refused(tooOld);
  if (where.exitCode !== 0) {
    return refused(
      where.stderr.includes('not a git repository')
        ? `${cwd} is not in a git repository (.git missing): run it in a git work tree, or make one with \`git init\` and a first commit`
        : `git cannot use the repository at ${cwd}: ${lastWords(where)}`,
    );
  }
  const [bare, inside, commonDir = '', gitDir = ''] = where.stdout.toString().trim().split('\n');
  if (bare === 'true')
    return refused(`${cwd} is a bare repository, which has no files to work on: run it in a work tree of it`);
  if (inside !== 'true') return refused(`${cwd} is inside a .git folder: run it in the work tree beside it`);
  if ((await readFile(join(gitDir, 'HEAD'), 'utf8')).trim() === 'ref: refs/heads/.invalid') {
    return refused(
      'the repository keeps its refs in reftable format, which is not supported: use the files format',
    );
  }

  const [root, head, branches, worktrees] = await Promise.all([
    git.text(['rev-parse', '--path-format=absolute', '--show-toplevel']),
    git.ask(['symbolic-ref', '--quiet', '--short', 'HEAD']),
    git.text(['for-each-ref', '--format=%(refname:lstrip=2) %(objectname)', 'refs/heads/']),
    git.text(['worktree', 'list', '--porcelain']),
  ]);
  const branch = head.exitCode === 0 ? head.stdout.toString().trim() : null;
  const tips = new Map(branches.split('\n').map((line) => line.split(' ') as [string, string]));
  const target = targetBranch ?? branch;
  if (target === null) {
    return refused(
      'HEAD is detached, so there is no branch to publish to: switch to a branch or name one as targetBranch',
    );
  }
  const targetCommit = tips.get(target);
  if (targetCommit === undefined) {
    return refused(
      unknownTargetReason(
        target,
        branch,
        [...tips.keys()].filter((name) => name.length > 0),
      ),
    );
  }
  if (tips.has('ralph')) {
    return refused(
      'a branch named "ralph" leaves no room for branches named ralph/<ticket>/<session>: rename it',
    );
  }

  const home = new Git(root, identity.exitCode === 0 ? {} : FALLBACK_IDENTITY);
  const [mainLine = '', ...about] = worktrees.split('\n\n')[0]?.split('\n') ?? [];
  return {
    kind: 'opened',
    repository: {
      root,
      commonDir,
      mainWorktree: about.includes('bare') ? null : mainLine.slice('worktree '.length),
      branch,
      target,
      targetCommit,
      committer:
        identity.exitCode === 0
          ? identity.stdout
              .toString()
              .trim()
              .replace(/ \d+ [-+]\d+$/, '')
          : `${FALLBACK_IDENTITY.GIT_COMMITTER_NAME} <${FALLBACK_IDENTITY.GIT_COMMITTER_EMAIL}>`,
      git: home,
      refs: new Refs(home, commonDir),
    },
  };
}

function refused(reason: string): OpenedRepository {
  return { kind: 'refused', reason };
}

/** Says that a git is too old for `git merge-tree --write-tree`, or null when it is not. */
export function tooOldReason(version: string): string | null {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  const recent = Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 38);
  return recent
    ? null
    : `${version} is too old: git 2.38 or newer is needed, to merge without touching files`;
}

function unknownTargetReason(target: string, branch: string | null, names: readonly string[]): string {
  if (names.length === 0 || target === branch) {
    return `branch ${target} has no commit yet: make a first commit, for agents to start from`;
  }
  const own = names.filter((name) => !name.startsWith('ralph/'));
  return `there is no branch "${target}"; the nearest one is "${closest(target, own.length > 0 ? own : names)}"`;
}
