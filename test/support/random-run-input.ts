import { fc } from '@fast-check/vitest';

import type { RandomRunInput } from './random-run.ts';

/** Inputs of random runs: up to 12 tickets that wait for earlier ones, now and then for later ones (a cycle) or for none. */
export function randomRunInput(): fc.Arbitrary<RandomRunInput> {
  const tickets = fc.array(
    fc.record({
      deps: fc.uniqueArray(fc.nat({ max: 12 }), { maxLength: 2 }),
      backwards: fc.boolean(),
      components: fc.uniqueArray(fc.constantFrom('api', 'web', 'db', 'docs', '*'), { maxLength: 2 }),
    }),
    { maxLength: 12 },
  );
  return fc
    .record({
      seed: fc.integer(),
      tickets,
      workers: fc.integer({ min: 1, max: 4 }),
      attemptsMax: fc.integer({ min: 1, max: 3 }),
      dispatchesMax: fc.constantFrom(0, 0, 1, 3, 8),
      mayStop: fc.boolean(),
    })
    .map(({ tickets: drawn, ...rest }) => ({
      ...rest,
      // Mostly acyclic, or every run would be a deadlock from the start.
      deps: drawn.map(({ deps, backwards }, index) => (backwards ? deps : deps.filter((dep) => dep < index))),
      components: drawn.map(({ components }) => components),
    }));
}
