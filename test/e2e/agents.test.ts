import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Step } from '../../src/demo/script.ts';
import { expectClean, makeProject, ticketOf, WORK } from '../support/e2e.ts';

test('judges each agent by what it did, and keeps what it made', async () => {
  const script: Readonly<Record<string, readonly Step[]>> = {
    'exits-with-1': [
      { do: 'print', text: 'I cannot do {ticket}' },
      { do: 'exit', code: 1 },
    ],
    'works-and-exits-with-1': [...WORK, { do: 'exit', code: 1 }],
    'changes-nothing': [{ do: 'print', text: 'all is well' }],
    'exits-at-once': [{ do: 'exit', code: 0 }],
    'commits-nothing': [
      { do: 'write', path: 'README.md', content: 'changed by {ticket}\n' },
      { do: 'write', path: 'work/new file', content: 'untracked\n' },
    ],
    'commits-a-part': [...WORK, { do: 'write', path: 'work/more', content: 'untracked\n' }],
    works: WORK,
  };
  const project = makeProject({
    tickets: Object.keys(script).map((id) => ({ id, components: [id] })),
    script,
  });
  const run = await project.run();
  expect(run.report).toMatchObject({ exitCode: 1, outcome: 'incomplete', sessions: 7 });
  expect(ticketOf(run, 'exits-with-1')).toMatchObject({
    standing: 'failed',
    ending: 'failed',
    reason: 'exit code 1: I cannot do exits-with-1',
    keptBranches: [],
  });
  expect(ticketOf(run, 'works-and-exits-with-1')).toMatchObject({ standing: 'failed', ending: 'failed' });
  expect(ticketOf(run, 'changes-nothing')).toMatchObject({ standing: 'failed', ending: 'noChanges' });
  expect(ticketOf(run, 'exits-at-once')).toMatchObject({ standing: 'failed', ending: 'noChanges' });
  for (const id of ['commits-nothing', 'commits-a-part', 'works']) {
    expect(ticketOf(run, id)).toMatchObject({ standing: 'landed', ending: 'merged', keptBranches: [] });
  }
  expect(project.read('README.md')).toBe('changed by commits-nothing\n');
  expect(project.read('work/new file')).toBe('untracked\n');
  expect(project.read('work/more')).toBe('untracked\n');
  expect(project.statusOf('commits-nothing')).toBe('closed');
  expect(project.statusOf('changes-nothing')).toBe('open');
  // What the failed agent had committed is not on the target, and not lost.
  const [kept] = ticketOf(run, 'works-and-exits-with-1').keptBranches;
  expect(project.read('work/works-and-exits-with-1')).toBeNull();
  expect(project.git('show', `${kept}:work/works-and-exits-with-1`)).toBe('done by works-and-exits-with-1');
  expectClean(project, run, { branches: [kept!] });
});

test('closes a ticket that needs no change, where the configuration allows it', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], others: [], config: { allowNoChanges: true } });
  const run = await project.run();
  expect(run.report.exitCode).toBe(0);
  expect(ticketOf(run, 'a')).toMatchObject({ standing: 'landed', ending: 'noChanges' });
  expect(project.statusOf('a')).toBe('closed');
  expectClean(project, run);
});

test('tries a ticket again, from a fresh worktree, as often as the configuration says', async () => {
  const project = makeProject({
    tickets: [{ id: 'a' }, { id: 'b' }],
    script: {
      'a#1': [
        { do: 'write', path: 'work/half', content: 'half\n' },
        { do: 'exit', code: 1 },
      ],
      b: [{ do: 'exit', code: 1 }],
    },
    config: { maxRestarts: 1 },
  });
  const run = await project.run();
  const a = ticketOf(run, 'a');
  expect(a).toMatchObject({ standing: 'landed', attempts: 2 });
  expect(ticketOf(run, 'b')).toMatchObject({ standing: 'failed', attempts: 2 });
  // What the first attempt left is kept, and was not in the way of the second.
  expect(a.keptBranches).toHaveLength(1);
  expect(project.git('show', `${a.keptBranches[0]}:work/half`)).toBe('half');
  expect(project.read('work/half')).toBeNull();
  expectClean(project, run, { branches: a.keptBranches });
});

test('ends an agent at its deadline, and kills one that ignores SIGTERM', async () => {
  const project = makeProject({
    tickets: [
      { id: 'hangs', components: ['x'] },
      { id: 'ignores', components: ['y'] },
    ],
    script: {
      hangs: [...WORK, { do: 'hang' }],
      ignores: [{ do: 'ignoreSigterm' }, { do: 'write', path: 'half', content: 'half\n' }, { do: 'hang' }],
    },
    // Time enough for both to get to the point where they hang, on a busy machine too.
    config: { parallelDispatchTimeoutMs: 2500, gracePeriodMs: 200 },
  });
  const run = await project.run();
  expect(run.report).toMatchObject({ exitCode: 1, sessions: 2 });
  expect(ticketOf(run, 'hangs')).toMatchObject({ standing: 'failed', ending: 'timedOut' });
  expect(ticketOf(run, 'ignores')).toMatchObject({ standing: 'failed', ending: 'timedOut' });
  const exits = run.entries.flatMap((entry) => (entry.type === 'session.exited' ? [entry.signal] : []));
  expect(exits).toEqual(['SIGTERM', 'SIGKILL']);
  const branches = run.report.tickets.flatMap(({ keptBranches }) => keptBranches);
  expect(project.git('show', `${branches[0]}:work/hangs`)).toBe('done by hangs');
  expect(project.git('show', `${branches[1]}:half`)).toBe('half');
  expectClean(project, run, { branches });
});

test('ends what an agent leaves running in the background, and lands its work all the same', async () => {
  const project = makeProject({
    tickets: [
      { id: 'child', components: ['x'] },
      { id: 'daemon', components: ['y'] },
    ],
    script: {
      child: [...WORK, { do: 'leave', what: 'child' }],
      daemon: [...WORK, { do: 'leave', what: 'daemon' }],
    },
  });
  const run = await project.run();
  expect(run.report.exitCode).toBe(0);
  const survivors = run.entries.flatMap((entry) =>
    entry.type === 'session.exited' ? [[entry.survivorsFound, entry.survivorsLeft]] : [],
  );
  expect(survivors).toEqual([
    [1, 0],
    [1, 0],
  ]);
  expectClean(project, run);
});

test('keeps a bounded part of what an agent prints', async () => {
  const project = makeProject({
    tickets: [{ id: 'loud' }],
    script: { loud: [{ do: 'flood', bytes: 200 * 1024 * 1024 }, { do: 'print', text: 'the end' }, ...WORK] },
    config: { outputBytesMax: 1024 * 1024 },
  });
  const live = await project.start();
  const run = await live.over;
  expect(run.report.exitCode).toBe(0);
  const folder = join(live.dir, 'sessions', run.report.tickets[0]!.session!);
  const kept = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  expect(kept).toBeGreaterThanOrEqual(1024 * 1024);
  expect(kept).toBeLessThanOrEqual(2 * 1024 * 1024 + 128 * 1024);
  expectClean(project, run);
});

test('fails only the session when an agent that is there turns out not to be startable', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], config: { agent: { command: ['../agent'] } } });
  writeFileSync(join(project.folder, 'agent'), '#!/no/such/interpreter\n', { mode: 0o755 });
  const run = await project.run();
  expect(run.report).toMatchObject({ exitCode: 1, outcome: 'incomplete', sessions: 1, agentsPeak: 0 });
  expect(ticketOf(run, 'a')).toMatchObject({ standing: 'failed', ending: 'failed', keptBranches: [] });
  expect(ticketOf(run, 'a').reason).toContain(
    'the interpreter that its first line (#!) names does not exist',
  );
  expectClean(project, run);
});

test('refuses to start when there is no such agent, and writes nothing', async () => {
  const project = makeProject({
    tickets: [{ id: 'a' }],
    config: { agent: { command: ['no-such-agent', '{ticket}'] } },
  });
  await expect(project.run()).rejects.toThrow(
    'the agent cannot be started: "no-such-agent" is in no folder of PATH',
  );
  expect(readdirSync(join(project.root, '.tf/ralph'))).toEqual(['config.json']);
});
