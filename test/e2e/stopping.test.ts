import { expect, test } from 'vitest';
import type { Step } from '../../src/demo/script.ts';
import { makeProject, processesOf, type TestProject } from '../support/e2e.ts';
import { gateInLobby } from '../support/lobby.ts';

const HALF: readonly Step[] = [
  { do: 'write', path: 'half', content: 'committed\n' },
  { do: 'commit', message: 'Half of {ticket}' },
  { do: 'write', path: 'half', content: 'not committed\n' },
];
const WAITS: readonly Step[] = [...HALF, { do: 'meet', at: 'half' }];
const INSISTS: readonly Step[] = [{ do: 'ignoreSigterm' }, ...WAITS, { do: 'hang' }];
const TICKETS = [
  { id: 'a', components: ['x'] },
  { id: 'b', components: ['y'] },
  { id: 'c', components: ['x', 'y'] },
];

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  '%s ends the run gracefully, keeps what the agents did, and gives exit code %i',
  async (signal, code) => {
    const project = makeProject({ tickets: TICKETS, others: WAITS });
    const process = project.cli('run', '--json');
    await Promise.all([project.lobby.guest('a'), project.lobby.guest('b')]);
    process.kill(signal);
    const { exitCode, stdout } = await process.ended;
    expect(exitCode).toBe(code);
    const report = JSON.parse(stdout) as unknown;
    expect(report).toMatchObject({
      exitCode: code,
      outcome: 'stopped',
      sessions: 2,
      totals: { ready: 3, failed: 0, blocked: 0 },
    });
    expectKept(project, ['a', 'b']);
  },
);

test('a second signal kills agents that do not end when they are asked to', async () => {
  const project = makeProject({
    tickets: TICKETS,
    others: INSISTS,
    config: { gracePeriodMs: 600_000 },
  });
  const program = project.cli('run');
  const guests = await Promise.all([project.lobby.guest('a'), project.lobby.guest('b')]);
  for (const guest of guests) guest.answer();
  program.kill('SIGINT');
  await program.says('asked to end');
  program.kill('SIGINT');
  expect((await program.ended).exitCode).toBe(130);
  expectKept(project, ['a', 'b']);
});

test('a second signal ends a gate too, and what it judged stays on its branch', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }] });
  const { lobby } = project;
  project.writeConfig({ ...project.config, gates: [gateInLobby(lobby)] });
  const program = project.cli('run', '--json');
  const gate = await lobby.guest('gate');
  program.kill('SIGINT');
  await program.says('asked to end');
  program.kill('SIGTERM');
  const { exitCode, stdout } = await program.ended;
  await gate.gone;
  expect(exitCode).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'stopped',
    tickets: [{ id: 'a', ending: 'rejected', reason: 'gate "slow" was ended: the run is ending' }],
  });
  expect(project.branches()).toEqual(['main', expect.stringMatching(/^ralph\/a\//)]);
  expect(project.worktrees()).toEqual([project.root]);
});

test('a signal while a run recovers an earlier one lets it put that right, and starts nothing', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], others: WAITS, config: { guardian: false } });
  const cutOff = project.cli('run');
  const guest = await project.lobby.guest('a');
  cutOff.kill('SIGKILL');
  await cutOff.ended;
  const live = await project.start();
  live.stop({ kind: 'signal', signal: 'SIGTERM' });
  const { report } = await live.over;
  await guest.gone;
  expect(report).toMatchObject({ outcome: 'stopped', exitCode: 143, sessions: 0 });
  expect(report.recoveryNotes).toContainEqual(expect.stringMatching(/: ended 1 of 1 processes$/));
  expectKept(project, ['a']);
});

test('with --drain the first signal lets the agents finish, and dispatches no more', async () => {
  const project = makeProject({
    tickets: TICKETS,
    others: [
      { do: 'meet', at: 'work' },
      { do: 'write', path: 'work/{ticket}', content: 'done\n' },
    ],
  });
  const program = project.cli('run', '--drain');
  const guests = await Promise.all([project.lobby.guest('a'), project.lobby.guest('b')]);
  program.kill('SIGTERM');
  await program.says('draining');
  for (const guest of guests) guest.answer();
  expect((await program.ended).exitCode).toBe(143);
  expect(['a', 'b', 'c'].map((id) => project.statusOf(id))).toEqual(['closed', 'closed', 'open']);
  expect(project.git('status', '--porcelain')).toBe('');
  expect(project.branches()).toEqual(['main']);
});

/** Every one of these tickets has a branch with all that its agent did, and nothing else is left. */
function expectKept(project: TestProject, tickets: readonly string[]): void {
  expect(project.branches().map((branch) => branch.split('/').slice(0, 2).join('/'))).toEqual([
    'main',
    ...tickets.map((id) => `ralph/${id}`),
  ]);
  for (const branch of project.branches().slice(1)) {
    expect(project.git('show', `${branch}:half`)).toBe('not committed');
    expect(project.git('rev-list', '--count', `main..${branch}`)).toBe('2');
  }
  expect(project.git('status', '--porcelain')).toBe('');
  expect(project.worktrees()).toEqual([project.root]);
  expect(project.records().flatMap(({ session }) => processesOf(session))).toEqual([]);
}
