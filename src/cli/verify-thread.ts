/**
 * A thread of `verify`: does the jobs that `verify-jobs.ts` hands to it.
 */
import { serveJobs } from '../effects/thread-pool.ts';
import type { Job } from '../verify/suite.ts';
import { doTimed } from './verify-jobs.ts';

serveJobs((job: Job) => doTimed(job));
