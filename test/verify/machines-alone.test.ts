import { describe, expect, test } from 'vitest';

import { ENDINGS } from '../../src/domain/ending.ts';
import { checkMergeQueue, checkSession } from '../../src/verify/check-machines.ts';
import { KNOWN_ALONE } from '../../src/verify/compositions.ts';

describe('the session machine alone', () => {
  test('keeps all it promises in every setting, whatever happens, with its exact counts', () => {
    const { verdict, states, transitions, nodes, counterexample } = checkSession();
    expect({ verdict, counterexample }).toEqual({ verdict: 'pass', counterexample: null });
    expect({ states, transitions, nodes }).toEqual(KNOWN_ALONE.session);
  });

  test('is seen to end in every way but as lost, which only a stand-in tells', () => {
    expect(checkSession().seen).toEqual(
      ENDINGS.filter((ending) => ending !== 'lost').map((ending) => `ends ${ending}`),
    );
  });
});

describe('the merge queue alone', () => {
  test('keeps all it promises, whoever asks when, with its exact counts', () => {
    const { verdict, states, transitions, nodes, counterexample } = checkMergeQueue();
    expect({ verdict, counterexample }).toEqual({ verdict: 'pass', counterexample: null });
    expect({ states, transitions, nodes }).toEqual(KNOWN_ALONE.mergeQueue);
  });
});

test('a check of a machine alone whose budget of states is spent is incomplete, never a pass', () => {
  expect(checkSession({ budget: 2548 }).verdict).toBe('incomplete');
  expect(checkMergeQueue({ budget: 16 }).verdict).toBe('incomplete');
});
