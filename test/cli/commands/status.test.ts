import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { run } from '../../../src/cli/commands/run.ts';
import { status, type StatusArguments } from '../../../src/cli/commands/status.ts';
import { makeProject, WORK_WHEN_TOLD, type TestProject } from '../../support/e2e.ts';
import { fakeIo } from '../../support/fake-io.ts';
import { temporaryFolder } from '../../support/repo.ts';
import { treeHash } from '../../support/tree-hash.ts';

async function told(root: string, args: StatusArguments = {}) {
  const io = fakeIo(root);
  const code = await status(args, io);
  return { code, out: io.out(), err: io.err() };
}

async function asked(project: TestProject, args: StatusArguments = {}): Promise<unknown> {
  return JSON.parse((await told(project.root, { ...args, json: true })).out);
}

const runsIn = (project: TestProject): readonly string[] =>
  readdirSync(join(project.root, '.tf/ralph/runs')).sort();

describe('status', () => {
  test('says so where there has been no run, and exits with 0', async () => {
    const folder = temporaryFolder();
    expect(await told(folder)).toEqual({
      code: 0,
      out: 'no run has been started here yet: ralph-actors run\n',
      err: '',
    });
    expect(await told(folder, { json: true })).toEqual({ code: 0, out: 'null\n', err: '' });
  });

  test('shows a run under way, and writes nothing', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }], others: WORK_WHEN_TOLD });
    const ended = run({ tickets: [] }, fakeIo(project.root, { env: project.env }));
    const guest = await project.lobby.guest('a');
    const before = treeHash(project.root);
    const { code, out } = await told(project.root);
    expect(code).toBe(0);
    expect(out).toMatch(/ on main {2}dispatching /);
    expect(out).toMatch(/^ ● a +running /m);
    expect(await asked(project)).toMatchObject({
      snapshotVersion: 1,
      phase: 'dispatching',
      isOwnerAlive: true,
      ownerPid: process.pid,
      liveSessions: [{ ticket: 'a', pid: guest.pid }],
      report: { outcome: 'unfinished', exitCode: null },
    });
    expect(treeHash(project.root)).toBe(before);
    guest.answer();
    await ended;
    expect((await told(project.root)).out).toContain('finished, complete, exit code 0');
  });

  test('shows the last run, or the one that is asked for', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }] });
    await run({ tickets: [], maxIterations: '1' }, fakeIo(project.root, { env: project.env }));
    const [first = ''] = runsIn(project);
    // Ids begin with the second of their start; a copy under a later one stands for a later run.
    const copy = join(project.root, '.tf/ralph/runs/20990101-000000-last');
    mkdirSync(copy);
    const journal = readFileSync(join(project.root, '.tf/ralph/runs', first, 'journal.jsonl'), 'utf8');
    writeFileSync(join(copy, 'journal.jsonl'), journal.replaceAll(first, '20990101-000000-last'));
    expect(await asked(project)).toMatchObject({ report: { run: '20990101-000000-last' } });
    expect(await asked(project, { run: first })).toMatchObject({ report: { run: first } });
    expect(await told(project.root, { run: '20990101-000000-lasd' })).toEqual({
      code: 2,
      out: '',
      err: 'ralph-actors: there is no run 20990101-000000-lasd; the nearest one is 20990101-000000-last\n',
    });
  });

  test('says of a run whose program is gone that it was cut off', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }] });
    await run({ tickets: [] }, fakeIo(project.root, { env: project.env }));
    const journal = join(project.root, '.tf/ralph/runs', runsIn(project)[0]!, 'journal.jsonl');
    const [header = '', ...rest] = readFileSync(journal, 'utf8').split('\n');
    const stranger = {
      ...(JSON.parse(header) as object),
      owner: { pid: 1, startTime: '0', bootId: 'of old' },
    };
    writeFileSync(journal, `${JSON.stringify(stranger)}\n${rest.slice(0, 3).join('\n')}\n{"v":1,"se`);
    const { code, out } = await told(project.root);
    expect(code).toBe(0);
    expect(out).toContain('cut off while dispatching');
    expect(await asked(project)).toMatchObject({ isOwnerAlive: false });
  });

  test('shows what a damaged journal still holds, names the line, and exits with 1', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }] });
    await run({ tickets: [] }, fakeIo(project.root, { env: project.env }));
    const journal = join(project.root, '.tf/ralph/runs', runsIn(project)[0]!, 'journal.jsonl');
    appendFileSync(journal, '{"v":1,"seq":3,"at":0,"type":"run.paused"}\n');
    const { code, out, err } = await told(project.root);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^ralph-actors: the journal \S+ is damaged in line \d+: it has number 3 where \d+ is next\n$/,
    );
    expect(out).toContain('finished, complete');
  });

  test('says of a run without a journal that it cannot be read', async () => {
    const project = makeProject({ tickets: [] });
    mkdirSync(join(project.root, '.tf/ralph/runs/20260101-000000-none'), { recursive: true });
    const { code, err } = await told(project.root);
    expect(code).toBe(1);
    expect(err).toMatch(/^ralph-actors: the journal of run 20260101-000000-none cannot be read: .*ENOENT/);
    writeFileSync(join(project.root, '.tf/ralph/runs/20260101-000000-none/journal.jsonl'), '');
    expect((await told(project.root)).out).toBe('run 20260101-000000-none ended before its first entry\n');
  });
});
