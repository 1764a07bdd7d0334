import { test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';

import { replayRun } from '../../src/verify/replay.ts';
import { journalOf } from '../support/journal-of.ts';
import { randomRun } from '../support/random-run.ts';
import { randomRunInput } from '../support/random-run-input.ts';

describe('a journal of any legal run', () => {
  test.prop([randomRunInput()], { numRuns: 200 })('is what the shipped machine would have told', (input) => {
    const entries = journalOf(randomRun(input).flatMap(({ facts }) => facts));
    expect(replayRun(entries)).toBe(null);
  });
});
