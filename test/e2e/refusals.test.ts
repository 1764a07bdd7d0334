import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectClean, makeProject, ticketText, WORK_WHEN_TOLD, type TestProject } from '../support/e2e.ts';
import { treeHash } from '../support/tree-hash.ts';

const ONE = [{ id: 'a' }];

test('lands what it can and says what waits in a cycle or for nothing, with exit code 3', async () => {
  const project = makeProject({
    tickets: [
      { id: 'fine' },
      { id: 'egg', deps: ['hen'] },
      { id: 'hen', deps: ['egg'] },
      { id: 'chick', deps: ['egg'] },
      { id: 'lonely', deps: ['nobody'] },
    ],
  });
  const { exitCode, stdout, stderr } = await project.cli('run').ended;
  expect(exitCode).toBe(3);
  expect(project.statusOf('fine')).toBe('closed');
  expect(stdout).toMatch(/egg +blocked[^]*dependency cycle egg -> hen -> egg/);
  expect(stdout).toMatch(/lonely +blocked[^]*its dependency nobody does not exist/);
  expect(stdout).not.toContain('<promise>COMPLETE</promise>');
  expect(stderr).toContain('| run finished');
});

test('blocks tickets whose files are bad, names each with its reason, and lands the rest', async () => {
  const project = makeProject({
    tickets: [{ id: 'fine' }, { id: 'twice' }],
    files: {
      '.tickets/again.md': ticketText({ id: 'twice' }),
      '.tickets/broken.md': '---\nid: broken\nstatus: [open\n---\n# Broken\n',
      '.tickets/unsafe.md': ticketText({ id: '../x' }),
    },
  });
  const { exitCode, stdout } = await project.cli('run').ended;
  expect(exitCode).toBe(1);
  expect(stdout).toContain('1 of 4 tickets landed on main');
  expect(stdout).toContain('unsafe.md: the id "../x" cannot be used');
  expect(stdout).toContain('broken.md: the front matter is not valid YAML, line 4');
  expect(stdout).toContain('duplicate id: again.md and twice.md have');
  expect(project.statusOf('fine')).toBe('closed');
  expect(project.statusOf('twice')).toBe('open');
  expect(readdirSync(project.folder).sort()).toEqual([
    'agents.jsonl',
    'lobby',
    'repo',
    'script.json',
    'state',
  ]);
});

test.each([
  ['an unknown key', { parallelWorker: 2 }, /parallelWorker.*parallelWorkers/],
  [
    'an unknown word',
    { executionBackend: 'tmux' },
    /"executionBackend" must be one of dispatch, subprocess, not "tmux"/,
  ],
  ['a backend that is not there', { executionBackend: 'interactive' }, /executionBackend.*interactive/],
  ['a missing agent', { agent: { command: ['no-such-agent'] } }, /"no-such-agent" is in no folder of PATH/],
  ['a missing branch', { targetBranch: 'mian' }, /no branch "mian"; the nearest one is "main"/],
])('refuses to start with %s in the configuration, and writes nothing', async (_name, config, reason) => {
  const project = makeProject({ tickets: ONE, config });
  await expectRefusal(project, reason);
});

test('refuses to start where the configuration is no JSON, and says where', async () => {
  const project = makeProject({ tickets: ONE });
  project.write({ '.tf/ralph/config.json': '{\n  "parallelWorkers": 2,,\n}\n' });
  await expectRefusal(project, /config\.json.*line 2/);
});

test('refuses to start without a repository, and writes nothing', async () => {
  const project = makeProject({ tickets: ONE });
  renameSync(join(project.root, '.git'), join(project.folder, 'gone.git'));
  await expectRefusal(project, /is not in a git repository \(\.git missing\)/);
});

test('refuses to start without tickets, and for a ticket that is not there', async () => {
  const project = makeProject({ tickets: ONE });
  await expectRefusal(project, /there is no ticket b in \.tickets/, ['run', 'b']);
  renameSync(join(project.root, '.tickets'), join(project.folder, '.tickets'));
  await expectRefusal(project, /\.tickets/);
});

test('refuses a second run in the same repository and leaves the first alone', async () => {
  const project = makeProject({ tickets: ONE, others: WORK_WHEN_TOLD });
  const live = await project.start();
  const guest = await project.lobby.guest('a');
  const { exitCode, stdout, stderr } = await project.cli('run').ended;
  expect(stderr).toContain(`run ${live.run} (pid ${process.pid}) is running`);
  expect(stdout).toBe('');
  expect(exitCode).toBe(2);
  expect(readdirSync(join(project.root, '.tf/ralph')).sort()).toEqual(['config.json', 'lock', 'runs']);
  expect(readdirSync(join(project.root, '.tf/ralph/runs'))).toEqual([live.run]);
  guest.answer();
  const run = await live.over;
  expect(run.report.exitCode).toBe(0);
  expectClean(project, run);
});

test.each(['run --dry-run', 'plan', 'status', 'config'])('`%s` writes nothing', async (command) => {
  const project = makeProject({ tickets: [{ id: 'a' }, { id: 'b', deps: ['a'] }] });
  const before = treeHash(project.folder);
  const { exitCode, stdout } = await project.cli(...command.split(' ')).ended;
  expect(exitCode).toBe(0);
  expect(stdout).not.toBe('');
  expect(treeHash(project.folder)).toBe(before);
});

async function expectRefusal(
  project: TestProject,
  reason: RegExp,
  args: readonly string[] = ['run'],
): Promise<void> {
  const before = treeHash(project.folder);
  const { exitCode, stdout, stderr } = await project.cli(...args).ended;
  expect(stderr).toMatch(reason);
  expect(stdout).toBe('');
  expect(exitCode).toBe(2);
  expect(treeHash(project.folder)).toBe(before);
}
