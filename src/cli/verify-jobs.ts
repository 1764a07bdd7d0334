/**
 * Where the jobs of `verify` are done: in threads, or here, one after the other.
 */
import { systemClock } from '../effects/system-clock.ts';
import { inThreads } from '../effects/thread-pool.ts';
import type { Supervisor } from '../verify/mutate.ts';
import { doJob, effortOf, type Job, type JobResult } from '../verify/suite.ts';

/** A job that is done. */
export interface Done {
  readonly result: JobResult;
  readonly tookMs: number;
}

/** Does all jobs, in any order, tells each when it is done with its place in the list, and gives all in that order. */
export type DoJobs = (
  jobs: readonly Job[],
  onDone: (done: Done, index: number) => void,
) => Promise<readonly Done[]>;

/** Does a job and says how long it took. */
export function doTimed(job: Job, machine?: Supervisor): Done {
  const beganMs = systemClock.nowMs();
  const result = doJob(job, machine);
  return { result, tookMs: systemClock.nowMs() - beganMs };
}

/** Does jobs on every core, the largest first, so that none is left for the end. One job alone needs no thread. */
export const jobsInThreads: DoJobs = async (jobs, onDone) => {
  if (jobs.length <= 1) return jobsHere()(jobs, onDone);
  const order = [...jobs.entries()].sort(([, a], [, b]) => effortOf(b) - effortOf(a));
  const done = await inThreads<Done>(
    new URL('verify-thread.js', import.meta.url),
    order.map(([, job]) => job),
    (one, at) => onDone(one, order[at]![0]),
  );
  return order
    .map(([index], at) => [index, done[at]!] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
};

/** Does jobs in this thread, on a broken copy of the supervisor if one is given. */
export function jobsHere(machine?: Supervisor): DoJobs {
  return async (jobs, onDone) => {
    const done: Done[] = [];
    for (const [index, job] of jobs.entries()) {
      const one = doTimed(job, machine);
      done.push(one);
      onDone(one, index);
    }
    return done;
  };
}
