import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { commandAgent } from '../../src/agents/command-agent.ts';
import { piAgent } from '../../src/agents/pi-agent.ts';

const ASSIGNMENT = {
  ticket: 't-1',
  title: 'Say "hi"; rm -rf /',
  prompt: 'Do {ticket}\nwell',
  worktree: '/w/a b',
  session: 'r-001',
  attempt: 2,
};

describe('a command agent', () => {
  test('replaces each placeholder in place, and keeps arguments whole', () => {
    expect(
      argv(['my-agent', '--ticket={ticket}', '{title}', '{prompt}', '{worktree}/x', '{session}:{attempt}']),
    ).toEqual(['my-agent', '--ticket=t-1', 'Say "hi"; rm -rf /', 'Do {ticket}\nwell', '/w/a b/x', 'r-001:2']);
  });

  test('leaves braces alone that hold no single word', () => {
    const command = ['a', '{}', '{"json": {"a": 1}}', '{1}', '{ ticket }', '{a,b}', '$&', '{{ticket}}'];
    expect(argv(command)).toEqual([...command.slice(0, -1), '{t-1}']);
  });

  test.prop([fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })])(
    'replaces in one pass, whatever the title and the prompt say',
    (title, prompt) => {
      const made = commandAgent(['a', '{title}|{prompt}']);
      expect(made.kind === 'agent' && made.agent.argv({ ...ASSIGNMENT, title, prompt })).toEqual([
        'a',
        `${title}|${prompt}`,
      ]);
    },
  );

  test.each([
    [
      ['a', '--id={tickets}'],
      /\{tickets\}, which is no placeholder; there are \{ticket\} \{title\} .*\{attempt\}/,
    ],
    [['a', '{Ticket}'], /\{Ticket\}, which is no placeholder/],
    [['{worktree}/agent'], /may not contain a placeholder/],
    [[], /is empty/],
    [[' '], /is empty/],
  ])('refuses %j', (command, reason) => {
    expect(commandAgent(command)).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(reason) as unknown,
    });
  });
});

describe('the pi agent', () => {
  test('is called as pi-ticketflow calls it, with the prompt as one argument', () => {
    const agent = piAgent({ workflow: '/tf', workflowFlags: '--auto' });
    expect(agent.argv(ASSIGNMENT)).toEqual(['pi', '-p', '/tf t-1 --auto']);
  });

  test('has no trailing space without flags', () => {
    expect(piAgent({ workflow: '/tf ', workflowFlags: '' }).argv(ASSIGNMENT)).toEqual([
      'pi',
      '-p',
      '/tf t-1',
    ]);
  });
});

describe('the verdict on an exit', () => {
  const { verdict } = piAgent({ workflow: '/tf', workflowFlags: '' });

  test.each([
    [{ code: 0, signal: null, outputTail: 'error: not really\n' }, { outcome: 'succeeded' }],
    [
      { code: 3, signal: null, outputTail: '' },
      { outcome: 'failed', reason: 'exit code 3' },
    ],
    [
      { code: 3, signal: null, outputTail: 'trying\n\u001b[31mno key\u001b[0m\n\n' },
      { outcome: 'failed', reason: 'exit code 3: no key' },
    ],
    [
      { code: null, signal: 'SIGSEGV', outputTail: '' },
      { outcome: 'failed', reason: 'killed by SIGSEGV' },
    ],
    [
      { code: null, signal: 'SIGKILL', outputTail: 'compiling' },
      { outcome: 'failed', reason: 'killed by SIGKILL: compiling' },
    ],
    [
      { code: null, signal: null, outputTail: '' },
      { outcome: 'failed', reason: 'exit code unknown' },
    ],
  ])('%j is %j', (exit, expected) => {
    expect(verdict(exit)).toEqual(expected);
  });
});

function argv(command: readonly string[]): readonly string[] {
  const made = commandAgent(command);
  if (made.kind === 'refused') throw new Error(made.reason);
  return made.agent.argv(ASSIGNMENT);
}
