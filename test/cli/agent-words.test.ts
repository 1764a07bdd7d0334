import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';

import { agentArgv, tieAgentWords } from '../../src/cli/agent-words.ts';

const isOption = (word: string): boolean => /^--(parallel|json|help|agent-command)(=|$)/s.test(word);
const tied = (line: string): readonly string[] => tieAgentWords(line.split(' '), isOption);

describe('the words of an agent on the command line', () => {
  test('end at the dash-dash, after which tickets come', () => {
    expect(tied('run --agent-command node agent.js {ticket} -- t1 t2')).toEqual([
      'run',
      '--agent-command=node',
      '--agent-command=agent.js',
      '--agent-command={ticket}',
      '--',
      't1',
      't2',
    ]);
  });

  test('end at the next option of the command, and may have options of their own', () => {
    expect(tied('run --agent-command claude -p --model=x {prompt} --parallel 4 t1')).toEqual([
      'run',
      '--agent-command=claude',
      '--agent-command=-p',
      '--agent-command=--model=x',
      '--agent-command={prompt}',
      '--parallel',
      '4',
      't1',
    ]);
  });

  test('end at an option that is written with its value', () => {
    expect(tied('run --agent-command a -p --parallel=4')).toEqual([
      'run',
      '--agent-command=a',
      '--agent-command=-p',
      '--parallel=4',
    ]);
  });

  test('are missing when the flag stands alone, which is for the parser to say', () => {
    for (const line of ['run --agent-command', 'run --agent-command --json', 'run --agent-command -- t1']) {
      expect(tied(line)).toEqual(['run', '--agent-command']);
    }
  });

  test('after the dash-dash are no words of an agent', () => {
    expect(tied('run -- --agent-command x')).toEqual(['run', '--', '--agent-command', 'x']);
  });
});

describe('the argv of an agent', () => {
  test('is the words as they are when there are several', () => {
    expect(agentArgv(['node', 'my agent.js', '"{title}"'])).toEqual({
      ok: true,
      argv: ['node', 'my agent.js', '"{title}"'],
    });
  });

  test.each([
    ['my-agent', ['my-agent']],
    ['  claude  -p {prompt} ', ['claude', '-p', '{prompt}']],
    [`a 'b c' "d \\"e\\" $HOME" f\\ g ''`, ['a', 'b c', 'd "e" $HOME', 'f g', '']],
    [`--x='a b'"c d"`, ['--x=a bc d']],
    ['a\n\tb', ['a', 'b']],
    ['["my agent", "{ticket}"]', ['my agent', '{ticket}']],
    ['', []],
  ])('is read from the one word %j', (word, argv) => {
    expect(agentArgv([word])).toEqual({ ok: true, argv });
  });

  test('is refused where a quote is not closed or the list is none', () => {
    expect(agentArgv([`node 'x`])).toEqual({
      ok: false,
      reason: `--agent-command: a quote in "node 'x" is not closed`,
    });
    expect(agentArgv(['node x\\'])).toMatchObject({ ok: false });
    expect(agentArgv(['["a",'])).toMatchObject({
      ok: false,
      reason: expect.stringContaining('--agent-command: it is not a valid JSON list: ') as string,
    });
  });

  property.prop([fc.array(fc.string({ unit: 'binary' }), { minLength: 1 })])(
    'survives quoting, whatever its words are',
    (argv) => {
      const quoted = argv.map((word) => `'${word.replaceAll(`'`, `'\\''`)}'`).join(' ');
      expect(agentArgv([`${quoted} `])).toEqual({ ok: true, argv });
    },
  );
});
