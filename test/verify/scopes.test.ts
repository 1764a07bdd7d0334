import { describe, expect, test } from 'vitest';

import { renderScopesReference } from '../../src/cli/scopes-reference.ts';
import { SIGHTINGS } from '../../src/domain/sightings.ts';
import { systemPlanOf } from '../../src/domain/system-view.ts';
import { checkDomain, checkScope } from '../../src/verify/check-scope.ts';
import { inputOf } from '../../src/verify/supervisor-input.ts';
import { domainCore } from '../../src/verify/domain-model.ts';
import { explore } from '../../src/verify/explore.ts';
import { LifeEnvironment } from '../../src/verify/life-environment.ts';
import { runModel } from '../../src/verify/run-model.ts';
import { scopeOf } from '../../src/verify/scope.ts';
import { KNOWN_COUNTS, SCOPES } from '../../src/verify/scopes.ts';
import { supervisorCore } from '../../src/verify/supervisor-model.ts';
import { lockstep } from './lockstep.ts';

/** Scopes that take a moment. All others are left to `ralph-actors verify`, which holds them to the same counts. */
const STATES_MAX = 10_000;
const SMALL = SCOPES.filter(({ name }) => KNOWN_COUNTS[name]!.states <= STATES_MAX);

test('every scope has a name of its own and its exact counts', () => {
  expect(SCOPES.map(({ name }) => name)).toEqual(Object.keys(KNOWN_COUNTS));
  expect(SMALL).toHaveLength(15);
});

test('every scope stands on the page of scopes, with its counts', async () => {
  await expect(renderScopesReference()).toMatchFileSnapshot('../../docs/reference/scopes.md');
});

test('every sighting is demanded of some scope', () => {
  const demanded = new Set(SCOPES.flatMap(({ sees }) => sees));
  expect([...demanded].sort()).toEqual(SIGHTINGS.map(({ name }) => name).sort());
});

describe.each(SMALL)('scope $name: $describe', (scope) => {
  const { name } = scope;

  test('passes on the shipped supervisor, with its exact counts', () => {
    const { verdict, states, transitions, nodes, counterexample } = checkScope(scope);
    expect({ verdict, counterexample }).toEqual({ verdict: 'pass', counterexample: null });
    expect({ states, transitions, nodes }).toEqual(KNOWN_COUNTS[name]);
  });

  test('passes on the hand-written rules, with the same counts', () => {
    const { verdict, states, transitions, nodes } = checkDomain(scope);
    expect(verdict).toBe('pass');
    expect({ states, transitions, nodes }).toEqual(KNOWN_COUNTS[name]);
  });
});

test.each(SCOPES.filter(({ name }) => ['pair', 'breaking', 'budget', 'chain'].includes(name)))(
  'the shipped supervisor announces, orders and knows at every step what the rules say: $name',
  (scope) => {
    const input = inputOf(scope);
    const core = lockstep(domainCore(input.backlog, input.limits, input.header), supervisorCore(input));
    const plan = systemPlanOf(input.backlog, input.limits);
    const environment = new LifeEnvironment(scope);
    const model = runModel({ core, environment, scope, plan, order: null, only: null });
    const { verdict, states, counterexample } = explore(model);
    expect([verdict, counterexample?.message]).toEqual(['pass', undefined]);
    expect(states).toBe(KNOWN_COUNTS[scope.name]!.states);
  },
);

describe('a scope that shows nothing', () => {
  test('does not pass, however little is wrong with it', () => {
    const scope = scopeOf({
      name: 'nothing',
      describe: 'a sighting that one ticket alone cannot make',
      tickets: [{ id: 'A', components: ['x'] }],
      sees: ['work lands', 'two sessions at once'],
    });
    const { verdict, counterexample } = checkScope(scope);
    expect(verdict).toBe('violation');
    expect(counterexample).toMatchObject({ property: 'sometimes two sessions at once', path: [] });
  });

  test('is incomplete, never a pass, when the budget of states is spent', () => {
    const pair = SCOPES.find(({ name }) => name === 'pair');
    expect(checkScope(pair!, { budget: 3943 })).toMatchObject({ verdict: 'incomplete', states: 3943 });
    expect(checkScope(pair!, { budget: 3944 }).verdict).toBe('pass');
  });
});
