import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { sessionOfBranch } from '../../../src/effects/git/session-branches.ts';
import { makeRepo, workTree } from '../../support/repo.ts';
import { openEffects } from './open-effects.ts';

const SESSION = '20260101-000000-aaaa-001';
const BRANCH = `ralph/t/${SESSION}`;

test('reads the session from the name of a branch, and of one for a HEAD that was left apart', () => {
  expect(sessionOfBranch(BRANCH)).toBe(SESSION);
  expect(sessionOfBranch(`${BRANCH}-head`)).toBe(SESSION);
  expect(sessionOfBranch(`${BRANCH}-head-12`)).toBe(SESSION);
  for (const name of ['ralph/t', 'ralph/t/idea', `ralph/t/x/${SESSION}`, `ralph/${SESSION}`]) {
    expect(sessionOfBranch(name)).toBeNull();
  }
});

test('counts a branch as landed when the target or its integration ref has its commits', async () => {
  const repo = makeRepo();
  const { remains } = await openEffects(repo);
  repo.git('branch', `ralph/even/${SESSION}`);
  repo.git('switch', '--quiet', '-c', `ralph/waits/${SESSION}`);
  const waits = repo.commit('waits');
  repo.git('switch', '--quiet', '-c', `ralph/ahead/${SESSION}`);
  repo.commit('ahead');
  repo.git('switch', '--quiet', 'main');
  repo.git('update-ref', 'refs/ralph/integration/main', waits);
  repo.git('symbolic-ref', `refs/heads/ralph/points/${SESSION}`, 'refs/heads/main');
  expect(
    (await remains.branches()).map(({ branch, isLanded, session }) => [
      branch.split('/')[1],
      isLanded,
      session === SESSION,
    ]),
  ).toEqual([
    ['ahead', false, true],
    ['even', true, true],
    ['points', true, false],
    ['waits', true, true],
  ]);
});

test('removes a branch only as it was looked at', async () => {
  const repo = makeRepo();
  const { remains } = await openEffects(repo);
  const first = repo.git('rev-parse', 'main');
  repo.git('switch', '--quiet', '-c', BRANCH);
  const tip = repo.commit('work');
  expect(await remains.removeBranch(BRANCH, first)).toBe('it has moved meanwhile');
  expect(await remains.removeBranch(BRANCH, tip)).toBe('it has commits that main has not');
  repo.git('branch', '--force', 'main', tip);
  expect(await remains.removeBranch(BRANCH, tip)).toBe(`it is checked out in ${repo.root}`);
  repo.git('switch', '--quiet', 'main');
  expect(repo.tip(BRANCH)).toBe(tip);
  expect(await remains.removeBranch(BRANCH, tip)).toBeNull();
  expect(repo.tip(BRANCH)).toBeNull();
  expect(await remains.removeBranch(BRANCH, tip)).toBeNull();
});

test('keeps a branch that somebody is rebasing', async () => {
  const repo = makeRepo({ files: { f: '0\n' } });
  const { remains } = await openEffects(repo);
  repo.git('branch', BRANCH);
  const elsewhere = workTree(join(repo.folder, 'elsewhere'));
  repo.git('worktree', 'add', '--quiet', elsewhere.root, BRANCH);
  const tip = elsewhere.commit('one', { f: '1\n' });
  repo.git('merge', '--quiet', '--ff-only', BRANCH);
  const other = repo.git('commit-tree', '-p', 'main~1', '-m', 'other', 'main~1^{tree}');
  expect(() =>
    elsewhere.git('-c', 'sequence.editor=sed -i.bak s/pick/edit/', 'rebase', '-i', other),
  ).not.toThrow();
  expect(elsewhere.git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD');
  expect(await remains.removeBranch(BRANCH, tip)).toBe(`it is checked out in ${elsewhere.root}`);
});

test('says of a worktree why it cannot go: it is locked, or git cannot look into it', async () => {
  const repo = makeRepo();
  const { remains, begin, worktreesRoot } = await openEffects(repo);
  const { place } = await begin(SESSION);
  repo.git('worktree', 'lock', '--reason', 'mine', place.worktree);
  mkdirSync(join(worktreesRoot, SESSION.replace('001', '002')));
  writeFileSync(join(worktreesRoot, 'a file'), '');
  const found = await remains.worktrees(new Map(), () => 't');
  expect(found.map(({ state, unsavable, ticket }) => ({ state, unsavable, ticket }))).toEqual([
    { state: 'clean', unsavable: ['somebody has locked it (git worktree lock): mine'], ticket: 't' },
    { state: 'unknown', unsavable: [], ticket: 't' },
  ]);
});
