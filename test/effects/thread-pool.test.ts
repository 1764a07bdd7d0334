import { describe, expect, test } from 'vitest';

import { inThreads, serveJobs } from '../../src/effects/thread-pool.ts';

const script = (name: string): URL => new URL(`fixtures/${name}.mjs`, import.meta.url);

describe('threads', () => {
  test('do every job once, and give the results in the order of the jobs', async () => {
    const jobs = Array.from({ length: 40 }, (_job, index) => index);
    const told: number[] = [];
    const results = await inThreads<number>(script('doubler'), jobs, (result, index) => {
      expect(result).toBe(index * 2);
      told.push(index);
    });
    expect(results).toEqual(jobs.map((job) => job * 2));
    expect(told.sort((a, b) => a - b)).toEqual(jobs);
  });

  test('are not started when there is nothing to do', async () => {
    expect(await inThreads(new URL('file:///nowhere.mjs'), [], () => undefined)).toEqual([]);
  });

  test('that break reject with what broke them', async () => {
    await expect(inThreads(script('doubler'), [1, 'two', 3], () => undefined)).rejects.toThrow(
      'two cannot be doubled',
    );
  });

  test('that end in the middle of a job reject, and nobody waits for them', async () => {
    await expect(inThreads(script('leaver'), [1], () => undefined)).rejects.toThrow(
      'a thread ended with 7 before its job was done',
    );
  });
});

test('jobs are served in a thread and nowhere else', () => {
  expect(() => serveJobs(() => null)).toThrow('this is not a thread');
});
