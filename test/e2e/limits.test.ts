import { expect, test } from 'vitest';
import { expectClean, makeProject, ticketOf, WORK, WORK_WHEN_TOLD } from '../support/e2e.ts';

const INDEPENDENT = ['a', 'b', 'c', 'd'].map((id) => ({ id, components: [id] }));

test('dispatches no more sessions than the budget allows, and ends with exit code 4', async () => {
  const project = makeProject({ tickets: INDEPENDENT });
  const { exitCode, stdout } = await project.cli('run', '--max-iterations', '3', '--json').ended;
  expect(exitCode).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'budgetSpent',
    sessions: 3,
    stop: { kind: 'budget', budget: 'maxIterations', limit: 3 },
    totals: { landed: 3, ready: 1 },
  });
  expect(project.git('status', '--porcelain')).toBe('');
});

test('works off only the tickets it is asked for', async () => {
  const project = makeProject({ tickets: [...INDEPENDENT, { id: 'e', deps: ['d'], components: ['e'] }] });
  const { exitCode, stdout } = await project.cli('run', 'a', 'c').ended;
  expect(exitCode).toBe(0);
  expect(['a', 'b', 'c', 'd', 'e'].map((id) => project.statusOf(id))).toEqual([
    'closed',
    'open',
    'closed',
    'open',
    'open',
  ]);
  // Others are open: nobody may take this for the end of the backlog.
  expect(stdout).not.toContain('<promise>');
});

test('promises completeness when everything is done, also when there was nothing to do', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }] });
  const first = await project.cli('run').ended;
  expect(first.exitCode).toBe(0);
  expect(first.stdout).toMatch(/the one ticket landed on main/);
  expect(first.stdout.trimEnd().split('\n').at(-1)).toBe('<promise>COMPLETE</promise>');
  const second = await project.cli('run').ended;
  expect(second.exitCode).toBe(0);
  expect(second.stdout.trimEnd().split('\n').at(-1)).toBe('<promise>COMPLETE</promise>');
  expect(project.records().filter(({ moment }) => moment === 'start')).toHaveLength(1);
});

test('ends an agent that has been silent for too long', async () => {
  const project = makeProject({
    tickets: [{ id: 'silent' }],
    script: { silent: [...WORK, { do: 'print', text: 'thinking' }, { do: 'hang' }] },
    config: { stallTimeoutMs: 1500, gracePeriodMs: 500 },
  });
  const run = await project.run();
  const ticket = ticketOf(run, 'silent');
  expect(ticket).toMatchObject({ standing: 'failed', ending: 'stalled' });
  expectClean(project, run, { branches: ticket.keptBranches });
});

test('tries again what conflicted, from a base that has what it conflicted with', async () => {
  const change = [
    { do: 'write', path: 'shared.txt', content: '{session}\n' },
    { do: 'meet', at: 'commit' },
    { do: 'commit', message: 'Change the line' },
  ] as const;
  const project = makeProject({
    files: { 'shared.txt': 'old\n' },
    tickets: INDEPENDENT.slice(0, 2),
    others: change,
    config: { maxRestarts: 1 },
  });
  const { lobby } = project;
  const live = await project.start();
  const [a, b] = await Promise.all([lobby.guest('a'), lobby.guest('b')]);
  a.answer();
  await live.landed('a');
  b.answer();
  (await lobby.guest('b')).answer();
  const run = await live.over;
  const ticket = ticketOf(run, 'b');
  expect(ticket).toMatchObject({ standing: 'landed', attempts: 2, keptBranches: [expect.any(String)] });
  expect(project.read('shared.txt')).toBe(`${ticket.session}\n`);
  expectClean(project, run, { branches: ticket.keptBranches });
});

test('lands only what passes the gates on the merged tree', async () => {
  const project = makeProject({
    tickets: [
      { id: 'good', components: ['x'] },
      { id: 'bad', components: ['y'] },
    ],
    config: { gates: [{ name: 'no bad work', command: ['test', '!', '-e', 'work/bad'] }] },
  });
  const before = project.tip('main');
  const run = await project.run();
  expect(ticketOf(run, 'good')).toMatchObject({ standing: 'landed', ending: 'merged' });
  const bad = ticketOf(run, 'bad');
  expect(bad).toMatchObject({ standing: 'failed', ending: 'rejected' });
  expect(bad.reason).toContain('no bad work');
  expect(project.tip('main')).not.toBe(before);
  expect(project.read('work/bad')).toBeNull();
  expectClean(project, run, { branches: bad.keptBranches });
});

test('leaves the merge to a person where the configuration says so', async () => {
  const project = makeProject({
    tickets: [{ id: 'a' }, { id: 'b', deps: ['a'] }],
    config: { parallelAutoMerge: false },
  });
  const before = project.tip('main');
  const run = await project.run();
  const a = ticketOf(run, 'a');
  expect(a).toMatchObject({ ending: 'rejected', keptBranches: [expect.stringMatching(/^ralph\/a\//)] });
  expect(ticketOf(run, 'b').standing).toBe('blocked');
  expect(project.tip('main')).toBe(before);
  expectClean(project, run, { branches: a.keptBranches });
});

test('holds a large number of agents at once', async () => {
  const ids = Array.from({ length: 24 }, (_, index) => `t${index}`);
  const project = makeProject({
    tickets: ids.map((id) => ({ id, components: [id] })),
    others: WORK_WHEN_TOLD,
    config: { parallelWorkers: 24 },
  });
  const live = await project.start();
  for (const guest of await project.lobby.guests(24)) guest.answer();
  const run = await live.over;
  expect(run.report).toMatchObject({ exitCode: 0, agentsPeak: 24, totals: { landed: 24 } });
  expectClean(project, run);
});
