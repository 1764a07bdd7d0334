import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

import { NightReporter } from './test/faults/reporter.ts';

/** The fault suite: minutes of real processes, so it is no part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/faults/*.fault.ts'],
    maxWorkers: availableParallelism(),
    reporters: ['default', new NightReporter()],
    testTimeout: 120_000,
  },
});
