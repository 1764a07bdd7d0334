/**
 * Every fault many times over, with real processes and real git; then the program is run again until it has put things right
 * and finished the work, and an observer looks at what is there.
 */
import { describe, expect, test } from 'vitest';

import { dice } from '../../src/domain/dice.ts';
import type { Fault } from './faults.ts';
import { makeNight } from './night.ts';
import { GOOD, observe, survivorsOf } from './verdict.ts';

/** Nights of each fault, and where their instants come from. */
const REPEATS = Number(process.env['FAULT_REPEATS'] ?? 2);
const SEED = Number(process.env['FAULT_SEED'] ?? 1);

/** Runs until nothing is left to do; a night that needs more is stuck. */
const RUNS_MAX = 4;

/** Declares the nights of some faults as tests. */
export function nightsOf(faults: readonly Fault[]): void {
  describe.each(faults)('$name', ({ name, plan, prepare, strike }) => {
    test.for(Array.from({ length: REPEATS }, (_night, index) => SEED * 1000 + index))(
      'seed %i',
      async (seed, { task, skip }) => {
        const night = makeNight(plan);
        if (prepare?.(night) === false) skip('this machine does not allow it');
        await strike(night, night.start(), dice(seed));
        let exitCode = -1;
        const survivors: string[] = [];
        for (let run = 0; run < RUNS_MAX && exitCode !== 0; run += 1) {
          ({ exitCode } = await night.start().ended);
          survivors.push(...survivorsOf(night));
        }
        const found = await observe(night);
        task.meta.night = {
          fault: name,
          survivors: survivors.length,
          lost: found.lost.length + found.untold.length,
          violations: found.violations.length,
          paidTwice: found.paidTwice.length,
          unfinished: found.undone.length + found.unclean.length,
        };
        expect({ exitCode, survivors, ...found }).toEqual({ exitCode: 0, survivors: [], ...GOOD });
      },
    );
  });
}
