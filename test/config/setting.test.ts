import { describe, expect, test } from 'vitest';
import { describeProblem } from '../../src/config/problem.ts';
import { readSetting, type ConfigSource } from '../../src/config/setting.ts';

const FILE: ConfigSource = { kind: 'file', file: 'c.json', block: null };

function inFile(key: string, value: unknown) {
  return readSetting({ source: FILE, key, value });
}

function problems(source: ConfigSource, key: string, value: unknown): string[] {
  const reading = readSetting({ source, key, value });
  return reading.ok ? [] : reading.problems.map(describeProblem);
}

describe('a setting in a file', () => {
  test.each([
    ['parallelWorkers', 64],
    ['maxIterations', 0],
    ['gracePeriodMs', 0],
    ['stallTimeoutMs', 2_147_483_647],
    ['parallelWorktreesDir', '.tf/ralph/worktrees'],
    ['parallelWorktreesDir', null],
    ['workflowFlags', ''],
    ['logLevel', 'debug'],
    ['agent', null],
    ['agent', { command: ['my-agent', '{ticket}', ''] }],
    ['environment', { pass: ['AWS_*', 'DEBUG'] }],
    ['gates', [{ name: 'test', command: ['npm', 'test'], timeoutMs: 1 }]],
  ])('is taken as it is: %s %j', (key, value) => {
    expect(inFile(key, value)).toEqual({ ok: true, key, value });
  });

  test('gets the parts that it leaves out', () => {
    expect(inFile('gates', [{ name: 'test', command: ['npm', 'test'] }])).toMatchObject({
      value: [{ name: 'test', command: ['npm', 'test'], timeoutMs: 600_000 }],
    });
    expect(inFile('interactiveShell', { enabled: false })).toMatchObject({
      value: { enabled: false, mode: 'dispatch' },
    });
  });

  test('may ask for no deadline and gets the longest there is, because no session goes without one', () => {
    expect(inFile('attemptTimeoutMs', 0)).toMatchObject({ value: 2_147_483_647 });
    expect(inFile('parallelDispatchTimeoutMs', 0)).toMatchObject({ value: 2_147_483_647 });
  });

  test.each([
    ['parallelWorker', 4, 'c.json: unknown key "parallelWorker" - did you mean "parallelWorkers"?'],
    ['parallel_workers', 4, 'c.json: unknown key "parallel_workers" - did you mean "parallelWorkers"?'],
    ['hooks', {}, 'c.json: unknown key "hooks" - the nearest valid key is "gates"'],
    ['__proto__', 1, 'c.json: unknown key "__proto__" - the nearest valid key is "agent"'],
    ['parallelWorkers', 0, 'c.json: "parallelWorkers" must be a whole number from 1 to 64, not 0'],
    ['parallelWorkers', 1.5, 'c.json: "parallelWorkers" must be a whole number from 1 to 64, not 1.5'],
    ['parallelWorkers', '4', 'c.json: "parallelWorkers" must be a whole number from 1 to 64, not "4"'],
    ['promiseOnComplete', 'yes', 'c.json: "promiseOnComplete" must be true or false, not "yes"'],
    ['workflow', null, 'c.json: "workflow" must be a text, not null'],
    ['targetBranch', '', 'c.json: "targetBranch" must be a text that is not empty, or null, not ""'],
    ['gracePeriodMs', -1, 'c.json: "gracePeriodMs" must be milliseconds from 0 to 2147483647, not -1'],
    [
      'attemptTimeoutMs',
      3_000_000_000,
      'c.json: "attemptTimeoutMs" must be milliseconds from 0 to 2147483647 (24.8 days: a longer timer fires at once), not 3000000000',
    ],
    [
      'logLevel',
      'verbos',
      'c.json: "logLevel" must be one of quiet, normal, verbose, debug, not "verbos" - did you mean "verbose"?',
    ],
    [
      'logLevel',
      'constructor',
      'c.json: "logLevel" must be one of quiet, normal, verbose, debug, not "constructor"',
    ],
    [
      'executionBackend',
      'interactive',
      'c.json: "executionBackend" must be one of dispatch, subprocess, not "interactive" - interactive sessions are not available: agents run without a terminal',
    ],
    [
      'agent',
      'claude',
      'c.json: "agent" must be {"command": [program, argument, ...]} or null, not "claude"',
    ],
    [
      'agent',
      { command: 'claude' },
      'c.json: "agent.command" must be a list of texts: the program, then its arguments, not "claude"',
    ],
    ['agent', { command: [''] }, 'c.json: "agent.command[0]" must be the name of a program, not ""'],
    [
      'environment',
      { pass: ['*'] },
      'c.json: "environment.pass[0]" must be a name of a variable, or the beginning of names followed by "*", not "*"',
    ],
    [
      'interactiveShell',
      { enable: true },
      'c.json: unknown key "interactiveShell.enable" - did you mean "enabled"?',
    ],
  ])('is refused with the reason and what was meant: %s %j', (key, value, message) => {
    expect(problems(FILE, key, value)).toEqual([message]);
  });

  test('is refused for everything that is wrong in it', () => {
    expect(
      problems(FILE, 'gates', [
        { name: 'a', command: [], timeout: 1 },
        { command: ['x'], timeoutMs: 0 },
      ]),
    ).toEqual([
      'c.json: "gates[0].command[0]" must be the name of a program, and is missing',
      'c.json: unknown key "gates[0].timeout" - did you mean "timeoutMs"?',
      'c.json: "gates[1].name" must be a text that is not empty, and is missing',
      'c.json: "gates[1].timeoutMs" must be milliseconds from 1 to 2147483647, not 0',
    ]);
  });

  test('is not shown in full when it is long', () => {
    const [message] = problems(FILE, 'agent', 'x'.repeat(500));
    expect(message).toHaveLength(155);
  });
});

describe('a setting in a variable or a flag', () => {
  const env: ConfigSource = { kind: 'env', variable: 'RALPH_X' };

  test.each([
    ['parallelWorkers', ' 8 ', 8],
    ['promiseOnComplete', '0', false],
    ['promiseOnComplete', 'Yes', true],
    ['logLevel', 'quiet', 'quiet'],
    ['workflow', '1', '1'],
    ['targetBranch', 'main', 'main'],
    ['attemptTimeoutMs', '0', 2_147_483_647],
  ])('may say its value as a text: %s %j', (key, written, value) => {
    expect(readSetting({ source: env, key, value: written })).toEqual({ ok: true, key, value });
    expect(readSetting({ source: { kind: 'flag', flag: '--x' }, key, value: written })).toEqual({
      ok: true,
      key,
      value,
    });
  });

  test('is refused under the name by which it was set', () => {
    expect(problems(env, 'parallelWorkers', 'many')).toEqual([
      'RALPH_X: it must be a whole number from 1 to 64, not "many"',
    ]);
    expect(problems(env, 'promiseOnComplete', 'constructor')).toEqual([
      'RALPH_X: it must be true or false, not "constructor"',
    ]);
    expect(problems({ kind: 'flag', flag: '--parallel' }, 'parallelWorkers', 100)).toEqual([
      '--parallel: it must be a whole number from 1 to 64, not 100',
    ]);
    expect(problems({ kind: 'flag', flag: '--agent-command' }, 'agent', { command: [] })).toEqual([
      '--agent-command: "agent.command[0]" must be the name of a program, and is missing',
    ]);
  });
});
