import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Many tests wait for git and for small programs: one worker a core keeps two cores busy (the default leaves one out).
    maxWorkers: availableParallelism(),
    // Loading the modules anew for every file takes longer than most files' tests; no test changes what another one sees.
    isolate: false,
    // Room for real processes on a loaded machine. No test measures time, so a generous limit hides nothing.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    coverage: {
      provider: 'v8',
      include: ['src/**', 'machines/**', 'actors/**'],
      reporter: ['text-summary', 'html', 'json-summary'],
      thresholds: {
        'src/domain/**': { lines: 95 },
        'machines/**': { lines: 95 },
      },
    },
  },
});
