import { expect, test } from 'vitest';

import {
  acyclicDeps,
  numberOf,
  partitions,
  renamed,
  smallPlans,
  type SmallPlan,
} from '../../src/verify/small-plans.ts';
import { KNOWN_SWEEP } from '../../src/verify/sweep.ts';

const FOUR = [0, 1, 2, 3];
const bitsOf = (bits: number): readonly number[] => FOUR.filter((bit) => (bits >> bit) & 1);

function ordersOf(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    ordersOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

/** Every way to give each of four tickets one of three named components. */
const NAMED = Array.from({ length: 81 }, (_, code) =>
  [0, 1, 2, 3].map((place) => Math.floor(code / 3 ** place) % 3),
);

test('four tickets wait for each other in 543 ways without a cycle, and are parted by component in 14', () => {
  const all = acyclicDeps();
  expect(new Set(all.map(String)).size).toBe(543);
  expect(all).toHaveLength(543);
  expect(partitions()).toHaveLength(14);
  // A partition with k parts can be named in 3!/(3 - k)! ways.
  const namings = partitions().map((parts) => [3, 6, 6][new Set(parts).size - 1]!);
  expect(namings.reduce((sum, count) => sum + count)).toBe(NAMED.length);
});

test('31 of the ways to wait are left when tickets have no names', () => {
  const alike = (deps: readonly number[]): string =>
    renamed({ deps, components: [0, 0, 0, 0] })
      .map((plan) => String(plan.deps))
      .sort()[0]!;
  expect(new Set(acyclicDeps().map(alike)).size).toBe(31);
});

test('every plan with names is one of the small plans renamed, and of only one', () => {
  const owners = new Map<number, SmallPlan>();
  for (const plan of smallPlans()) {
    for (const other of renamed(plan)) {
      expect(owners.get(numberOf(other)) ?? plan).toBe(plan);
      owners.set(numberOf(other), plan);
    }
  }
  expect(owners.size).toBe(543 * 14);
  const named = acyclicDeps().flatMap((deps) => partitions().map((components) => ({ deps, components })));
  expect(named.filter((plan) => !owners.has(numberOf(plan)))).toEqual([]);
});

test('there are as many small plans as the orbits of plans with names, counted by what each renaming leaves as it is', () => {
  // Burnside: the number of orbits is the mean, over all renamings, of the number of plans that a renaming does not change.
  let unchanged = 0;
  for (const tickets of ordersOf(FOUR)) {
    const deps = acyclicDeps().filter((rows) =>
      FOUR.every((ticket) =>
        FOUR.every(
          (dep) =>
            bitsOf(rows[ticket]!).includes(dep) === bitsOf(rows[tickets[ticket]!]!).includes(tickets[dep]!),
        ),
      ),
    );
    for (const components of ordersOf([0, 1, 2])) {
      const named = NAMED.filter((of) =>
        FOUR.every((ticket) => of[tickets[ticket]!] === components[of[ticket]!]),
      );
      unchanged += deps.length * named.length;
    }
  }
  expect(unchanged / (24 * 6)).toBe(KNOWN_SWEEP.plans);
  expect(smallPlans()).toHaveLength(KNOWN_SWEEP.plans);
});
