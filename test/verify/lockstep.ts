/**
 * Two cores as one: each event goes to both, and where they differ in what they announce, order or know, it throws. Explored,
 * it shows that the two take the same steps from every state that either can reach.
 */
import { expect } from 'vitest';

import type { Core, CoreStep } from '../../src/verify/core.ts';

export function lockstep<A, B>(a: Core<A>, b: Core<B>): Core<readonly [A, B]> {
  const same = (left: CoreStep<A>, right: CoreStep<B>): CoreStep<readonly [A, B]> => {
    expect(right.outputs).toEqual(left.outputs);
    const [seenA, seenB] = [a.lookAt(left.state), b.lookAt(right.state)];
    expect(seenB.chart).toBe(seenA.chart);
    expect(seenB.run).toEqual(seenA.run);
    expect(seenB.actors).toBe(seenA.actors);
    return { state: [left.state, right.state], outputs: left.outputs };
  };
  return {
    begin: () => same(a.begin(), b.begin()),
    take: ([left, right], event) => same(a.take(left, event), b.take(right, event)),
    lookAt: ([left]) => a.lookAt(left),
  };
}
