import { expect, onTestFinished, test } from 'vitest';
import type { Step } from '../../src/demo/script.ts';
import { openStage } from '../effects/puppets.ts';
import { expectClean, makeProject, ticketOf, WORK_WHEN_TOLD } from '../support/e2e.ts';

const IN_THE_WAY = /^local changes in .* are in the way: README\.md$/;

test('lands one of two agents that change the same line, and keeps the work of the other', async () => {
  const changeLine: readonly Step[] = [
    { do: 'write', path: 'shared.txt', content: 'first\nchanged by {ticket}\nlast\n' },
    { do: 'meet', at: 'commit' },
    { do: 'commit', message: 'Change the line for {ticket}' },
  ];
  const project = makeProject({
    files: { 'shared.txt': 'first\nmiddle\nlast\n' },
    tickets: [
      { id: 'a', components: ['x'] },
      { id: 'b', components: ['y'] },
      { id: 'after-a', components: ['x'], deps: ['a'] },
      { id: 'after-b', components: ['y'], deps: ['b'] },
      { id: 'other', components: ['z'] },
    ],
    script: { a: changeLine, b: changeLine },
  });
  const { lobby } = project;
  const live = await project.start();
  const [a, b] = await Promise.all([lobby.guest('a'), lobby.guest('b')]);
  a.answer();
  await live.landed('a');
  b.answer();
  const run = await live.over;

  expect(run.report).toMatchObject({ exitCode: 1, outcome: 'incomplete', totals: { landed: 3, failed: 1 } });
  expect(project.read('shared.txt')).toBe('first\nchanged by a\nlast\n');
  expect(ticketOf(run, 'a')).toMatchObject({ ending: 'merged' });
  const conflicted = ticketOf(run, 'b');
  expect(conflicted).toMatchObject({
    standing: 'failed',
    ending: 'conflicted',
    reason: 'conflicts in shared.txt',
    keptBranches: [expect.stringMatching(/^ralph\/b\//)],
  });
  expect(project.git('show', `${conflicted.keptBranches[0]}:shared.txt`)).toBe('first\nchanged by b\nlast');
  expect(project.statusOf('b')).toBe('open');
  expect(ticketOf(run, 'after-b')).toMatchObject({
    standing: 'blocked',
    blockers: [{ kind: 'dependencyFailed', dependency: 'b', ending: 'conflicted' }],
  });
  expect(ticketOf(run, 'after-a')).toMatchObject({ ending: 'merged' });
  expect(ticketOf(run, 'other')).toMatchObject({ ending: 'merged' });
  expectClean(project, run, { branches: conflicted.keptBranches });
});

test('merges with what a person commits to the target meanwhile', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], others: WORK_WHEN_TOLD });
  const live = await project.start();
  const a = await project.lobby.guest('a');
  const person = project.commit('a commit by hand', { 'by-hand.txt': 'by hand\n' });
  a.answer();
  const run = await live.over;
  expect(run.report).toMatchObject({ exitCode: 0, publication: { kind: 'published' } });
  expect(project.read('by-hand.txt')).toBe('by hand\n');
  expect(project.read('work/a')).toBe('done by a\n');
  project.git('merge-base', '--is-ancestor', person, 'main');
  expectClean(project, run);
});

test('counts a person whose commit is in the way as a conflict, and keeps both', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], others: WORK_WHEN_TOLD });
  const live = await project.start();
  const a = await project.lobby.guest('a');
  const person = project.commit('a commit by hand', { 'work/a': 'by hand\n' });
  a.answer();
  const run = await live.over;
  const ticket = ticketOf(run, 'a');
  expect(ticket).toMatchObject({ ending: 'conflicted', reason: 'conflicts in work/a' });
  expect(project.tip('main')).toBe(person);
  expectClean(project, run, { branches: ticket.keptBranches });
});

test('leaves a local edit alone that is in the way, and publishes at the next start', async () => {
  const project = makeProject({
    tickets: [{ id: 'a' }, { id: 'b', deps: ['a'] }],
    others: [
      { do: 'write', path: 'README.md', content: 'changed by {ticket}\n' },
      { do: 'commit', message: 'Change README.md for {ticket}' },
    ],
  });
  const before = project.tip('main');
  project.write({ 'README.md': 'changed by hand\n' });
  const held = await project.run();
  expect(held.report).toMatchObject({
    exitCode: 0,
    publication: { kind: 'held', reason: expect.stringMatching(IN_THE_WAY) as string },
    totals: { landed: 2 },
  });
  // What has landed serves the next ticket, and is not lost; the target and the edit stay as they were.
  expect(project.tip('main')).toBe(before);
  expect(project.read('README.md')).toBe('changed by hand\n');
  expect(project.git('show', 'refs/ralph/integration/main:README.md')).toBe('changed by b');
  expect(project.worktrees()).toEqual([project.root]);

  project.git('checkout', '--quiet', 'README.md');
  const published = await project.run();
  expect(published.report).toMatchObject({ exitCode: 0, sessions: 0, totals: { closed: 2 } });
  expect(project.read('README.md')).toBe('changed by b\n');
  expect(project.statusOf('a')).toBe('closed');
  expectClean(project, published);
});

test('publishes to a branch that is not checked out, and leaves the one that is alone', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], config: { targetBranch: 'main' } });
  project.git('switch', '--quiet', '--create', 'mine');
  project.write({ 'README.md': 'changed by hand\n' });
  const mine = project.tip('mine');
  const run = await project.run();
  expect(run.report).toMatchObject({ exitCode: 0, target: 'main', publication: { kind: 'published' } });
  expect(project.git('show', 'main:work/a')).toBe('done by a');
  expect(project.git('symbolic-ref', 'HEAD')).toBe('refs/heads/mine');
  expect(project.tip('mine')).toBe(mine);
  expect(project.read('README.md')).toBe('changed by hand\n');
  expectClean(project, run, { status: 'M README.md' });
});

test('follows a person who goes to another branch while the run is under way', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], others: WORK_WHEN_TOLD });
  const live = await project.start();
  const a = await project.lobby.guest('a');
  project.git('switch', '--quiet', '--create', 'mine');
  a.answer();
  const run = await live.over;
  expect(run.report).toMatchObject({ exitCode: 0, target: 'main' });
  expect(project.git('show', 'main:work/a')).toBe('done by a');
  expect(project.read('work/a')).toBeNull();
  expectClean(project, run);
});

test('publishes to the branch that is checked out, whatever its name', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], branch: 'feature/größer' });
  const run = await project.run();
  expect(run.report).toMatchObject({ exitCode: 0, target: 'feature/größer' });
  expect(project.read('work/a')).toBe('done by a\n');
  expectClean(project, run);
});

test('closes a ticket that git tracks in the commit that merges its work', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], ticketsAre: 'tracked' });
  const run = await project.run();
  expect(project.git('show', `${ticketOf(run, 'a').commit}:.tickets/a.md`)).toContain('status: closed');
  expect(project.statusOf('a')).toBe('closed');
  expectClean(project, run);
});

test('closes a ticket that git ignores in its file, right after the merge', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }, { id: 'b', deps: ['a'] }], ticketsAre: 'ignored' });
  const run = await project.run();
  expect(run.report.exitCode).toBe(0);
  expect([project.statusOf('a'), project.statusOf('b')]).toEqual(['closed', 'closed']);
  expect(project.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('.tickets');
  expectClean(project, run);
});

test('closes a ticket that git does not know in its file, and does not make git know it', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], ticketsAre: 'untracked' });
  const run = await project.run();
  expect(run.report.exitCode).toBe(0);
  expect(project.statusOf('a')).toBe('closed');
  expectClean(project, run, { status: '?? .tickets/' });
});

test('lands the work of an agent that deletes the tickets, and goes on with the rest', async () => {
  const project = makeProject({
    tickets: [{ id: 'a' }, { id: 'b' }],
    script: { a: [{ do: 'run', command: ['rm', '-r', '.tickets'] }] },
  });
  const run = await project.run();
  expect(run.report).toMatchObject({
    exitCode: 0,
    totals: { landed: 2 },
    publication: { kind: 'published', commit: project.tip('main') },
  });
  expect(project.read('work/b')).toBe('done by b\n');
  expect(project.statusOf('a')).toBeNull();
  expectClean(project, run);
});

test('ends what a gate has left running, also when that has left its group and holds its output', async () => {
  const stage = await openStage();
  onTestFinished(() => stage.close());
  const gates = [{ name: 'leaves', command: stage.argv('gate') }];
  const project = makeProject({ tickets: [{ id: 'a' }], config: { gates } });
  const live = await project.start();
  const gate = await stage.puppet('gate');
  await gate.tell({ do: 'spawn', child: 'daemon', detached: true });
  const daemon = await stage.puppet('daemon');
  void gate.tell({ do: 'exit', code: 0 });
  await daemon.gone;
  const run = await live.over;
  expect(ticketOf(run, 'a')).toMatchObject({ ending: 'merged' });
  expectClean(project, run);
});
