/**
 * The broken copies of the supervisor among real machines: what finds them where sessions are told by their lives finds them
 * here too.
 */
import { expect, test } from 'vitest';

import { checkComposition } from '../../src/verify/check-scope.ts';
import { COMPOSITIONS } from '../../src/verify/compositions.ts';
import { MUTANTS } from '../../src/verify/mutants.ts';
import { SCOPES } from '../../src/verify/scopes.ts';

/** Mutants that are found late among real machines, because many messages have to cross first. */
const LATE = 'merge without the queue';

const scopes = new Set(COMPOSITIONS.map(({ scope }) => scope));
const FOUND = MUTANTS.filter(({ scope, name }) => scopes.has(scope) && name !== LATE);

test.each(FOUND.map((mutant) => [mutant.name, mutant] as const))(
  '"%s" is killed by the property that is meant to',
  (_name, { machine, killedBy, scope: wanted }) => {
    const scope = SCOPES.find(({ name }) => name === wanted)!;
    const { counterexample } = checkComposition(scope, { machine, only: [killedBy], mail: 'prompt' });
    expect([counterexample?.property, counterexample?.message]).toEqual([killedBy, counterexample?.message]);
  },
);

test('the others need scopes that are too large with real machines, or in which sessions tell less', () => {
  expect(MUTANTS.filter((mutant) => !FOUND.includes(mutant)).map(({ name }) => name)).toEqual([
    'workerFree: always',
    'isBudgetSpent: never',
    'noteBudgetSpent: left out',
    'only running agents count',
    LATE,
    'merges pile up',
    'budget not kept',
    'half a claim',
  ]);
});
