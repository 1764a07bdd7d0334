import { expect, test } from 'vitest';

import { breachText } from '../../../src/cli/render/breach.ts';
import type { Breach } from '../../../src/domain/run-judge.ts';

const breach: Breach = {
  property: 'S6 noOrphan',
  seq: 7,
  type: 'session.exited',
  message: 'session s1 left 1 process(es)\nthat could not be ended',
};

test('says which promise, at which entry, whose fault it is, and what to send', () => {
  expect(breachText(breach, '/r/journal.jsonl')).toMatchInlineSnapshot(`
    "ralph-actors: a promise of this program was broken: S6 noOrphan does not hold at entry 7 (session.exited): session s1 left 1 process(es) that could not be ended
      This is a bug of ralph-actors, not of your tickets, your agents or your repository.
      Nothing more was started after it. What had landed has landed; other commits are on the branches that the report names.
      Please report it with the journal of this run: /r/journal.jsonl
      The journal holds titles of tickets, paths, and why sessions failed: read it before you send it.
    "
  `);
});

test('blames no program for a process that the system does not let die', () => {
  const text = breachText({ ...breach, mayBeTheSystem: true }, '/r/journal.jsonl');
  expect(text).toContain('end it by hand, then run again');
  expect(text).not.toContain('This is a bug');
});
