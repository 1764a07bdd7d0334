import { describe, expect, test } from 'vitest';

import { SIGHTINGS } from '../../src/domain/sightings.ts';
import { chunkedGet } from '../../src/domain/chunked.ts';
import { ticketOf } from '../../src/domain/run-state.ts';
import { satisfiesDependents } from '../../src/domain/ticket-state.ts';
import { checkDomain, checkScope } from '../../src/verify/check-scope.ts';
import { withGuard } from '../../src/verify/mutate.ts';
import { smallPlans } from '../../src/verify/small-plans.ts';
import { KNOWN_SWEEP, sumOfSweeps, sweep, worldOf } from '../../src/verify/sweep.ts';

/** The plans that the tests sweep. All 362 are left to `npm run bench`, which holds them to `KNOWN_SWEEP`. */
const [FIRST, END] = [100, 116];

describe('the sweep', () => {
  const whole = sweep(FIRST, END);

  test('passes with exact counts, and has seen all that there is to see', () => {
    expect(whole.failure).toBeNull();
    expect(whole).toMatchObject({ explored: 46, covered: 2, states: 29_292, transitions: 174_066 });
    // What recovery finds does not depend on a plan.
    const wanted = SIGHTINGS.map(({ name }) => name).filter((name) => name !== 'work is recovered');
    expect(whole.seen).toEqual(wanted.sort());
  });

  test('comes to the same in parts', () => {
    expect(sumOfSweeps([sweep(FIRST, 105), sweep(105, 106), sweep(106, END)])).toEqual(whole);
  });

  test('covers every plan with every number of workers', () => {
    expect(whole.explored + whole.covered).toBe((END - FIRST) * 3);
    expect(KNOWN_SWEEP.explored + KNOWN_SWEEP.covered).toBe(KNOWN_SWEEP.plans * 3);
  });

  test('leaves out only worlds that are the same as one that it explored', () => {
    // Four tickets on one component: two sessions are never live, so nobody waits for a second worker.
    const plan = { deps: [0, 0, 0, 0], components: [0, 0, 0, 0] };
    const [two, three] = [2, 3].map((workers) => checkDomain(worldOf(plan, workers)));
    const { scope: _two, ...left } = two!;
    const { scope: _three, ...right } = three!;
    expect(right).toEqual(left);
    expect(left.seen).not.toContain('refused: workersBusy');
  });
});

test('a guard that asks for the first dependency only is found, and the world is named', () => {
  const machine = withGuard('depsReady', ({ context: { run }, event }) => {
    if (event.type !== 'dispatch') return true;
    const [first] = ticketOf(run, event.ticket).deps;
    return first === undefined || satisfiesDependents(chunkedGet(run.tickets, first));
  });
  const from = smallPlans().findIndex(({ deps }) => deps.some((bits) => bits === 0b0011));
  const { failure } = sweep(from - 1, from + 1, (scope) => checkScope(scope, { machine }));
  expect(failure?.report.counterexample?.property).toBe('S2 dependencyLanded');
  expect(failure?.scope.name).toBe('A on x, B on x, C on x, D on x after A and B; 1 worker(s)');
});
