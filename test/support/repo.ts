/** Small real repositories for tests: `const repo = makeRepo({ files: { 'a.txt': 'a\n' } })`. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Paths relative to a work tree, with the content each shall have; null takes the file away. */
export type Files = Readonly<Record<string, string | Buffer | null>>;

/** What a test repository starts with. */
export interface RepoOptions {
  /** Committed as the first commit; by default one file, `README.md`. */
  readonly files?: Files;
  /** The branch that is checked out; `main` by default. */
  readonly branch?: string;
  /** Name of the work tree's folder, for tests of odd paths. */
  readonly folder?: string;
}

/** A work tree of a test repository. */
export interface WorkTree {
  readonly root: string;
  /** Runs git and gives its output without the whitespace around it; throws when it fails. */
  git(...args: string[]): string;
  write(files: Files): void;
  /** Writes files, commits everything in the work tree and gives the commit. */
  commit(message: string, files?: Files): string;
  /** The content of a file, or null when there is none. */
  read(path: string): string | null;
  /** The commit a revision stands for, or null when there is none. */
  tip(revision: string): string | null;
  /** All branches, sorted. */
  branches(): readonly string[];
}

/** A repository with one work tree, in a temporary folder that goes when the test is over. */
export interface TestRepo extends WorkTree {
  /** The temporary folder around the work tree: room for worktrees, clones and marker files. */
  readonly folder: string;
  /** Paths of all work trees of the repository, the main one first. */
  worktrees(): readonly string[];
}

/** Makes a repository with a first commit. Removed when the running test has finished. */
export function makeRepo(options: RepoOptions = {}): TestRepo {
  const folder = temporaryFolder();
  const root = join(folder, options.folder ?? 'repo');
  mkdirSync(root);
  const tree = workTree(root);
  tree.git('init', '--quiet', `--initial-branch=${options.branch ?? 'main'}`);
  // Whoever runs the tests may have settings of their own; the ones that matter are said here.
  for (const [key, value] of [
    ['user.name', 'Test Person'],
    ['user.email', 'person@example.org'],
    ['commit.gpgSign', 'false'],
    ['core.autocrlf', 'false'],
  ] as const) {
    tree.git('config', key, value);
  }
  tree.commit('first', options.files ?? { 'README.md': 'hello\n' });
  const worktrees = () =>
    tree
      .git('worktree', 'list', '--porcelain')
      .split('\n')
      .filter((line) => line.startsWith('worktree '))
      .map((line) => line.slice('worktree '.length));
  return { ...tree, folder, worktrees };
}

/** A temporary folder that is removed when the running test has finished. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ralph-actors-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Looks at a folder as a work tree: a worktree of a session, a clone, a submodule. */
export function workTree(root: string): WorkTree {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  const write = (files: Files) => {
    for (const [path, content] of Object.entries(files)) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      if (content === null) rmSync(file);
      else writeFileSync(file, content);
    }
  };
  const tip = (revision: string) => {
    try {
      return git('rev-parse', '--verify', '--quiet', `${revision}^{commit}`);
    } catch {
      return null;
    }
  };
  return {
    root,
    git,
    write,
    tip,
    commit(message, files = {}) {
      write(files);
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    read: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null),
    branches: () =>
      git('for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads/')
        .split('\n')
        .filter((name) => name !== ''),
  };
}
