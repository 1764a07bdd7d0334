import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { excludeStateDir } from '../../../src/effects/git/exclude-state-dir.ts';
import { openRepository, tooOldReason } from '../../../src/effects/git/repository.ts';
import { makeRepo, temporaryFolder, workTree } from '../../support/repo.ts';

async function refusal(cwd: string, targetBranch?: string): Promise<string> {
  const opened = await openRepository(cwd, { targetBranch });
  return opened.kind === 'refused' ? opened.reason : 'opened';
}

async function repositoryAt(cwd: string) {
  const opened = await openRepository(cwd);
  if (opened.kind === 'refused') throw new Error(opened.reason);
  return opened.repository;
}

describe('opening', () => {
  test('tells where a repository is and what it works on', async () => {
    const repo = makeRepo({ branch: 'release/1.x', folder: 'wo rk é' });
    mkdirSync(join(repo.root, 'deep'));
    expect(await repositoryAt(join(repo.root, 'deep'))).toMatchObject({
      root: repo.root,
      commonDir: join(repo.root, '.git'),
      mainWorktree: repo.root,
      branch: 'release/1.x',
      target: 'release/1.x',
      targetCommit: repo.tip('HEAD'),
      committer: 'Test Person <person@example.org>',
    });
  });

  test('works in a linked worktree, with the git directory of all of them', async () => {
    const repo = makeRepo();
    const linked = join(repo.folder, 'linked');
    repo.git('worktree', 'add', '--quiet', '-b', 'side', linked);
    expect(await repositoryAt(linked)).toMatchObject({
      root: linked,
      commonDir: join(repo.root, '.git'),
      mainWorktree: repo.root,
      target: 'side',
    });
  });

  test('takes another branch than the one checked out as its target', async () => {
    const repo = makeRepo();
    repo.git('branch', 'dev');
    repo.git('checkout', '--quiet', '--detach');
    const opened = await openRepository(repo.root, { targetBranch: 'dev' });
    expect(opened).toMatchObject({ kind: 'opened', repository: { branch: null, target: 'dev' } });
  });

  test('writes nothing', async () => {
    const repo = makeRepo();
    const before = repo.git('for-each-ref') + readFileSync(join(repo.root, '.git/index')).toString('hex');
    await openRepository(repo.root);
    expect(repo.git('for-each-ref') + readFileSync(join(repo.root, '.git/index')).toString('hex')).toBe(
      before,
    );
  });

  test('refuses a folder without a repository', async () => {
    const folder = temporaryFolder();
    expect(await refusal(folder)).toBe(
      `${folder} is not in a git repository (.git missing): run it in a git work tree, or make one with \`git init\` and a first commit`,
    );
  });

  test('refuses a folder that does not exist', async () => {
    expect(await refusal(join(temporaryFolder(), 'nowhere'))).toMatch(/nowhere.*does not exist/);
  });

  test('refuses a bare repository', async () => {
    const bare = join(temporaryFolder(), 'bare.git');
    mkdirSync(bare);
    workTree(bare).git('init', '--quiet', '--bare');
    expect(await refusal(bare)).toBe(
      `${bare} is a bare repository, which has no files to work on: run it in a work tree of it`,
    );
  });

  test('refuses the inside of a .git folder', async () => {
    const repo = makeRepo();
    expect(await refusal(join(repo.root, '.git'))).toMatch(
      /is inside a \.git folder: run it in the work tree/,
    );
  });

  test('refuses a repository without a commit', async () => {
    const root = temporaryFolder();
    workTree(root).git('init', '--quiet', '--initial-branch=main');
    expect(await refusal(root)).toBe(
      'branch main has no commit yet: make a first commit, for agents to start from',
    );
  });

  test('refuses a detached HEAD without a target', async () => {
    const repo = makeRepo();
    repo.git('checkout', '--quiet', '--detach');
    expect(await refusal(repo.root)).toBe(
      'HEAD is detached, so there is no branch to publish to: switch to a branch or name one as targetBranch',
    );
  });

  test('names the nearest branch when the target does not exist', async () => {
    const repo = makeRepo();
    for (const branch of ['develop', 'feature/login', 'ralph/t/mian']) repo.git('branch', branch);
    expect(await refusal(repo.root, 'mian')).toBe('there is no branch "mian"; the nearest one is "main"');
    expect(await refusal(repo.root, 'devel')).toBe(
      'there is no branch "devel"; the nearest one is "develop"',
    );
  });

  test('refuses a repository with a branch where the branches of sessions would go', async () => {
    const repo = makeRepo();
    repo.git('branch', 'ralph');
    expect(await refusal(repo.root)).toBe(
      'a branch named "ralph" leaves no room for branches named ralph/<ticket>/<session>: rename it',
    );
  });

  test.each([
    ['git version 2.37.1', true],
    ['git version 1.9', true],
    ['git version 2.38.0', false],
    ['git version 2.39.5 (Apple Git-154)', false],
    ['git version 3.0.0.windows.1', false],
  ])('judges %s (too old: %s)', (version, tooOld) => {
    expect(tooOldReason(version) !== null).toBe(tooOld);
  });
});

describe('excluding the state folder', () => {
  test('adds one line and keeps every byte that was there', async () => {
    const repo = makeRepo();
    const file = join(repo.root, '.git', 'info', 'exclude');
    writeFileSync(file, Buffer.from('# mine\r\n*.o\xff', 'latin1'));
    const repository = await repositoryAt(repo.root);
    await excludeStateDir(repository, join(repo.root, '.tf', 'ralph'));
    await excludeStateDir(repository, join(repo.root, '.tf', 'ralph'));
    expect(readFileSync(file)).toEqual(Buffer.from('# mine\r\n*.o\xff\n/.tf/ralph/\n', 'latin1'));
    repo.write({ '.tf/ralph/state.json': '{}', 'sub/.tf/ralph/state.json': '{}' });
    expect(repo.git('status', '--porcelain', '-uall')).toBe('?? sub/.tf/ralph/state.json');
  });

  test('makes the file where there is none, and knows its own line after others', async () => {
    const repo = makeRepo();
    const file = join(repo.root, '.git', 'info', 'exclude');
    repo.git('worktree', 'add', '--quiet', '-b', 'side', join(repo.folder, 'side'));
    writeFileSync(file, '');
    const repository = await repositoryAt(join(repo.folder, 'side'));
    await excludeStateDir(repository, join(repo.folder, 'side', 'a [b]', '.tf'));
    appendFileSync(file, '*.log\n');
    await excludeStateDir(repository, join(repo.folder, 'side', 'a [b]', '.tf'));
    expect(readFileSync(file, 'utf8')).toBe('/a \\[b]/.tf/\n*.log\n');
    workTree(join(repo.folder, 'side')).write({ 'a [b]/.tf/x': '' });
    expect(workTree(join(repo.folder, 'side')).git('status', '--porcelain')).toBe('');
  });

  test('has nothing to exclude for a folder outside the work tree', async () => {
    const repo = makeRepo();
    const file = join(repo.root, '.git', 'info', 'exclude');
    const before = readFileSync(file);
    await excludeStateDir(await repositoryAt(repo.root), join(repo.folder, 'elsewhere'));
    expect(readFileSync(file)).toEqual(before);
  });
});
