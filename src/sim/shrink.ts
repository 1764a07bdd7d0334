/**
 * Makes a world that breaks a promise as small as it can be with the same promise still broken: what is left is what it
 * takes. fast-check does it; a caller that has nothing to shrink need not load it.
 */
import { asyncProperty, check } from 'fast-check';

import { anyWorld } from './any-world.ts';
import type { Simulate, Simulated } from './simulate.ts';

/** Gives the smallest failing world that was found; the one that was given, when nothing can be left out. */
export async function shrink(simulate: Simulate, failing: Simulated): Promise<Simulated> {
  let smallest = failing;
  const holds = asyncProperty(anyWorld, async (plan) => {
    const simulated = await simulate(plan);
    if (simulated.violation?.property !== failing.violation?.property) return true;
    smallest = simulated;
    return false;
  });
  // Every failure is smaller than the one before it, so the last one is the smallest.
  await check(holds, { seed: failing.plan.seed, numRuns: 1, examples: [[failing.plan]] });
  return smallest;
}
