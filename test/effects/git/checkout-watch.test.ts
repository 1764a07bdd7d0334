/** What a session does to the repository around it, and what a person does there meanwhile, in real repositories. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { traceVariables } from '../../../src/effects/git/git-trace.ts';
import { makeRepo } from '../../support/repo.ts';
import { openEffects } from './open-effects.ts';

const HOOK = '#!/bin/sh\nexit 0\n';

async function watched() {
  const repo = makeRepo();
  repo.git('branch', 'other');
  repo.git('tag', 'v1');
  const effects = await openEffects(repo, { isWatched: true });
  const begin = async (session: string) => {
    const begun = await effects.begin(session);
    const env = { ...process.env, ...traceVariables(join(repo.folder, 'traces', session)) };
    /** Runs a program as the agent would, in its worktree. */
    const run = (program: string, ...args: readonly string[]): void => {
      execFileSync(program, args, { cwd: begun.place.worktree, env, stdio: 'pipe' });
    };
    const git = (...args: readonly string[]): void => run('git', ...args);
    const objection = async () => (await effects.worktrees.collect(begun.place)).objection;
    return { ...begun, run, git, objection };
  };
  return { repo, effects, begin, ...(await begin('s1')) };
}

describe('a session is objected to that', () => {
  test('checks out a branch in the main checkout', async () => {
    const { repo, git, objection } = await watched();
    git('-C', repo.root, 'checkout', '--quiet', 'other');
    expect(await objection()).toBe(
      `its agent ran \`git -C ${repo.root} checkout --quiet other\` in ${repo.root}`,
    );
  });

  test('goes to the main checkout and commits there', async () => {
    const { repo, run, objection } = await watched();
    run('sh', '-c', `cd '${repo.root}' && echo x > x && git add x && git commit --quiet -m 'a b'`);
    expect(await objection()).toBe(
      `its agent ran \`git add x\`, \`git commit --quiet -m "a b"\` in ${repo.root}`,
    );
  });

  test('works in the worktree of another session', async () => {
    const { begin } = await watched();
    const second = await begin('s2');
    const third = await begin('s3');
    third.git('-C', second.place.worktree, 'reset', '--quiet', '--hard');
    expect(await third.objection()).toContain(`reset --quiet --hard\` in ${second.place.worktree}`);
    expect(await second.objection()).toBeNull();
  });

  test('leaves the main checkout in the middle of a merge', async () => {
    const { repo, git, objection } = await watched();
    repo.git('checkout', '--quiet', 'other');
    repo.commit('theirs', { 'README.md': 'theirs\n' });
    repo.git('checkout', '--quiet', 'main');
    repo.commit('ours', { 'README.md': 'ours\n' });
    expect(() => git('-C', repo.root, 'merge', 'other')).toThrow('merge other');
    expect(await objection()).toContain('merge other` in');
  });

  test('sets a configuration', async () => {
    const { git, objection } = await watched();
    git('config', 'user.name', 'Somebody Else');
    expect(await objection()).toBe('.git/config changed, by whomever, while it was at work');
  });

  test.each<[string, (hooks: string) => void, string]>([
    ['adds a hook', (hooks) => writeFileSync(join(hooks, 'pre-commit'), HOOK), 'pre-commit'],
    ['changes a hook', (hooks) => appendFileSync(join(hooks, 'post-merge'), 'exit 1\n'), 'post-merge'],
    ['makes a hook run', (hooks) => chmodSync(join(hooks, 'post-merge'), 0o755), 'post-merge'],
    ['removes a hook', (hooks) => rmSync(join(hooks, 'post-merge')), 'post-merge'],
  ])('%s', async (_what, change, name) => {
    const { repo, effects } = await watched();
    const hooks = join(repo.root, '.git/hooks');
    mkdirSync(hooks, { recursive: true });
    writeFileSync(join(hooks, 'post-merge'), HOOK, { mode: 0o644 });
    const { place } = await effects.begin('s2');
    change(hooks);
    expect((await effects.worktrees.collect(place)).objection).toContain(`.git/hooks/${name} changed`);
  });

  test('changes what is excluded', async () => {
    const { repo, objection } = await watched();
    mkdirSync(join(repo.root, '.git/info'), { recursive: true });
    appendFileSync(join(repo.root, '.git/info/exclude'), '*.log\n');
    expect(await objection()).toContain('.git/info/exclude changed');
  });

  test.each<[string, readonly string[], string]>([
    ['moves a branch', ['branch', '--force', 'other', 'HEAD'], 'refs/heads/other is at'],
    ['deletes a branch', ['branch', '-D', 'other'], 'refs/heads/other is gone'],
    ['renames a branch', ['branch', '-m', 'other', 'mine'], 'refs/heads/other is gone'],
    ['moves the target', ['update-ref', 'refs/heads/main', 'HEAD'], 'refs/heads/main is at'],
    ['pushes into the repository itself', ['push', '--quiet', '.', 'HEAD:other'], 'refs/heads/other is at'],
    ['moves a tag', ['tag', '-f', 'v1'], 'refs/tags/v1 is at'],
  ])('%s', async (_what, args, reason) => {
    const { agent, git, objection } = await watched();
    agent.commit('work', { a: 'a\n' });
    git(...args);
    expect(await objection()).toContain(reason);
  });

  test('commits to a branch of a person in its own worktree', async () => {
    const { git, objection } = await watched();
    git('checkout', '--quiet', 'other');
    git('commit', '--quiet', '--allow-empty', '-m', 'on other');
    expect(await objection()).toContain('refs/heads/other is at');
  });

  test('takes the stash of a person', async () => {
    const { repo, effects } = await watched();
    repo.write({ 'README.md': 'a person is at it\n' });
    repo.git('stash');
    const { place } = await effects.begin('s2');
    const env = { ...process.env, ...traceVariables(join(repo.folder, 'traces/s2')) };
    execFileSync('git', ['stash', 'drop'], { cwd: place.worktree, env, stdio: 'pipe' });
    expect((await effects.worktrees.collect(place)).objection).toContain('refs/stash is gone');
  });
});

describe('a session is not objected to', () => {
  test('that works in its worktree, looks around and makes branches of its own', async () => {
    const { repo, agent, git, objection } = await watched();
    agent.write({ a: 'a\n' });
    git('add', 'a');
    git('commit', '--quiet', '-m', 'work');
    git('stash', 'list');
    git('branch', 'mine', 'other');
    git('checkout', '--quiet', 'other', '--', 'README.md');
    git('tag', 'v2');
    for (const looks of [
      ['status'],
      ['log', '-1'],
      ['diff', 'main'],
      ['branch', '--list'],
      ['config', '--list'],
    ])
      git('-C', repo.root, ...looks);
    expect(() => git('-C', repo.root, 'checkout', '--quiet', 'nowhere')).toThrow('nowhere');
    expect(await objection()).toBeNull();
  });

  test('for what a person does: commits, branches, the index, the stash', async () => {
    const { repo, objection } = await watched();
    repo.commit('by a person', { 'person.txt': 'p\n' });
    repo.git('checkout', '--quiet', '-b', 'mine');
    repo.commit('on a branch', { 'mine.txt': 'm\n' });
    repo.git('branch', '--force', 'other', 'HEAD');
    repo.git('tag', '-d', 'v1');
    repo.write({ 'README.md': 'edited\n' });
    repo.git('add', '--all');
    repo.git('stash');
    expect(await objection()).toBeNull();
  });

  test('for packed refs, and for what git writes of branches into the configuration', async () => {
    const { repo, objection } = await watched();
    repo.git('branch', '--quiet', '--track', 'follows', 'other');
    repo.git('pack-refs', '--all');
    expect(await objection()).toBeNull();
  });

  test('for what other work of the run lands and publishes', async () => {
    const { begin, effects, objection } = await watched();
    const second = await begin('s2');
    second.agent.commit('work', { b: 'b\n' });
    expect(await effects.land(second.place)).toMatchObject({ kind: 'landed' });
    await effects.worktrees.release(second.place);
    expect(await objection()).toBeNull();
  });

  test('when nobody watched it, as after a crash', async () => {
    const { repo, place, git } = await watched();
    git('config', 'user.name', 'Somebody Else');
    const { worktrees } = await openEffects(repo, { isWatched: true });
    expect((await worktrees.collect(place)).objection).toBeNull();
  });
});

test('a change that shows nobody’s hand counts against every session that was live, and names them', async () => {
  const { repo, begin, objection, effects } = await watched();
  const [second, third] = [await begin('s2'), await begin('s3')];
  await effects.worktrees.release(third.place);
  repo.git('config', 'core.hooksPath', 'elsewhere');
  const after = await begin('s4');
  expect(await objection()).toBe(
    '.git/config changed, by whomever, while it was at work, and so were s2, s3, s4',
  );
  expect(await second.objection()).toContain('.git/config changed');
  expect(await after.objection()).toBeNull();
});

test('what an agent changed whose work is not looked at is warned of', async () => {
  const { effects, place, git } = await watched();
  git('config', 'user.name', 'Somebody Else');
  await effects.worktrees.release(place);
  expect(effects.warnings).toEqual([
    'session s1 of t-s1: .git/config changed, by whomever, while it was at work',
  ]);
});
