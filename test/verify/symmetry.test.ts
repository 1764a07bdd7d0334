import { describe, expect, test } from 'vitest';

import { checkDomain, domainModelOf } from '../../src/verify/check-scope.ts';
import { explore } from '../../src/verify/explore.ts';
import { backlogOf, scopeOf, type Scope, type ScopeTicket } from '../../src/verify/scope.ts';
import { countSymmetries, upToSymmetry } from '../../src/verify/symmetry.ts';

const scope = (tickets: readonly ScopeTicket[], given: Partial<Scope> = {}): Scope =>
  scopeOf({ name: 'test', describe: '', tickets, lives: 'short', ...given });
const symmetriesOf = (...tickets: readonly ScopeTicket[]): number =>
  countSymmetries(backlogOf(scope(tickets)));

describe('countSymmetries', () => {
  test.each<readonly [string, number, readonly ScopeTicket[]]>([
    ['a ticket alone', 1, [{ id: 'A' }]],
    ['tickets with a component each', 6, ['A', 'B', 'C'].map((id) => ({ id, components: [id] }))],
    ['tickets that share a component', 6, ['A', 'B', 'C'].map((id) => ({ id, components: ['x'] }))],
    [
      'a chain',
      1,
      [
        { id: 'A', components: ['x'] },
        { id: 'B', components: ['y'], deps: ['A'] },
      ],
    ],
    [
      'two chains',
      2,
      [
        { id: 'A', components: ['x'] },
        { id: 'B', components: ['x'], deps: ['A'] },
        { id: 'C', components: ['y'] },
        { id: 'D', components: ['y'], deps: ['C'] },
      ],
    ],
    [
      'two chains of which one changes its component',
      1,
      [
        { id: 'A', components: ['x'] },
        { id: 'B', components: ['x'], deps: ['A'] },
        { id: 'C', components: ['y'] },
        { id: 'D', components: ['z'], deps: ['C'] },
      ],
    ],
    [
      'the sides of a diamond',
      2,
      [
        { id: 'A', components: ['x'] },
        { id: 'B', components: ['y'], deps: ['A'] },
        { id: 'C', components: ['z'], deps: ['A'] },
        { id: 'D', components: ['x'], deps: ['B', 'C'] },
      ],
    ],
    [
      'a ticket that runs alone beside two that do not',
      2,
      [
        { id: 'A', components: ['*'] },
        { id: 'B', components: ['y'] },
        { id: 'C', components: ['z'] },
      ],
    ],
  ])('of %s is %i', (_title, count, tickets) => {
    expect(symmetriesOf(...tickets)).toBe(count);
  });
});

test('what is written up to symmetry is the same for states that exchange alike tickets, and for no others', () => {
  const order = upToSymmetry(
    backlogOf(
      scope([
        { id: 'A', components: ['x'] },
        { id: 'B', components: ['x'], deps: ['A'] },
        { id: 'C', components: ['y'] },
        { id: 'D', components: ['y'], deps: ['C'] },
      ]),
    ),
  );
  const ordered = (...items: readonly number[]): readonly number[] => {
    const row = Int32Array.from(items);
    order!(row);
    return [...row];
  };
  expect(ordered(1, 2, 3, 4)).toEqual(ordered(3, 4, 1, 2));
  expect(ordered(1, 2, 3, 4)).not.toEqual(ordered(1, 4, 3, 2));
  expect(ordered(1, 2, 3, 4)).not.toEqual(ordered(2, 1, 3, 4));
  // What follows the tickets in a row stays where it is.
  expect(ordered(3, 4, 1, 2, 9, 8)).toEqual([1, 2, 3, 4, 9, 8]);
});

test('of tickets that are all different leaves nothing to write', () => {
  const chain = [
    { id: 'A', components: ['x'] },
    { id: 'B', components: ['x'], deps: ['A'] },
  ];
  expect(upToSymmetry(backlogOf(scope(chain)))).toBeNull();
});

/** Explores every state, and counts those that symmetry tells apart. */
function countOrbits(unreduced: Scope): number {
  const exact = domainModelOf(unreduced);
  const folded = domainModelOf({ ...unreduced, symmetry: true });
  const row = new Int32Array(folded.keyWidth);
  const orbits = new Set<string>();
  explore({
    ...folded,
    keyWidth: exact.keyWidth,
    writeKey: (state, key) => {
      folded.writeKey(state, row);
      orbits.add(row.join());
      exact.writeKey(state, key);
    },
  });
  return orbits.size;
}

describe('a scope that is explored up to symmetry', () => {
  const twins = ['A', 'B', 'C'].map((id) => ({ id, components: [id] }));
  const chains = [
    { id: 'A', components: ['x'] },
    { id: 'B', components: ['x'], deps: ['A'] },
    { id: 'C', components: ['y'] },
    { id: 'D', components: ['y'], deps: ['C'] },
  ];

  test.each<readonly [string, readonly ScopeTicket[], Partial<Scope>, number, number]>([
    ['three alike tickets', twins, { operator: ['run.stop'], attemptsMax: 2 }, 22688, 4268],
    ['two alike tickets that live full lives', twins.slice(1), { lives: 'full' }, 3944, 2037],
    ['two alike chains', chains, {}, 1993, 1043],
  ])('comes to the same verdict: %s', (_title, tickets, given, states, reduced) => {
    const full = checkDomain(scope(tickets, given));
    const folded = checkDomain(scope(tickets, { ...given, symmetry: true }));
    expect([full.verdict, folded.verdict]).toEqual(['pass', 'pass']);
    expect([full.states, folded.states]).toEqual([states, reduced]);
    expect(folded.seen).toEqual(full.seen);
    expect(folded.depth).toBe(full.depth);
    expect(countOrbits(scope(tickets, given))).toBe(reduced);
  });
});

test('forgetting by which word a ticket failed changes counts, and no verdict', () => {
  const tickets = [
    { id: 'A', components: ['x'] },
    { id: 'B', components: ['y'], deps: ['A'] },
  ];
  const [alike, apart] = (['alike', 'apart'] as const).map((endings) =>
    checkDomain(scopeOf({ name: 'test', describe: '', tickets, attemptsMax: 2, endings })),
  );
  expect([alike?.verdict, apart?.verdict]).toEqual(['pass', 'pass']);
  expect([alike?.states, apart?.states]).toEqual([1717, 1887]);
  expect(apart?.seen).toEqual(alike?.seen);
});
