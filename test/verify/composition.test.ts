import { describe, expect, test } from 'vitest';

import { checkComposition, compositionModelOf, supervisorModelOf } from '../../src/verify/check-scope.ts';
import { COMPOSITIONS } from '../../src/verify/compositions.ts';
import { explore } from '../../src/verify/explore.ts';
import { MUTANTS } from '../../src/verify/mutants.ts';
import { AGENTS_BOUNDED, NOBODY_LEFT_BEHIND } from '../../src/verify/real-environment.ts';
import { scopeOf, type Scope } from '../../src/verify/scope.ts';
import { KNOWN_COUNTS, SCOPES } from '../../src/verify/scopes.ts';
import { projectionsOf } from './projection.ts';

/** Compositions that take a moment. All others are left to `ralph-actors verify`, which holds them to the same counts. */
const STATES_MAX = 60_000;
const SMALL = COMPOSITIONS.filter(({ states }) => states <= STATES_MAX);

function scopeNamed(name: string): Scope {
  const scope = SCOPES.find((candidate) => candidate.name === name);
  if (scope === undefined) throw new Error(`there is no scope ${name}`);
  return scope;
}

test('every composition is one of a scope, and eight of them are small', () => {
  expect(COMPOSITIONS.map(({ scope }) => scopeNamed(scope).lives)).toEqual(COMPOSITIONS.map(() => 'full'));
  expect(SMALL).toHaveLength(8);
});

describe.each(SMALL)('the composition of scope $scope', ({ scope: name, mail, states, transitions }) => {
  const scope = scopeNamed(name);

  test('passes with its exact counts, and reaches the same states of the supervisor as the lives', () => {
    const real = compositionModelOf(scope, { mail });
    const lives = supervisorModelOf(scope);
    expect(explore(real)).toMatchObject({ verdict: 'pass', states, transitions, counterexample: null });
    expect(explore(lives).verdict).toBe('pass');
    expect(real.reached.size).toBe(KNOWN_COUNTS[name]!.nodes);
    const projections = projectionsOf(real.reached, scope);
    // No two states of the supervisor look alike here, so that equal sets mean equal states.
    expect(projections.size).toBe(real.reached.size);
    expect(projections).toEqual(projectionsOf(lives.reached, scope));
  });
});

test.each(['single', 'breakingSingle'])(
  'steps that wait for the mail to arrive lead to the same states of the supervisor: %s',
  (name) => {
    const scope = scopeNamed(name);
    const prompt = compositionModelOf(scope, { mail: 'prompt' });
    const slow = compositionModelOf(scope, { mail: 'slow' });
    const [few, many] = [explore(prompt), explore(slow)];
    expect([few.verdict, many.verdict]).toEqual(['pass', 'pass']);
    expect(few.states).toBeLessThan(many.states);
    expect(projectionsOf(prompt.reached, scope)).toEqual(projectionsOf(slow.reached, scope));
  },
);

test('a composition whose budget of states is spent is incomplete, never a pass', () => {
  expect(checkComposition(scopeNamed('single'), { budget: 3045 }).verdict).toBe('incomplete');
});

/** One worker, and two tickets that have nothing to do with each other. */
const CROWD = scopeOf({
  name: 'crowd',
  describe: 'two tickets and one worker',
  tickets: [
    { id: 'A', components: ['x'] },
    { id: 'B', components: ['y'] },
  ],
  workers: 1,
});

describe('what only the composition shows', () => {
  test.each([
    ['isQuiet: always', NOBODY_LEFT_BEHIND, scopeNamed('single')],
    ['workerFree: always', AGENTS_BOUNDED, CROWD],
  ] as const)('a supervisor with "%s" is found by %s', (name, property, scope) => {
    const { machine } = MUTANTS.find((mutant) => mutant.name === name)!;
    const { counterexample } = checkComposition(scope, { machine, only: [property], mail: 'prompt' });
    expect(counterexample?.property).toBe(property);
  });
});
