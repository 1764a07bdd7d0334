/**
 * Threads for what computes for long and waits for nothing: one for each core, each with one job at a time.
 *
 * Jobs and results are plain data, copied from thread to thread. Which thread gets which job is left to chance, so a job
 * must come to the same result on each of them; results are told with the number of their job.
 */
import { availableParallelism } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';

/**
 * Hands jobs to threads that run a script, tells every result as it comes, and gives all of them in the order of the jobs.
 * Rejects with the first error of a thread.
 */
export async function inThreads<Result>(
  script: URL,
  jobs: readonly unknown[],
  onResult: (result: Result, index: number) => void,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const threads: Worker[] = [];
  let taken = 0;
  const serve = async (): Promise<void> => {
    const thread = new Worker(script, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
    threads.push(thread);
    await new Promise<void>((resolve, reject) => {
      let index = -1;
      const next = (): void => {
        index = taken;
        taken += 1;
        if (index < jobs.length) thread.postMessage(jobs[index]);
        else resolve();
      };
      thread.on('message', (result: Result) => {
        results[index] = result;
        onResult(result, index);
        next();
      });
      thread.once('error', reject);
      thread.once('exit', (code) => reject(new Error(`a thread ended with ${code} before its job was done`)));
      next();
    });
  };
  try {
    await Promise.all(Array.from({ length: Math.min(availableParallelism(), jobs.length) }, serve));
    return results;
  } finally {
    await Promise.all(threads.map(async (thread) => thread.terminate()));
  }
}

/** A search makes much that is forgotten at once. With room for it, less of that is taken for something that stays. */
const YOUNG_MB = 64;

/** Does the jobs that are handed to this thread, one after the other. */
export function serveJobs(work: (job: never) => unknown): void {
  const port = parentPort;
  if (port === null) throw new Error('there is nobody to do jobs for: this is not a thread');
  port.on('message', (job) => {
    // What is thrown here ends the thread and reaches whoever waits for it.
    void (async () => port.postMessage(await work(job as never)))();
  });
}
