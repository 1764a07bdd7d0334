/**
 * A thread of `simulate`: simulates the slices that `commands/simulate.ts` hands to it.
 */
import { serveJobs } from '../effects/thread-pool.ts';
import { simulateSeeds, type Seeds } from '../sim/batch.ts';
import { createSimulator } from '../sim/simulate.ts';
import { checkTrace } from '../verify/trace-check.ts';

const run = createSimulator({ checkTrace });

serveJobs((slice: Seeds) => simulateSeeds(run, slice));
