import { describe, expect, test } from 'vitest';

import { createProgram } from '../../src/cli/program.ts';
import { ticketText } from '../support/e2e.ts';
import { fakeIo } from '../support/fake-io.ts';
import { makeRepo } from '../support/repo.ts';

async function asked(args: readonly string[], cwd = '/nowhere') {
  const io = fakeIo(cwd);
  const code = await createProgram(io).run(args);
  return { code, out: io.out(), err: io.err() };
}

describe('the program', () => {
  test.each([
    [['rnu'], "ralph-actors: unknown command 'rnu'\n(Did you mean run?)\n"],
    [['run', '--paralel', '4'], "ralph-actors: unknown option '--paralel'\n(Did you mean --parallel?)\n"],
    [['run', '--parallel'], "ralph-actors: option '--parallel <n>' argument missing\n"],
    [
      ['run', '--agent-command', '--json'],
      "ralph-actors: option '--agent-command <word...>' argument missing\n",
    ],
    [
      ['run', '--quiet', '--verbose'],
      "ralph-actors: option '--quiet' cannot be used with option '--verbose'\n",
    ],
    [
      ['plan', '--limit', 'all'],
      "ralph-actors: option '--limit <n>' argument 'all' is invalid. It must be a whole number.\n",
    ],
    [
      ['plan', '--default-duration', '-1'],
      "ralph-actors: option '--default-duration <seconds>' argument '-1' is invalid. It must be a number of seconds.\n",
    ],
    [['status', 'last'], "ralph-actors: too many arguments for 'status'. Expected 0 arguments but got 1.\n"],
  ])('refuses %j in words, with exit code 2', async (args, err) => {
    expect(await asked(args)).toEqual({ code: 2, out: '', err });
  });

  test('tells what it can do when it is asked for nothing, with exit code 2', async () => {
    const { code, out, err } = await asked([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^Usage: ralph-actors /);
  });

  test.each([['run'], ['plan'], ['status'], ['config'], ['init'], ['cleanup'], ['demo'], ['verify']])(
    'helps with %s on stdout, with exit code 0',
    async (name) => {
      const { code, out, err } = await asked([name, '--help']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(new RegExp(`^Usage: ralph-actors ${name} `));
      expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
      expect(await asked(['help', name])).toEqual({ code: 0, out, err: '' });
    },
  );

  test('hands the words of the agent and the tickets to the run, each to its place', async () => {
    const tickets = ['t1', 't2', 't3'].map((id) => [`.tickets/${id}.md`, ticketText({ id })]);
    const repo = makeRepo({ files: Object.fromEntries(tickets) as Record<string, string> });
    const line = 'run --dry-run --json --agent-command node -p agent.js {ticket} --parallel 2 -- t1 t2';
    const { code, out } = await asked(line.split(' '), repo.root);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      workers: 2,
      totals: { eligible: 2, excluded: 1 },
      starts: [{ ticket: 't1' }, { ticket: 't2' }],
    });
  });
});
