import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { acquire, EVERYTHING, holdersInTheWay, isFree, release, type Locks } from '../../src/domain/locks.ts';

// Names that every plain object inherits are legal component names too.
const names = fc.constantFrom('a', 'b', 'c', 'constructor', '__proto__', 'toString');
const claims = fc.oneof(
  { weight: 5, arbitrary: fc.uniqueArray(names, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant([EVERYTHING]) },
);

/** What the table should say, the slow way: a list of live claims. */
type Model = readonly { readonly session: string; readonly claim: readonly string[] }[];

function conflicts(a: readonly string[], b: readonly string[]): boolean {
  return a.includes(EVERYTHING) || b.includes(EVERYTHING) || a.some((component) => b.includes(component));
}

describe('the lock table', () => {
  test.prop([fc.array(fc.oneof(claims, fc.nat(5)), { maxLength: 40 })])(
    'agrees with a list of live claims after any sequence of acquiring and releasing',
    (steps) => {
      let locks: Locks = {};
      let model: Model = [];
      steps.forEach((step, index) => {
        if (typeof step === 'number') {
          const ended = model[step];
          if (ended === undefined) return;
          locks = release(locks, ended.claim, ended.session);
          model = model.filter((live) => live !== ended);
        } else {
          const inTheWay = model.filter(({ claim }) => conflicts(claim, step)).map(({ session }) => session);
          expect(isFree(locks, step)).toBe(inTheWay.length === 0);
          expect(new Set(holdersInTheWay(locks, step).map(({ holder }) => holder))).toEqual(
            new Set(inTheWay),
          );
          if (inTheWay.length > 0) {
            expect(() => acquire(locks, step, `s${index}`)).toThrow('held already');
            return;
          }
          locks = acquire(locks, step, `s${index}`);
          model = [...model, { session: `s${index}`, claim: step }];
        }
        const expected = model.flatMap(({ session, claim }) =>
          claim.map((component) => [component, session]),
        );
        expect(new Map(Object.entries(locks))).toEqual(new Map(expected as [string, string][]));
      });
      for (const { session, claim } of model) locks = release(locks, claim, session);
      expect(Object.keys(locks)).toEqual([]);
    },
  );

  test('acquires a claim whole or not at all, and leaves the table it was given alone', () => {
    const locks = acquire({}, ['b'], 's1');
    expect(() => acquire(locks, ['a', 'b'], 's2')).toThrow(
      'session s2 acquires a, b, held already: {"b":"s1"}',
    );
    expect(locks).toEqual({ b: 's1' });
  });

  test('names each component that is in the way, with its holder', () => {
    const locks = acquire(acquire({}, ['a'], 's1'), ['b'], 's2');
    expect(holdersInTheWay(locks, ['a', 'b', 'c'])).toEqual([
      { component: 'a', holder: 's1' },
      { component: 'b', holder: 's2' },
    ]);
  });

  test('names each live session once to a ticket that must run alone, and the one that runs alone to everybody', () => {
    const locks = acquire(acquire({}, ['a', 'b'], 's1'), ['c'], 's2');
    expect(holdersInTheWay(locks, [EVERYTHING])).toEqual([
      { component: '*', holder: 's1' },
      { component: '*', holder: 's2' },
    ]);
    const alone = acquire({}, [EVERYTHING], 's3');
    expect(holdersInTheWay(alone, ['a'])).toEqual([{ component: '*', holder: 's3' }]);
    expect(isFree(alone, [EVERYTHING])).toBe(false);
  });

  test('throws when a session releases what it does not hold', () => {
    const locks = acquire({}, ['a'], 's1');
    expect(() => release(locks, ['a'], 's2')).toThrow('session s2 releases a, which s1 holds');
    expect(() => release(locks, ['b'], 's1')).toThrow('session s1 releases b, which nobody holds');
    expect(() => release({}, ['constructor'], 's1')).toThrow('which nobody holds');
  });
});
