import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeRepo, temporaryFolder, workTree, type TestRepo } from '../../support/repo.ts';
import { openEffects, type Opened } from './open-effects.ts';

async function start(options: Parameters<typeof openEffects>[1] = {}) {
  const repo = makeRepo({ files: { 'a.txt': 'a\n', 'b.txt': 'b\n', '.gitignore': 'ignored/\n' } });
  const effects = await openEffects(repo, options);
  return { repo, effects, ...(await effects.begin('s1', 't-1')) };
}

/** Nothing of a session is left but what a test expects. */
function expectOnlyMain(repo: TestRepo, effects: Opened): void {
  expect(repo.branches()).toEqual(['main']);
  expect(repo.worktrees()).toEqual([repo.root]);
  expect(existsSync(effects.worktreesRoot)).toBe(false);
  expect(repo.git('status', '--porcelain')).toBe('');
}

describe('preparing', () => {
  test('puts a worktree outside the checkout, on a branch of its own at the tip', async () => {
    const { repo, effects, place, agent } = await start();
    expect(place).toEqual({
      session: 's1',
      ticket: 't-1',
      worktree: join(effects.worktreesRoot, 's1'),
      branch: 'ralph/t-1/s1',
      base: repo.tip('main'),
    });
    expect(agent.git('symbolic-ref', 'HEAD')).toBe('refs/heads/ralph/t-1/s1');
    expect(agent.read('a.txt')).toBe('a\n');
    expect(repo.git('status', '--porcelain')).toBe('');
  });

  test('starts from landed work that is not published yet', async () => {
    const { repo, effects, place, agent } = await start();
    repo.write({ 'a.txt': 'a person edits\n' });
    agent.commit('work', { 'a.txt': 'an agent edits\n' });
    expect(await effects.land(place)).toMatchObject({ kind: 'landed', publication: { kind: 'held' } });
    const { agent: next } = await effects.begin('s2');
    expect(next.read('a.txt')).toBe('an agent edits\n');
  });

  test('makes many worktrees at once without one failing', async () => {
    const { repo, effects } = await start();
    const sessions = Array.from({ length: 8 }, (_item, index) => `many-${index}`);
    const places = await Promise.all(sessions.map((session) => effects.worktrees.prepare(session, 't-x')));
    expect(repo.worktrees()).toHaveLength(10);
    await Promise.all(places.map((place) => effects.worktrees.release(place)));
    expect(repo.worktrees()).toHaveLength(2);
  });

  test('finds the place of a session that was cut off before it could tell of it', async () => {
    const { effects, place } = await start();
    expect(await effects.worktrees.find('s1', 't-1')).toEqual(place);
    expect(await effects.worktrees.find('s2', 't-1')).toBeNull();
  });

  test('finds a place of which only the branch was made, and takes it back', async () => {
    const { repo, effects, place } = await start();
    await effects.worktrees.release(place);
    repo.git('branch', 'ralph/t-2/s2');
    const half = await effects.worktrees.find('s2', 't-2');
    expect(half).toMatchObject({ branch: 'ralph/t-2/s2', base: repo.tip('main') });
    expect(await effects.worktrees.release(half!)).toEqual({ keptBranch: null, keptWorktree: null });
    expectOnlyMain(repo, effects);
  });

  test('waits for a git process that holds the lock of a ref it needs', async () => {
    const { repo, effects } = await start();
    const lock = join(repo.root, '.git', 'refs', 'heads', 'ralph', 't-2', 's2.lock');
    mkdirSync(join(lock, '..'), { recursive: true });
    writeFileSync(lock, '');
    const preparing = effects.worktrees.prepare('s2', 't-2');
    rmSync(lock);
    expect((await preparing).branch).toBe('ralph/t-2/s2');
  });

  test('leaves nothing behind when the checkout fails', async () => {
    const { repo, effects, place } = await start();
    await effects.worktrees.release(place);
    repo.commit('a filter', { '.gitattributes': '*.bin filter=broken\n', 'x.bin': 'x\n' });
    repo.git('config', 'filter.broken.smudge', 'false');
    repo.git('config', 'filter.broken.required', 'true');
    await expect(effects.worktrees.prepare('s2', 't-2')).rejects.toThrow(
      /x\.bin: smudge filter broken failed/,
    );
    expect(repo.branches()).toEqual(['main']);
    expect(repo.worktrees()).toEqual([repo.root]);
  });

  test('never touches a worktree that has the name already', async () => {
    const { effects, agent } = await start();
    agent.write({ 'new.txt': 'precious\n' });
    await expect(effects.worktrees.prepare('s1', 't-1')).rejects.toThrow(
      /there is something at .*s1 already/,
    );
    expect(agent.read('new.txt')).toBe('precious\n');
  });

  test('follows no link that lies where a worktree is to be made, also when it leads nowhere', async () => {
    const { repo, effects } = await start();
    const elsewhere = join(repo.folder, 'elsewhere');
    symlinkSync(elsewhere, join(effects.worktreesRoot, 's9'));
    await expect(effects.worktrees.prepare('s9', 't-9')).rejects.toThrow(
      /there is something at .*s9 already/,
    );
    expect(existsSync(elsewhere)).toBe(false);
  });

  test('runs none of the hooks of the project', async () => {
    const { repo, effects, agent, place } = await start();
    for (const hook of [
      'post-checkout',
      'pre-commit',
      'post-commit',
      'prepare-commit-msg',
      'commit-msg',
      'post-merge',
    ]) {
      const script = `#!/bin/sh\ntouch '${join(repo.folder, 'ran')}'\nexit 1\n`;
      writeFileSync(join(repo.root, '.git', 'hooks', hook), script, { mode: 0o755 });
    }
    agent.write({ 'a.txt': 'left\n' });
    expect(await effects.land(place)).toMatchObject({ kind: 'landed', publication: { kind: 'published' } });
    const { place: next } = await effects.begin('s2');
    await effects.worktrees.release(next);
    expect(existsSync(join(repo.folder, 'ran'))).toBe(false);
  });
});

test('starts no file system monitor in the worktree of a session', async () => {
  const { repo, effects, place } = await start();
  await effects.worktrees.release(place);
  const script = `#!/bin/sh\ntouch '${join(repo.folder, 'ran')}'\nexit 1\n`;
  writeFileSync(join(repo.folder, 'monitor'), script, { mode: 0o755 });
  repo.git('config', 'core.fsmonitor', join(repo.folder, 'monitor'));
  const next = await effects.worktrees.prepare('s2', 't-2');
  writeFileSync(join(next.worktree, 'a.txt'), 'left\n');
  expect(await effects.worktrees.collect(next)).toMatchObject({ leftoversCommitted: true });
  await effects.worktrees.release(next);
  expect(existsSync(join(repo.folder, 'ran'))).toBe(false);
});

describe('collecting', () => {
  test('says that an agent left nothing', async () => {
    const { effects, place } = await start();
    const report = await effects.worktrees.collect(place);
    expect(report).toEqual({ head: place.base, commits: 0, leftoversCommitted: false, objection: null });
  });

  test('counts the commits of a clean worktree', async () => {
    const { effects, place, agent } = await start();
    agent.commit('one', { 'a.txt': '1\n' });
    const head = agent.commit('two', { 'a.txt': '2\n' });
    const report = await effects.worktrees.collect(place);
    expect(report).toEqual({ head, commits: 2, leftoversCommitted: false, objection: null });
  });

  test('commits what was modified, deleted and untracked as one commit, without what is ignored', async () => {
    const { repo, effects, place, agent } = await start();
    agent.commit('one', { 'c.txt': 'c\n' });
    agent.write({ 'a.txt': 'changed\n', 'b.txt': null, 'deep/new file.txt': 'new\n', 'ignored/x': 'x\n' });
    const report = await effects.worktrees.collect(place);
    expect(report).toEqual({
      head: repo.tip(place.branch),
      commits: 2,
      leftoversCommitted: true,
      objection: null,
    });
    expect(repo.git('log', '-1', '--format=%s', report.head)).toBe('Leftovers of t-1 (s1)');
    expect(repo.git('show', '--format=', '--name-status', report.head).split('\n')).toEqual([
      'M\ta.txt',
      'D\tb.txt',
      'A\tdeep/new file.txt',
    ]);
    expect(agent.git('status', '--porcelain')).toBe('');
    expect(await effects.worktrees.collect(place)).toEqual({ ...report, leftoversCommitted: false });
  });

  test('sees untracked files although the project hides them from its status', async () => {
    const { repo, effects, place, agent } = await start();
    repo.git('config', 'status.showUntrackedFiles', 'no');
    agent.write({ 'new.txt': 'new\n' });
    expect(await effects.worktrees.collect(place)).toMatchObject({ commits: 1, leftoversCommitted: true });
  });

  test('commits leftovers in the name of nobody in particular where git knows no identity', async () => {
    const repo = makeRepo();
    repo.git('config', 'user.useConfigOnly', 'true');
    repo.git('config', '--unset', 'user.name');
    repo.git('config', '--unset', 'user.email');
    const before = { ...process.env };
    process.env['GIT_CONFIG_GLOBAL'] = '/dev/null';
    process.env['GIT_CONFIG_NOSYSTEM'] = '1';
    try {
      const effects = await openEffects(repo);
      const { place, agent } = await effects.begin('s1');
      agent.write({ 'new.txt': 'new\n' });
      expect(await effects.land(place)).toMatchObject({ kind: 'landed' });
      expect(repo.git('log', '-2', '--first-parent', '--format=%an <%ae>', 'main').split('\n')[0]).toBe(
        'ralph-actors <ralph-actors@localhost>',
      );
      expect(repo.git('log', '-1', '--format=%an <%ae>', place.branch)).toBe(
        'ralph-actors <ralph-actors@localhost>',
      );
    } finally {
      delete process.env['GIT_CONFIG_GLOBAL'];
      delete process.env['GIT_CONFIG_NOSYSTEM'];
      Object.assign(process.env, before);
    }
  });

  test('is not led astray by the variables of a git hook', async () => {
    const elsewhere = makeRepo();
    process.env['GIT_DIR'] = join(elsewhere.root, '.git');
    process.env['GIT_INDEX_FILE'] = join(elsewhere.root, '.git', 'index');
    const cleanUp = () => {
      delete process.env['GIT_DIR'];
      delete process.env['GIT_INDEX_FILE'];
    };
    try {
      const before = elsewhere.git('for-each-ref');
      cleanUp();
      const repo = makeRepo();
      process.env['GIT_DIR'] = join(elsewhere.root, '.git');
      const effects = await openEffects(repo);
      const place = await effects.worktrees.prepare('s1', 't-1');
      cleanUp();
      expect(repo.branches()).toEqual(['main', 'ralph/t-1/s1']);
      expect(elsewhere.git('for-each-ref')).toBe(before);
      expect(place.base).toBe(repo.tip('main'));
    } finally {
      cleanUp();
    }
  });

  test('brings the branch to where the agent switched to', async () => {
    const { repo, effects, place, agent } = await start();
    agent.git('switch', '--quiet', '--create', 'feature');
    const head = agent.commit('on feature', { 'a.txt': '1\n' });
    agent.write({ 'b.txt': 'left\n' });
    const report = await effects.worktrees.collect(place);
    expect(report).toMatchObject({ commits: 2, leftoversCommitted: true });
    expect(repo.tip(`${place.branch}~1`)).toBe(head);
    expect(repo.tip('feature')).toBe(head);
  });

  test('brings the branch to a detached HEAD', async () => {
    const { repo, effects, place, agent } = await start();
    agent.git('checkout', '--quiet', '--detach');
    const head = agent.commit('detached', { 'a.txt': '1\n' });
    expect(await effects.worktrees.collect(place)).toEqual({
      head,
      commits: 1,
      leftoversCommitted: false,
      objection: null,
    });
    expect(repo.tip(place.branch)).toBe(head);
  });

  test('uses the branch when the agent went back in history to look at something', async () => {
    const { effects, place, agent } = await start();
    const head = agent.commit('work', { 'a.txt': '1\n' });
    agent.git('checkout', '--quiet', '--detach', 'HEAD~1');
    expect(await effects.worktrees.collect(place)).toEqual({
      head,
      commits: 1,
      leftoversCommitted: false,
      objection: null,
    });
  });

  test('finds no work in a worktree that was switched to the target', async () => {
    const { repo, effects, place, agent } = await start();
    repo.git('switch', '--quiet', '--create', 'other');
    repo.git('update-ref', 'refs/heads/main', repo.commit('by a person', { 'b.txt': '2\n' }));
    agent.git('switch', '--quiet', 'main');
    expect(await effects.worktrees.collect(place)).toEqual({
      head: place.base,
      commits: 0,
      leftoversCommitted: false,
      objection: null,
    });
  });

  test('keeps both when HEAD and branch went different ways, and says so', async () => {
    const { repo, effects, place, agent } = await start();
    const onBranch = agent.commit('on the branch', { 'a.txt': '1\n' });
    agent.git('checkout', '--quiet', '--detach', 'HEAD~1');
    const onHead = agent.commit('beside it', { 'b.txt': '1\n' });
    agent.write({ 'b.txt': 'left\n' });
    await expect(effects.worktrees.collect(place)).rejects.toThrow(
      'the work of t-1 cannot be merged: the agent left HEAD apart from its branch: ' +
        'HEAD is kept as ralph/t-1/s1-head, the branch as ralph/t-1/s1',
    );
    expect(repo.tip(place.branch)).toBe(onBranch);
    expect(repo.tip(`${place.branch}-head~1`)).toBe(onHead);
    expect(repo.git('show', `${place.branch}-head:b.txt`)).toBe('left');
    expect(await effects.worktrees.release(place)).toEqual({ keptBranch: place.branch, keptWorktree: null });
    expect(repo.branches()).toEqual(['main', place.branch, `${place.branch}-head`]);
  });

  test('uses the branch when the agent removed its worktree', async () => {
    const { repo, effects, place, agent } = await start();
    const head = agent.commit('work', { 'a.txt': '1\n' });
    rmSync(place.worktree, { recursive: true });
    expect(await effects.worktrees.collect(place)).toEqual({
      head,
      commits: 1,
      leftoversCommitted: false,
      objection: null,
    });
    expect(await effects.worktrees.release(place)).toEqual({ keptBranch: place.branch, keptWorktree: null });
    expect(repo.worktrees()).toEqual([repo.root]);
  });

  test('uses the branch when the agent had git remove its worktree', async () => {
    const { repo, effects, place, agent } = await start();
    const head = agent.commit('work', { 'a.txt': '1\n' });
    repo.git('worktree', 'remove', place.worktree);
    expect(await effects.worktrees.collect(place)).toEqual({
      head,
      commits: 1,
      leftoversCommitted: false,
      objection: null,
    });
    expect(await effects.worktrees.release(place)).toEqual({ keptBranch: place.branch, keptWorktree: null });
  });

  test('brings back a branch that was deleted while HEAD was detached', async () => {
    const { repo, effects, place, agent } = await start();
    const head = agent.commit('work', { 'a.txt': '1\n' });
    agent.git('checkout', '--quiet', '--detach');
    agent.git('branch', '--quiet', '-D', place.branch);
    expect(await effects.worktrees.collect(place)).toEqual({
      head,
      commits: 1,
      leftoversCommitted: false,
      objection: null,
    });
    expect(repo.tip(place.branch)).toBe(head);
  });

  test('brings back a branch that was deleted under HEAD, with leftovers on top', async () => {
    const { repo, effects, place, agent } = await start();
    const head = agent.commit('work', { 'a.txt': '1\n' });
    agent.git('update-ref', '-d', `refs/heads/${place.branch}`);
    agent.write({ 'b.txt': 'left\n' });
    expect(await effects.worktrees.collect(place)).toMatchObject({ commits: 2, leftoversCommitted: true });
    expect(repo.tip(`${place.branch}~1`)).toBe(head);
  });

  test('commits a conflict the agent walked away from, and does not let it be merged', async () => {
    const { repo, effects, place, agent } = await start();
    agent.commit('ours', { 'a.txt': 'ours\n' });
    agent.git('checkout', '--quiet', '-b', 'other', place.base);
    const theirs = agent.commit('theirs', { 'a.txt': 'theirs\n' });
    agent.git('switch', '--quiet', place.branch);
    expect(() => agent.git('merge', 'other')).toThrow();
    await expect(effects.worktrees.collect(place)).rejects.toThrow(
      'the work of t-1 cannot be merged: the agent left a merge unfinished, with conflicts in a.txt',
    );
    expect(repo.git('show', `${place.branch}:a.txt`)).toContain('<<<<<<<');
    expect(repo.tip(`${place.branch}^2`)).toBe(theirs);
    expect(await effects.worktrees.release(place)).toEqual({ keptBranch: place.branch, keptWorktree: null });
  });

  test('keeps both sides of a rebase the agent walked away from', async () => {
    const { repo, effects, place, agent } = await start();
    const ours = agent.commit('ours', { 'a.txt': 'ours\n' });
    agent.git('checkout', '--quiet', '-b', 'other', place.base);
    agent.commit('theirs', { 'a.txt': 'theirs\n' });
    agent.git('switch', '--quiet', place.branch);
    expect(() => agent.git('rebase', 'other')).toThrow();
    await expect(effects.worktrees.collect(place)).rejects.toThrow(/HEAD is kept as ralph\/t-1\/s1-head/);
    expect(repo.tip(place.branch)).toBe(ours);
    expect(repo.git('show', `${place.branch}-head:a.txt`)).toContain('<<<<<<<');
    expect(await effects.worktrees.release(place)).toEqual({ keptBranch: place.branch, keptWorktree: null });
    expect(repo.worktrees()).toEqual([repo.root]);
  });

  test('finishes a merge whose conflicts the agent has resolved', async () => {
    const { repo, effects, place, agent } = await start();
    agent.git('checkout', '--quiet', '-b', 'other');
    agent.commit('theirs', { 'b.txt': 'theirs\n' });
    agent.git('switch', '--quiet', place.branch);
    agent.git('merge', '--quiet', '--no-commit', '--no-ff', 'other');
    expect(await effects.worktrees.collect(place)).toMatchObject({ commits: 2, leftoversCommitted: true });
    expect(repo.tip(`${place.branch}^2`)).toBe(repo.tip('other'));
  });

  test('is not stopped by locks that a killed agent left', async () => {
    const { repo, effects, place, agent } = await start();
    agent.write({ 'a.txt': 'left\n' });
    for (const lock of [
      'worktrees/s1/index.lock',
      'worktrees/s1/HEAD.lock',
      `refs/heads/${place.branch}.lock`,
    ]) {
      writeFileSync(join(repo.root, '.git', lock), '');
    }
    expect(await effects.worktrees.collect(place)).toMatchObject({ commits: 1, leftoversCommitted: true });
  });

  test('never reaches the repository around a worktree whose .git is gone', async () => {
    const repo = makeRepo({ files: { 'a.txt': 'a\n', '.gitignore': 'wörk trees/\n' }, folder: 'x' });
    const inside = await openEffects({ ...repo, folder: repo.root });
    const { place, agent } = await inside.begin('s1', 't-1');
    agent.write({ 'a.txt': 'left\n' });
    rmSync(join(place.worktree, '.git'));
    const index = repo.git('ls-files', '--stage');
    const report = await inside.worktrees.collect(place);
    expect(report).toMatchObject({ commits: 1, leftoversCommitted: true });
    expect(repo.git('ls-files', '--stage')).toBe(index);
    expect(repo.tip('HEAD')).toBe(place.base);
    expect(repo.git('show', `${place.branch}:a.txt`)).toBe('left');
  });

  test('counts nothing as a change in a repository with a submodule that is not initialised', async () => {
    const library = makeRepo();
    const { repo, effects, place } = await start();
    await effects.worktrees.release(place);
    repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.root, 'lib');
    repo.commit('with a library');
    const { place: next, agent } = await effects.begin('s2');
    agent.write({ 'new.txt': 'new\n' });
    expect(await effects.land(next)).toMatchObject({ kind: 'landed', publication: { kind: 'published' } });
    expect(await effects.worktrees.release(next)).toEqual({ keptBranch: null, keptWorktree: null });
    expect(repo.git('ls-tree', 'main', 'lib')).toContain(`160000 commit ${library.tip('main')}`);
    expect(repo.read('lib/README.md')).toBe('hello\n');
  });

  test('keeps LFS pointers as the pointers they are', async () => {
    const { repo, effects, place } = await start();
    await effects.worktrees.release(place);
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12\n`;
    repo.commit('with a pointer', {
      '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
      'x.bin': pointer,
    });
    const { place: next, agent } = await effects.begin('s2');
    agent.write({ 'new.txt': 'new\n' });
    await effects.land(next);
    expect(repo.git('show', 'main:x.bin')).toBe(pointer.trim());
    expect(repo.git('show', '--format=', '--name-only', next.branch)).toBe('new.txt');
  });

  test('commits files outside the cone of a sparse checkout', async () => {
    const repo = makeRepo({ files: { 'in/a.txt': 'a\n', 'out/b.txt': 'b\n' } });
    repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'in');
    const effects = await openEffects(repo);
    const { place, agent } = await effects.begin('s1');
    agent.write({ 'in/a.txt': '1\n', 'elsewhere/c.txt': 'c\n' });
    expect(await effects.land(place)).toMatchObject({ kind: 'landed', publication: { kind: 'published' } });
    expect(repo.git('ls-tree', '-r', '--name-only', 'main').split('\n')).toEqual([
      'elsewhere/c.txt',
      'in/a.txt',
      'out/b.txt',
    ]);
    expect(repo.git('status', '--porcelain')).toBe('');
  });
});

describe('releasing', () => {
  test('removes the worktree and the branch of a session without work', async () => {
    const { repo, effects, place } = await start();
    expect(await effects.worktrees.release(place)).toEqual({ keptBranch: null, keptWorktree: null });
    expectOnlyMain(repo, effects);
  });

  test('removes the worktree and the branch of landed work, ignored files with it', async () => {
    const { repo, effects, place, agent } = await start();
    agent.commit('work', { 'a.txt': '1\n' });
    agent.write({ 'ignored/x': 'x\n' });
    await effects.land(place);
    expect(await effects.worktrees.release(place)).toEqual({ keptBranch: null, keptWorktree: null });
    await effects.integration.finish();
    expectOnlyMain(repo, effects);
  });

  test('keeps the branch of work that has not landed, with the leftovers of a failed session', async () => {
    const { repo, effects, place, agent } = await start();
    agent.commit('work', { 'a.txt': '1\n' });
    agent.write({ 'a.txt': 'unfinished\n' });
    expect(await effects.worktrees.release(place)).toEqual({ keptBranch: place.branch, keptWorktree: null });
    expect(repo.git('show', `${place.branch}:a.txt`)).toBe('unfinished');
    expect(repo.worktrees()).toEqual([repo.root]);
  });

  test('keeps a commit that was added after the work had landed', async () => {
    const { repo, effects, place, agent } = await start();
    agent.commit('work', { 'a.txt': '1\n' });
    await effects.land(place);
    const late = agent.commit('late', { 'a.txt': '2\n' });
    expect(await effects.worktrees.release(place)).toEqual({ keptBranch: place.branch, keptWorktree: null });
    expect(repo.tip(place.branch)).toBe(late);
  });

  test('does nothing the second time', async () => {
    const { repo, effects, place, agent } = await start();
    agent.commit('work', { 'a.txt': '1\n' });
    const first = await effects.worktrees.release(place);
    expect(await effects.worktrees.release(place)).toEqual(first);
    const { place: empty } = await effects.begin('s2');
    await effects.worktrees.release(empty);
    expect(await effects.worktrees.release(empty)).toEqual({ keptBranch: null, keptWorktree: null });
    expect(repo.branches()).toEqual(['main', place.branch]);
  });

  test('works for a session of an earlier run', async () => {
    const { repo, place, agent } = await start();
    agent.commit('work', { 'a.txt': '1\n' });
    agent.write({ 'new.txt': 'left\n' });
    const later = await openEffects(repo);
    expect(await later.worktrees.release(place)).toEqual({ keptBranch: place.branch, keptWorktree: null });
    expect(repo.git('show', `${place.branch}:new.txt`)).toBe('left');
    expect(await later.integration.sync()).toBe(place.base);
  });

  test('deletes the branch of work that landed in an earlier run', async () => {
    const { repo, effects, place, agent } = await start();
    agent.commit('work', { 'a.txt': '1\n' });
    await effects.land(place);
    const later = await openEffects(repo);
    expect(await later.worktrees.release(place)).toEqual({ keptBranch: null, keptWorktree: null });
    expect(repo.branches()).toEqual(['main']);
  });

  test('leaves the worktree where it is when worktrees are kept', async () => {
    const { repo, effects, place, agent } = await start({ keepWorktrees: true });
    agent.commit('work', { 'a.txt': '1\n' });
    await effects.land(place);
    expect(await effects.worktrees.release(place)).toEqual({
      keptBranch: null,
      keptWorktree: { path: place.worktree, reason: 'worktrees are kept by configuration' },
    });
    expect(repo.branches()).toEqual(['main']);
    expect(agent.git('status', '--porcelain')).toBe('');
    expect(agent.read('a.txt')).toBe('1\n');
  });

  test('keeps a worktree with a repository of its own in it, and still saves the rest', async () => {
    const { repo, effects, place, agent } = await start();
    agent.write({ 'vendor/x/file': 'x\n', 'a.txt': 'left\n' });
    agent.git('init', '--quiet', 'vendor/x');
    expect(await effects.worktrees.collect(place)).toMatchObject({ commits: 1, leftoversCommitted: true });
    expect(repo.git('ls-tree', '-r', '--name-only', place.branch)).not.toContain('vendor');
    expect(await effects.worktrees.release(place)).toEqual({
      keptBranch: place.branch,
      keptWorktree: { path: place.worktree, reason: 'vendor/x is a git repository of its own' },
    });
    expect(agent.read('vendor/x/file')).toBe('x\n');
  });

  test('keeps a worktree with a repository that the agent added by mistake', async () => {
    const { effects, place, agent } = await start();
    agent.write({ 'nested/file': 'x\n' });
    agent.git('init', '--quiet', 'nested');
    const nested = workTree(join(place.worktree, 'nested'));
    nested.git('config', 'user.name', 'Agent');
    nested.git('config', 'user.email', 'agent@example.org');
    nested.commit('inside');
    agent.commit('outside');
    expect((await effects.worktrees.release(place)).keptWorktree?.reason).toBe(
      'submodule nested has commits that no remote has',
    );
  });

  test('keeps a worktree with commits in a submodule until a remote has them', async () => {
    const library = makeRepo();
    library.git('config', 'receive.denyCurrentBranch', 'ignore');
    const { repo, effects } = await start();
    repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.root, 'lib');
    repo.commit('with a library');
    const { place, agent } = await effects.begin('s2');
    agent.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
    const inner = workTree(join(place.worktree, 'lib'));
    inner.git('config', 'user.name', 'Agent');
    inner.git('config', 'user.email', 'agent@example.org');
    inner.commit('inside', { 'README.md': 'changed\n' });
    inner.write({ 'README.md': 'changed again\n' });
    expect((await effects.worktrees.release(place)).keptWorktree?.reason).toBe(
      'submodule lib has uncommitted changes; submodule lib has commits that no remote has',
    );
    inner.git('checkout', '--quiet', 'README.md');
    inner.git('push', '--quiet', 'origin', 'HEAD:refs/heads/main');
    expect(await effects.worktrees.release(place)).toEqual({ keptBranch: place.branch, keptWorktree: null });
    expect(repo.git('ls-tree', place.branch, 'lib')).toContain(library.tip('main'));
  });

  test('keeps a worktree that the agent made a repository of its own', async () => {
    const { effects, place, agent } = await start();
    rmSync(join(place.worktree, '.git'));
    agent.git('init', '--quiet');
    agent.write({ 'a.txt': 'left\n' });
    const report = await effects.worktrees.release(place);
    expect(report.keptBranch).toBe(place.branch);
    expect(report.keptWorktree?.reason).toBe(
      'its .git is not the one it was made with, so it may hold a repository of its own',
    );
  });

  test('removes a worktree that the agent has locked', async () => {
    const { repo, effects, place } = await start();
    repo.git('worktree', 'lock', place.worktree);
    expect(await effects.worktrees.release(place)).toEqual({ keptBranch: null, keptWorktree: null });
    expectOnlyMain(repo, effects);
  });

  test('finds a worktree that the agent has moved', async () => {
    const { repo, effects, place, agent } = await start();
    const elsewhere = join(temporaryFolder(), 'moved');
    agent.commit('work', { 'a.txt': '1\n' });
    repo.git('worktree', 'move', place.worktree, elsewhere);
    workTree(elsewhere).write({ 'a.txt': 'left\n' });
    expect(await effects.worktrees.collect(place)).toMatchObject({ commits: 2, leftoversCommitted: true });
    expect(await effects.worktrees.release(place)).toEqual({ keptBranch: place.branch, keptWorktree: null });
    expect(existsSync(elsewhere)).toBe(false);
  });

  test('leaves other worktrees of the person alone, also one whose folder is away', async () => {
    const { repo, effects, place } = await start();
    const away = join(repo.folder, 'away');
    repo.git('worktree', 'add', '--quiet', '-b', 'mine', away);
    rmSync(away, { recursive: true });
    await effects.worktrees.release(place);
    expect(repo.worktrees()).toEqual([repo.root, away]);
  });
});
