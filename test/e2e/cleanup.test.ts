import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { systemClock } from '../../src/effects/system-clock.ts';
import { cleanup, type CleanupReport } from '../../src/orchestrator/cleanup.ts';
import { openConfigured } from '../../src/orchestrator/project.ts';
import {
  expectClean,
  makeProject,
  processesOf,
  WORK,
  WORK_WHEN_TOLD,
  type TestProject,
} from '../support/e2e.ts';
import { treeHash } from '../support/tree-hash.ts';

const WEEK_MS = 604_800_000;

/** Calls `cleanup` as a person does. */
async function asked(project: TestProject, ...args: readonly string[]): Promise<CleanupReport> {
  const { exitCode, stdout, stderr } = await project.cli('cleanup', '--json', ...args).ended;
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as CleanupReport;
  expect(exitCode).toBe(report.exitCode);
  return report;
}

/** Cleans up at another time than now. */
async function askedAt(project: TestProject, nowMs: number, all = false): Promise<CleanupReport> {
  const opened = await openConfigured({ cwd: project.root, env: project.env, flags: [] });
  if (opened.kind === 'refused') throw new Error(opened.reasons.join('\n'));
  const clock = { ...systemClock, nowMs: () => nowMs };
  const cleaned = await cleanup({ ...opened.opened, env: project.env, clock, dryRun: false, all });
  if (cleaned.kind === 'refused') throw new Error(cleaned.reason);
  return cleaned.report;
}

const told = ({ items }: CleanupReport): readonly string[] =>
  items.map(({ outcome, kind, name }) => `${outcome} ${kind} ${name}`);

const runsIn = (project: TestProject): readonly string[] => readdirSync(join(project.root, '.tf/ralph/runs'));

test('removes what a run left that was killed, and keeps and names its work', async () => {
  const project = makeProject({
    tickets: [
      { id: 'works', components: ['x'] },
      { id: 'idles', components: ['y'] },
    ],
    script: {
      works: [
        { do: 'write', path: 'half', content: 'committed\n' },
        { do: 'commit', message: 'Half of it' },
        { do: 'write', path: 'half', content: 'not committed\n' },
        { do: 'leave', what: 'daemon' },
        { do: 'meet', at: 'half' },
      ],
      idles: WORK_WHEN_TOLD,
    },
    // It would end the processes before this test could.
    config: { guardian: false },
  });
  const { lobby } = project;
  const program = project.cli('run');
  const guests = await Promise.all([lobby.guest('works'), lobby.guest('idles')]);
  program.kill('SIGKILL');
  await program.ended;
  const [works, idles] = guests.map(({ session }) => session) as [string, string];
  const [run = ''] = runsIn(project);
  const [tree = ''] = readdirSync(join(project.folder, 'state/ralph-actors'));
  const treeOf = (session: string) => join(project.folder, 'state/ralph-actors', tree, session);
  expect(processesOf(run)).toHaveLength(3);

  const before = treeHash(project.folder);
  const dry = await asked(project, '--dry-run');
  expect(treeHash(project.folder)).toBe(before);
  expect(processesOf(run)).toHaveLength(3);

  const report = await asked(project);
  await Promise.all(guests.map(({ gone }) => gone));
  const branch = `ralph/works/${works}`;
  const lock = join(project.root, '.tf/ralph/lock');
  expect(told(report).toSorted()).toEqual(
    [
      `removed lock ${lock}`,
      `removed processes ${works}`,
      `removed processes ${idles}`,
      `removed worktree ${treeOf(works)}`,
      `removed worktree ${treeOf(idles)}`,
      `removed branch ralph/idles/${idles}`,
      `kept branch ${branch}`,
      `kept records ${run}`,
    ].toSorted(),
  );
  expect(told(dry)).toEqual(told(report).map((line) => line.replace('removed', 'wouldRemove')));
  expect(report.items.find(({ kind, outcome }) => kind === 'branch' && outcome === 'kept')).toMatchObject({
    why: 'it has commits that main has not',
    command: `git log main..${branch}`,
  });
  expect(report.items.find(({ kind }) => kind === 'records')).toMatchObject({ command: 'ralph-actors run' });
  expect(processesOf(run)).toEqual([]);
  expect(project.worktrees()).toEqual([project.root]);
  expect(existsSync(lock)).toBe(false);
  expect(project.git('show', `${branch}:half`)).toBe('not committed');
  expect(project.git('rev-list', '--count', `main..${branch}`)).toBe('2');

  // A second time there is nothing to do, and nothing is written.
  const after = treeHash(join(project.root, '.git'));
  expect(told(await asked(project))).toEqual([`kept branch ${branch}`, `kept records ${run}`]);
  expect(treeHash(join(project.root, '.git'))).toBe(after);

  // Merged by hand, the branch holds nothing any more; the branch that is kept comes back by its command.
  project.git('merge', '--quiet', '--no-edit', branch);
  const tip = project.tip(branch);
  const merged = await asked(project);
  expect(told(merged)).toEqual([`removed branch ${branch}`, `kept records ${run}`]);
  expect(merged.items[0]?.command).toBe(`git branch ${branch} ${tip}`);
  expect(project.branches()).toEqual(['main']);
});

test('a run goes on where it was cut off, also after a cleanup', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], others: WORK_WHEN_TOLD });
  const program = project.cli('run');
  const guest = await project.lobby.guest('a');
  program.kill('SIGKILL');
  await program.ended;
  await asked(project);
  await guest.gone;
  const live = await project.start();
  project.lobby.answer('a');
  const run = await live.over;
  expect(run.report).toMatchObject({ exitCode: 0, totals: { landed: 1 } });
  expectClean(project, run);
});

test('what an agent had finished when its run was cut off still lands after a cleanup, and is not paid for again', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }] });
  const { lobby } = project;
  const config = JSON.parse(project.read('.tf/ralph/config.json') ?? '{}') as Record<string, unknown>;
  const meet = `require('node:net').connect(${JSON.stringify(lobby.path)}).write('{"ticket":"gate"}\\n')`;
  project.writeConfig({ ...config, gates: [{ name: 'slow', command: [process.execPath, '-e', meet] }] });
  const program = project.cli('run');
  const gate = await lobby.guest('gate');
  program.kill('SIGKILL');
  await program.ended;
  project.writeConfig(config);

  const report = await asked(project);
  await gate.gone;
  expect(report.exitCode).toBe(0);
  expect(told(report).filter((line) => line.startsWith('removed worktree'))).toHaveLength(2);
  expect(project.worktrees()).toEqual([project.root]);
  const run = await project.run();
  expect(run.report).toMatchObject({ exitCode: 0, sessions: 0 });
  expect(project.git('show', 'main:work/a')).toBe('done by a');
  expect(project.branches()).toEqual(['main']);
});

test('keeps the records of a run for a week, or less long when asked, and follows no link', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }] });
  const { report, entries } = await project.run();
  const elsewhere = join(project.folder, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'precious'), '');
  symlinkSync(elsewhere, join(project.root, '.tf/ralph/runs/20200101-000000-link'));
  mkdirSync(join(project.root, '.tf/ralph/runs/20200101-000001-none'));
  const end = entries.at(-1)!.at;

  const young = await askedAt(project, end + WEEK_MS);
  expect(told(young)).toEqual([
    'kept records 20200101-000000-link',
    'removed records 20200101-000001-none',
    `kept records ${report.run}`,
  ]);
  const old = await askedAt(project, end + WEEK_MS + 1);
  expect(told(old)).toEqual(['kept records 20200101-000000-link', `removed records ${report.run}`]);
  expect(runsIn(project)).toEqual(['20200101-000000-link']);
  expect(existsSync(join(elsewhere, 'precious'))).toBe(true);

  project.write({
    '.tickets/b.md': (project.read('.tickets/a.md') ?? '')
      .replace('id: a', 'id: b')
      .replace('closed', 'open'),
  });
  const second = await project.run();
  expect(told(await askedAt(project, end, true))).toContain(`removed records ${second.report.run}`);
  expect(await askedAt(project, end, true)).toMatchObject({ exitCode: 0, items: [{ outcome: 'kept' }] });
});

test('touches nothing while a run is going on, and says which', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], others: WORK_WHEN_TOLD });
  const live = await project.start();
  const guest = await project.lobby.guest('a');
  const before = treeHash(project.folder);
  for (const args of [[], ['--dry-run'], ['--all']]) {
    const { exitCode, stdout, stderr } = await project.cli('cleanup', ...args).ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^ralph-actors: run ${live.run} \\(pid ${process.pid}\\) is running `));
  }
  expect(treeHash(project.folder)).toBe(before);
  guest.answer();
  const run = await live.over;
  expect(run.report).toMatchObject({ exitCode: 0 });
  expectClean(project, run);
});

test('leaves to people what is theirs, and what no commit can hold', async () => {
  const project = makeProject({
    tickets: [
      { id: 'fails', components: ['x'], priority: 0 },
      { id: 'nests', components: ['x'] },
    ],
    script: { nests: WORK_WHEN_TOLD, fails: [...WORK, { do: 'exit', code: 1 }] },
  });
  const program = project.cli('run');
  const guest = await project.lobby.guest('nests');
  const branches = () => project.branches().filter((name) => name.startsWith('ralph/fails/'));
  program.kill('SIGKILL');
  await program.ended;
  const nested = project.worktrees().find((path) => path.endsWith(guest.session))!;
  project.git('init', '--quiet', join(nested, 'inner'));
  writeFileSync(join(nested, 'inner/file'), '');
  const root = join(nested, '..');
  project.git('worktree', 'add', '--quiet', '-b', 'mine', join(root, 'mine'));
  const [failed = ''] = branches();
  project.git('worktree', 'add', '--quiet', join(project.folder, 'look'), failed);
  project.git('merge', '--quiet', '--no-edit', failed);
  project.git('branch', 'ralph/idea');

  const report = await asked(project, '--all');
  await guest.gone;
  const kept = report.items.filter(({ outcome }) => outcome === 'kept');
  expect(kept.map(({ kind, name, why, command }) => [kind, name, why, command])).toEqual(
    expect.arrayContaining([
      ['worktree', join(root, 'mine'), 'its name is none that a run gives', `ls -la ${join(root, 'mine')}`],
      ['worktree', nested, 'inner is a git repository of its own', `git -C ${nested} status`],
      [
        'branch',
        failed,
        `it is checked out in ${join(project.folder, 'look')}`,
        `git -C ${join(project.folder, 'look')} status`,
      ],
      ['branch', 'ralph/idea', 'its name is none that a run gives', 'git log main..ralph/idea'],
    ]),
  );
  expect(project.worktrees().toSorted()).toEqual(
    [project.root, nested, join(root, 'mine'), join(project.folder, 'look')].toSorted(),
  );
  expect(existsSync(join(nested, 'inner/file'))).toBe(true);
  expect(project.tip('mine')).not.toBeNull();
});

test('removes locks of the dead and damaged files that are old', async () => {
  const project = makeProject({ tickets: [] });
  const dead = JSON.stringify({ run: 'r', pid: 4_000_000, startTime: '1', bootId: 'another', host: '' });
  project.write({
    '.tf/ralph/lock': dead,
    '.tf/ralph/lock.r.4000000': dead,
    '.tf/ralph/lock.claim-0123': dead,
    [`.tf/ralph/lock.me.${process.pid}`]: '',
    '.tf/ralph/lock.damaged-0123': 'half a lo',
  });
  const at = (name: string): string => join(project.root, '.tf/ralph', name);
  const now = systemClock.nowMs();
  expect(told(await askedAt(project, now + 1))).toEqual([
    `removed lock ${at('lock')}`,
    `removed lock ${at('lock.claim-0123')}`,
    `removed lock ${at('lock.r.4000000')}`,
    `kept damaged ${at('lock.damaged-0123')}`,
  ]);
  expect(told(await askedAt(project, now + 2 * WEEK_MS))).toEqual([
    `removed damaged ${at('lock.damaged-0123')}`,
  ]);
  expect(readdirSync(at('.')).toSorted()).toEqual(['config.json', `lock.me.${process.pid}`]);
});

test('exits with 1 and names what could not be removed, and removes the rest', async () => {
  const project = makeProject({ tickets: [] });
  const branch = 'ralph/a/20260101-000000-aaaa-001';
  project.git('branch', branch);
  const odd = join(project.root, '.tf/ralph/lock.r.4000000');
  mkdirSync(odd, { recursive: true });
  const report = await asked(project);
  expect(told(report)).toEqual([`failed lock ${odd}`, `removed branch ${branch}`]);
  expect(report.exitCode).toBe(1);
});

test('a run deletes at its start the branches that were merged since', async () => {
  const project = makeProject({
    tickets: [{ id: 'fails' }],
    script: { fails: [...WORK, { do: 'exit', code: 1 }] },
  });
  const first = await project.run();
  const kept = project.branches().find((name) => name.startsWith('ralph/'))!;
  expectClean(project, first, { branches: [kept] });
  project.git('merge', '--quiet', '--no-edit', kept);
  const second = await project.run();
  expect(second.report.recoveryNotes).toEqual([`branches that were merged since were deleted: ${kept}`]);
  expect(project.branches()).not.toContain(kept);
});
