import type { JournalEntry } from '../../src/domain/journal-entry.ts';
import { createSimulator } from '../../src/sim/simulate.ts';
import { worldOf } from '../../src/sim/world-plan.ts';
import { checkTrace } from '../../src/verify/trace-check.ts';

/** Every journal that the worlds of some seeds leave: of the real machines, with all that goes wrong in those worlds. */
export async function simulatedJournals(
  seeds: readonly number[],
): Promise<readonly (readonly JournalEntry[])[]> {
  const journals: JournalEntry[][] = [];
  const simulate = createSimulator({
    sabotage: {},
    checkTrace: (entries) => {
      const journal = [...entries];
      journals.push(journal);
      return checkTrace(journal);
    },
  });
  for (const seed of seeds) await simulate(worldOf(seed));
  return journals;
}
