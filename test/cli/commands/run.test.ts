import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { run, type RunArguments } from '../../../src/cli/commands/run.ts';
import type { RunReport } from '../../../src/domain/run-report.ts';
import { makeProject, ticketText, WORK_WHEN_TOLD, type TestProject } from '../../support/e2e.ts';
import { fakeIo, type FakeIo } from '../../support/fake-io.ts';
import { makeRepo } from '../../support/repo.ts';
import { fakeTerminal } from '../../support/terminal.ts';
import { treeHash } from '../../support/tree-hash.ts';

function ioOf(project: TestProject, given: Parameters<typeof fakeIo>[1] = {}): FakeIo {
  return fakeIo(project.root, { env: project.env, ...given });
}

const args = (given: Partial<RunArguments> = {}): RunArguments => ({ tickets: [], ...given });

const PROMISE = '<promise>COMPLETE</promise>\n';

describe('run', () => {
  test('merges the backlog, reports on stdout and promises completion in the last line', async () => {
    const project = makeProject({
      tickets: [
        { id: 'a', components: ['x'] },
        { id: 'b', components: ['y'], deps: ['a'] },
      ],
    });
    const io = ioOf(project);
    expect(await run(args(), io)).toBe(0);
    expect(io.out()).toContain('all 2 tickets landed on main');
    expect(io.out().endsWith(`\n${PROMISE}`)).toBe(true);
    expect(project.read('work/b')).toBe('done by b\n');
    expect(project.git('status', '--porcelain')).toBe('');
  });

  test('tells its progress on stderr, a line an entry: time, level, fields, message', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }] });
    const io = ioOf(project);
    await run(args(), io);
    const lines = io.err().trimEnd().split('\n');
    expect(lines.filter((line) => !/^[-\dT:]+Z \| (INFO|WARN|ERROR) \| .* \| .+$/.test(line))).toEqual([]);
    expect(lines.at(0)).toMatch(
      / \| run=\S+ target=main workers=4 tickets=1 \| run started: 1 ticket to do$/,
    );
    expect(lines.at(-1)).toMatch(/ exitCode=0 landed=1 .* \| run finished$/);
  });

  test('prints one JSON document with --json, and nothing else on stdout', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }] });
    const io = ioOf(project);
    expect(await run(args({ json: true }), io)).toBe(0);
    expect(JSON.parse(io.out()) as RunReport).toMatchObject({
      reportVersion: 1,
      outcome: 'complete',
      exitCode: 0,
      tickets: [{ id: 'a', standing: 'landed' }],
    });
  });

  test('exits with 1 and promises nothing when a ticket failed', async () => {
    const project = makeProject({
      tickets: [{ id: 'a' }, { id: 'b', deps: ['a'] }],
      script: { a: [{ do: 'exit', code: 3 }] },
    });
    const io = ioOf(project);
    expect(await run(args(), io)).toBe(1);
    expect(io.out()).toContain('0 of 2 tickets landed');
    expect(io.out()).not.toContain('<promise>');
  });

  test('promises nothing when tickets that nobody asked for are open', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }, { id: 'b' }] });
    const io = ioOf(project);
    expect(await run(args({ tickets: ['a'] }), io)).toBe(0);
    expect(io.out()).toContain('the one ticket landed');
    expect(io.out()).not.toContain('<promise>');
    expect(project.statusOf('b')).toBe('open');
  });

  test('promises nothing when promiseOnComplete is off', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }], config: { promiseOnComplete: false } });
    const io = ioOf(project);
    expect(await run(args(), io)).toBe(0);
    expect(io.out()).not.toContain('<promise>');
  });

  test('obeys flags before the configuration file', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
    const io = ioOf(project);
    project.git('branch', 'release');
    const flags = { parallel: '2', target: 'release', maxIterations: '2', timeout: '60000' };
    expect(await run(args({ ...flags, json: true }), io)).toBe(4);
    expect(JSON.parse(io.out())).toMatchObject({
      target: 'release',
      workers: 2,
      sessions: 2,
      outcome: 'budgetSpent',
      stop: { kind: 'budget', limit: 2 },
    });
  });

  test('runs the agent that --agent-command names', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }] });
    const script = `require('fs').writeFileSync('by-{ticket}', process.argv[1])`;
    const io = ioOf(project);
    expect(await run(args({ agentCommand: [process.execPath, '-e', script, '{title}'] }), io)).toBe(0);
    expect(project.read('by-a')).toBe('Do a');
  });
});

describe('how much run tells', () => {
  test('is nothing but the result with --quiet', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }] });
    const io = ioOf(project);
    await run(args({ quiet: true }), io);
    expect(io.err()).toBe('');
    expect(io.out()).toContain('landed on main');
  });

  test('is what went wrong, still, with --quiet', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }], others: [{ do: 'exit', code: 1 }] });
    const io = ioOf(project);
    await run(args({ quiet: true }), io);
    expect(io.err()).toMatch(/^\S+ \| ERROR \| ticket=a ending=failed attempts=1 \| given up: [^\n]+\n$/);
  });

  test('is every entry, and every setting without effect, with --verbose', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }], config: { sleepBetweenTickets: 1 } });
    const io = ioOf(project);
    await run(args({ verbose: true }), io);
    expect(io.err()).toContain(
      'ralph-actors: note: sleepBetweenTickets (file .tf/ralph/config.json): no effect here: a worker',
    );
    expect(io.err()).toMatch(/ \| DEBUG \| .* \| merging\n/);
  });

  test('is a view in a terminal, which gives the cursor back', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }, { id: 'b' }] });
    const terminal = fakeTerminal();
    const io = ioOf(project, { stderr: terminal });
    expect(await run(args(), io)).toBe(0);
    expect(terminal.isCursorShown).toBe(true);
    expect(terminal.lines().map((line) => line.slice(0, 17))).toEqual([
      expect.stringMatching(/^ ✓ [ab] +landed/),
      expect.stringMatching(/^ ✓ [ab] +landed/),
    ]);
  });

  test.each([
    ['--json', args({ json: true }), {}],
    ['a terminal that cannot move its cursor', args(), { TERM: 'dumb' }],
  ])('is plain lines in a terminal with %s', async (_case, given, env) => {
    const project = makeProject({ tickets: [{ id: 'a' }] });
    const terminal = fakeTerminal();
    await run(given, ioOf(project, { stderr: terminal, env: { ...project.env, ...env } }));
    expect(terminal.lines().at(-1)).toMatch(/ \| run finished$/);
  });
});

describe('run, told to end', () => {
  const waiting = () =>
    makeProject({
      tickets: [
        { id: 'a', components: ['x'] },
        { id: 'b', components: ['y'] },
        { id: 'c', components: ['x'] },
      ],
      others: WORK_WHEN_TOLD,
    });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s asks its agents to end and exits with %i', async (signal, code) => {
    const project = waiting();
    const io = ioOf(project);
    const ended = run(args(), io);
    await project.lobby.guests(2);
    io.signal(signal);
    expect(await ended).toBe(code);
    expect(io.err()).toContain('ralph-actors: stopping: 2 sessions asked to end, grace 10s; again to kill\n');
    expect(io.out()).toContain(`ended by ${signal}`);
    expect(io.signal(signal)).toBe(false);
    expect(project.branches()).toEqual(['main']);
  });

  test('lets its agents finish with --drain, and starts no other', async () => {
    const project = waiting();
    const io = ioOf(project);
    const ended = run(args({ drain: true }), io);
    const guests = await project.lobby.guests(2);
    io.signal('SIGTERM');
    for (const guest of guests) guest.answer();
    expect(await ended).toBe(143);
    expect(project.read('work/a')).not.toBeNull();
    expect(project.read('work/b')).not.toBeNull();
    expect(project.read('work/c')).toBeNull();
  });

  test('twice kills agents that do not care, without waiting for the grace period', async () => {
    const project = makeProject({
      tickets: [{ id: 'a' }],
      others: [{ do: 'ignoreSigterm' }, { do: 'meet', at: 'work' }, { do: 'hang' }],
      config: { gracePeriodMs: 3_600_000 },
    });
    const io = ioOf(project);
    const ended = run(args(), io);
    await project.lobby.guest('a');
    io.signal('SIGTERM');
    io.signal('SIGTERM');
    expect(await ended).toBe(143);
  });
});

describe('run, when it cannot start', () => {
  test('says every reason in a line of its own, exits with 2 and writes nothing', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }] });
    const before = treeHash(project.root);
    const io = ioOf(project);
    expect(await run(args({ parallel: 'many', timeout: '-1', target: '' }), io)).toBe(2);
    expect(io.err()).toBe(
      [
        'ralph-actors: --parallel: it must be a whole number from 1 to 64, not "many"',
        'ralph-actors: --timeout: it must be milliseconds from 0 to 2147483647, not -1',
        'ralph-actors: --target: it must be a text that is not empty, or null, not ""',
        '',
      ].join('\n'),
    );
    expect(io.out()).toBe('');
    expect(treeHash(project.root)).toBe(before);
  });

  test.each([
    ['an unknown ticket', args({ tickets: ['b'] }), /^ralph-actors: there is no ticket b in \.tickets/],
    ['an unknown branch', args({ target: 'mian' }), /^ralph-actors: there is no branch "mian"; the nearest/],
    [
      'an agent that is not there',
      args({ agentCommand: ['no-such-agent', '{ticket}'] }),
      /^ralph-actors: the agent cannot be started: "no-such-agent" is in no folder of PATH/,
    ],
    [
      'an agent command that cannot be read',
      args({ agentCommand: [`node 'agent`] }),
      /^ralph-actors: --agent-command: a quote in .* is not closed\n$/,
    ],
  ])('for %s exits with 2 and writes nothing', async (_case, given, reason) => {
    const project = makeProject({ tickets: [{ id: 'a' }] });
    const before = treeHash(project.folder);
    const io = ioOf(project);
    expect(await run(given, io)).toBe(2);
    expect(io.err()).toMatch(reason);
    expect(io.err().trimEnd().split('\n')).toHaveLength(1);
    expect(treeHash(project.folder)).toBe(before);
  });

  test('for want of tickets or of a repository names what is missing', async () => {
    const repo = makeRepo();
    const noTickets = fakeIo(repo.root);
    expect(await run(args(), noTickets)).toBe(2);
    expect(noTickets.err()).toMatch(/^ralph-actors: there is no tickets folder at /);
    const noRepository = fakeIo(repo.folder);
    expect(await run(args(), noRepository)).toBe(2);
    expect(noRepository.err()).toMatch(/ is not in a git repository \(\.git missing\): /);
  });

  test('for another run that is under way exits with 2 and leaves that one alone', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }], others: WORK_WHEN_TOLD });
    const first = run(args(), ioOf(project));
    const guest = await project.lobby.guest('a');
    const io = ioOf(project);
    expect(await run(args(), io)).toBe(2);
    expect(io.err()).toMatch(/^ralph-actors: run \S+ \(pid \d+\) is running and holds /);
    guest.answer();
    expect(await first).toBe(0);
  });
});

describe('run --dry-run', () => {
  test('shows the plan and writes nothing, not even into .git', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }, { id: 'b', deps: ['a'] }] });
    // A file whose time has changed makes `git status` want to write the index.
    execFileSync('touch', ['-d', '2001-01-01', join(project.root, 'README.md')]);
    const before = treeHash(project.folder);
    const io = ioOf(project);
    expect(await run(args({ dryRun: true }), io)).toBe(0);
    expect(io.out()).toContain('b       Do b');
    expect(treeHash(project.folder)).toBe(before);
  });

  test('makes no .tf where there is none', async () => {
    const repo = makeRepo({ files: { '.tickets/a.md': ticketText({ id: 'a' }) } });
    const io = fakeIo(repo.root);
    expect(await run(args({ dryRun: true, agentCommand: [process.execPath] }), io)).toBe(0);
    expect(existsSync(join(repo.root, '.tf'))).toBe(false);
  });

  test('finds out that the agent is not there, as a run would', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }], config: { agent: { command: ['nobody'] } } });
    expect(await run(args({ dryRun: true }), ioOf(project))).toBe(2);
  });
});
