import { describe, expect, test } from 'vitest';

import { checkComposition, compositionModelOf, supervisorModelOf } from '../../src/verify/check-scope.ts';
import { COMPOSITIONS } from '../../src/verify/compositions.ts';
import { explore } from '../../src/verify/explore.ts';
import { judgedBy } from '../../src/verify/judged-by.ts';
import { MERGE_QUEUE_PROPERTIES, MERGE_QUEUE_TOTAL } from '../../src/verify/merge-queue-properties.ts';
import { MUTANTS } from '../../src/verify/mutants.ts';
import { AGENTS_BOUNDED, NOBODY_LEFT_BEHIND } from '../../src/verify/real-environment.ts';
import { scopeOf, type Scope } from '../../src/verify/scope.ts';
import { KNOWN_COUNTS, SCOPES } from '../../src/verify/scopes.ts';
import { SESSION_PROPERTIES, SESSION_TOTAL } from '../../src/verify/session-properties.ts';
import { projectionsOf } from './projection.ts';

function judgedInCompositions(scope: Scope): readonly string[] {
  return [
    ...judgedBy(scope),
    ...[...SESSION_PROPERTIES, ...MERGE_QUEUE_PROPERTIES].map(({ name }) => name),
    SESSION_TOTAL,
    MERGE_QUEUE_TOTAL,
    NOBODY_LEFT_BEHIND,
    AGENTS_BOUNDED,
  ];
}

/** Compositions that take a moment. All others are left to `ralph-actors verify`, which holds them to the same counts. */
const STATES_MAX = 61_000;
const SMALL = COMPOSITIONS.filter(({ states }) => states <= STATES_MAX);

function scopeNamed(name: string): Scope {
  const scope = SCOPES.find((candidate) => candidate.name === name);
  if (scope === undefined) throw new Error(`there is no scope ${name}`);
  return scope;
}

test('every composition is one of a scope, and nine of them are small', () => {
  expect(COMPOSITIONS.map(({ scope }) => scopeNamed(scope).lives)).toEqual(COMPOSITIONS.map(() => 'full'));
  expect(SMALL).toHaveLength(9);
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
  expect(checkComposition(scopeNamed('single'), { budget: 3227 }).verdict).toBe('incomplete');
});

describe('sweeps that leave processes behind', () => {
  const scope = scopeNamed('breakingSingle');

  test('are told, which S6 refuses: the world broke its promise, not the session', () => {
    const { counterexample } = checkComposition(scope, { sweeps: 'any', mail: 'prompt' });
    expect(counterexample?.property).toBe('S6 noOrphan');
  });

  test('change nothing else: all that is promised besides holds, in the same states of the supervisor', () => {
    const only = judgedInCompositions(scope).filter((name) => name !== 'S6 noOrphan');
    const any = compositionModelOf(scope, { sweeps: 'any', mail: 'prompt', only });
    const clean = compositionModelOf(scope, { mail: 'prompt' });
    const [many, few] = [explore(any), explore(clean)];
    expect([many.verdict, few.verdict]).toEqual(['pass', 'pass']);
    expect(many.states).toBeGreaterThan(few.states);
    expect(projectionsOf(any.reached, scope)).toEqual(projectionsOf(clean.reached, scope));
  });
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
