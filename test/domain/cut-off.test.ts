import { expect, test } from 'vitest';

import { isRunOver } from '../../src/domain/cut-off.ts';
import type { RunFact } from '../../src/domain/run-fact.ts';
import { factsOf } from '../support/journal-of.ts';

const finished: RunFact = { type: 'run.finished', publication: null, exitCode: 1 };
const { dispatched, ended } = factsOf('s1', 'a');

test.each([
  ['that has its last fact', [finished], true],
  ['whose sessions have all ended', [dispatched, ended('failed'), finished], true],
  ['whose session has ended, and whose last fact is missing', [dispatched, ended('failed')], false],
  ['that says it is finished while a session is live', [dispatched, finished], false],
  ['of which nothing is on record', [], false],
])('a run %s: %o is over: %s', (_what, facts, isOver) => {
  expect(isRunOver(facts)).toBe(isOver);
});
