import { describe, expect, test } from 'vitest';

import { SIGHTINGS } from '../../src/domain/sightings.ts';
import { joined, missingIn, simulateSeeds, slicesOf, type Tally } from '../../src/sim/batch.ts';
import { createSimulator } from '../../src/sim/simulate.ts';
import { FAULT_KINDS } from '../../src/sim/world-plan.ts';
import { checkTrace } from '../../src/verify/trace-check.ts';

const once = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, 1]));

const FULL: Tally = {
  seed: 0,
  worlds: 1000,
  steps: 1,
  runs: 1,
  seen: once(SIGHTINGS.map(({ name }) => name)),
  struck: once(FAULT_KINDS),
  failedSeed: null,
};

describe('a batch of worlds', () => {
  test('is cut into slices that leave no seed out and take none twice', () => {
    const seeds = slicesOf({ seed: 5, worlds: 250 }).flatMap(({ seed, worlds }) =>
      Array.from({ length: worlds }, (_world, number) => seed + number),
    );
    expect(seeds).toEqual(Array.from({ length: 250 }, (_world, number) => 5 + number));
  });

  test('fails at the lowest seed that fails, whichever slice was done first, and counts nothing after it', () => {
    const slice = (seed: number, failedSeed: number | null): Tally => ({
      ...FULL,
      seed,
      worlds: 10,
      failedSeed,
    });
    const tally = joined([slice(0, null), slice(10, 14), slice(20, 21)]);
    expect(tally).toMatchObject({ seed: 0, worlds: 20, steps: 2, failedSeed: 14 });
  });

  test('is no pass when something that should happen never did', () => {
    expect(missingIn(FULL)).toEqual([]);
    expect(missingIn({ ...FULL, struck: once(FAULT_KINDS.filter((kind) => kind !== 'diskFull')) })).toEqual([
      'diskFull',
    ]);
    expect(missingIn({ ...FULL, seen: {} })).toEqual(SIGHTINGS.map(({ name }) => name));
    expect(missingIn({ ...FULL, seen: {}, worlds: 999 })).toEqual([]);
  });

  test('stops at a world that breaks a promise', async () => {
    const simulate = createSimulator({
      checkTrace,
      sabotage: { world: (world) => ({ ...world, recover: async () => ({ notes: [], landed: [] }) }) },
    });
    const tally = await simulateSeeds(simulate, { seed: 7, worlds: 100 });
    expect(tally.failedSeed).toBe(7 + tally.worlds - 1);
  });
});
