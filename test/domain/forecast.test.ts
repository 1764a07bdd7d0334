import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { Backlog } from '../../src/domain/backlog.ts';
import { criticalPath, forecast, makespans, type Forecast, type Wait } from '../../src/domain/forecast.ts';
import { acquire, isFree, release, type Locks } from '../../src/domain/locks.ts';
import { dispatchOrder, ReadyQueue } from '../../src/domain/scheduling-policy.ts';
import { aBacklog, aTicket, backlogs } from '../support/backlogs.ts';

const timedBacklogs = backlogs(25).chain((backlog) =>
  fc.record({
    backlog: fc.constant(backlog),
    durations: fc.array(fc.nat(5), { minLength: backlog.tickets.length, maxLength: backlog.tickets.length }),
    workers: fc.integer({ min: 1, max: 6 }),
  }),
);

type Timed = typeof timedBacklogs extends fc.Arbitrary<infer Value> ? Value : never;

function run({ backlog, durations, workers }: Timed): Forecast {
  return forecast(backlog, { workers, durationMs: (position) => durations[position]! });
}

/** Starts by position; undefined for a ticket that never starts. */
function startsOf({ starts }: Forecast): Map<number, Forecast['starts'][number]> {
  return new Map(starts.map((start) => [start.position, start]));
}

/** The same run, played by the queue and the lock table that a supervisor uses. */
function playWithRealParts({ backlog, durations, workers }: Timed): [number, number][] {
  const queue = new ReadyQueue(backlog);
  const started: [number, number][] = [];
  const done = new Set<number>();
  let locks: Locks = {};
  let live: { position: number; endMs: number }[] = [];
  let nowMs = 0;
  const isReady = (position: number): boolean =>
    backlog.tickets[position]!.deps.every(
      (dep) => done.has(dep) || backlog.tickets[dep]!.standing === 'closed',
    );
  for (;;) {
    for (const [position, { standing }] of backlog.tickets.entries()) {
      const known = started.some(([at]) => at === position);
      if (standing === 'eligible' && !known && isReady(position)) queue.add(position);
    }
    for (let named = queue.next(locks); named !== null && live.length < workers; named = queue.next(locks)) {
      queue.remove(named);
      locks = acquire(locks, backlog.tickets[named]!.components, `s${named}`);
      live.push({ position: named, endMs: nowMs + durations[named]! });
      started.push([named, nowMs]);
    }
    if (live.length === 0) return started;
    nowMs = Math.min(...live.map(({ endMs }) => endMs));
    for (const { position, endMs } of live) {
      if (endMs > nowMs) continue;
      locks = release(locks, backlog.tickets[position]!.components, `s${position}`);
      done.add(position);
    }
    live = live.filter(({ endMs }) => endMs > nowMs);
  }
}

describe('forecast', () => {
  test.prop([timedBacklogs])(
    'starts every eligible ticket once, and nothing else, for as long as it takes',
    (timed) => {
      const { starts } = run(timed);
      const eligible = [...timed.backlog.tickets.keys()].filter(
        (at) => timed.backlog.tickets[at]!.standing === 'eligible',
      );
      expect(starts.map(({ position }) => position).toSorted((a, b) => a - b)).toEqual(eligible);
      for (const { position, startMs, endMs } of starts)
        expect(endMs - startMs).toBe(timed.durations[position]);
      expect(starts.map(({ startMs }) => startMs)).toEqual(
        starts.map(({ startMs }) => startMs).toSorted((a, b) => a - b),
      );
    },
  );

  test.prop([timedBacklogs])('starts a ticket only when everything it waits for has ended', (timed) => {
    const starts = startsOf(run(timed));
    for (const { position, startMs } of starts.values()) {
      for (const dep of timed.backlog.tickets[position]!.deps) {
        expect(starts.get(dep)?.endMs ?? 0).toBeLessThanOrEqual(startMs);
      }
    }
  });

  test.prop([timedBacklogs])('never lets two tickets that overlap share a component or a worker', (timed) => {
    const { starts, peak } = run(timed);
    let mostAtOnce = 0;
    for (const a of starts) {
      const together = starts.filter((b) => b.startMs <= a.startMs && a.startMs < b.endMs);
      mostAtOnce = Math.max(mostAtOnce, together.length);
      expect(new Set(together.map(({ worker }) => worker)).size).toBe(together.length);
      let locks: Locks = {};
      for (const { position } of together) {
        expect(isFree(locks, timed.backlog.tickets[position]!.components)).toBe(true);
        locks = acquire(locks, timed.backlog.tickets[position]!.components, `s${position}`);
      }
    }
    // A ticket that takes no time is at work, too, without overlapping anything.
    if (!timed.durations.includes(0)) expect(peak).toBe(mostAtOnce);
    expect(peak).toBeLessThanOrEqual(timed.workers);
    for (const { worker } of starts) expect(worker).toBeLessThan(timed.workers);
  });

  test.prop([timedBacklogs])(
    'is never shorter than its lower bound, and ends with the last ticket',
    (timed) => {
      const { starts, makespanMs, lowerBoundMs } = run(timed);
      expect(makespanMs).toBe(Math.max(0, ...starts.map(({ endMs }) => endMs)));
      expect(makespanMs).toBeGreaterThanOrEqual(lowerBoundMs);
      const workMs = starts.reduce((sum, { position }) => sum + timed.durations[position]!, 0);
      const path = criticalPath(timed.backlog, (position) => timed.durations[position]!);
      const pathMs = path.reduce((sum, position) => sum + timed.durations[position]!, 0);
      expect(lowerBoundMs).toBe(Math.max(pathMs, workMs / timed.workers));
    },
  );

  test.prop([timedBacklogs])('plays the run that the ready queue and the lock table would play', (timed) => {
    expect(run(timed).starts.map(({ position, startMs }) => [position, startMs])).toEqual(
      playWithRealParts(timed),
    );
  });

  test.prop([timedBacklogs])(
    'names as the reason of each start something that ended at that very moment',
    (timed) => {
      const result = run(timed);
      const starts = startsOf(result);
      for (const [position, wait] of result.waitingOn.entries()) {
        const start = starts.get(position);
        if (start === undefined || wait === null) {
          expect(wait).toBeNull();
          expect(start?.startMs ?? 0).toBe(0);
          continue;
        }
        const freedBy =
          wait.kind === 'dependency'
            ? wait.dependency
            : wait.kind === 'component'
              ? wait.holder
              : wait.freedBy;
        expect(starts.get(freedBy)!.endMs).toBe(start.startMs);
        const { deps, components } = timed.backlog.tickets[position]!;
        const held = timed.backlog.tickets[freedBy]!.components;
        if (wait.kind === 'dependency') expect(deps).toContain(freedBy);
        if (wait.kind !== 'component') continue;
        if (wait.component === '*') expect([...components, ...held]).toContain('*');
        else
          expect([components, held]).toEqual([
            expect.arrayContaining([wait.component]),
            expect.arrayContaining([wait.component]),
          ]);
      }
    },
  );

  test.prop([timedBacklogs])('says the same every time, and the same as the table of makespans', (timed) => {
    const first = run(timed);
    expect(run(timed)).toEqual(first);
    const { backlog, durations, workers } = timed;
    const options = {
      durationMs: (position: number): number => durations[position]!,
      order: dispatchOrder(backlog),
    };
    expect(forecast(backlog, { ...options, workers })).toEqual(first);
    const [row, one] = makespans(backlog, { ...options, workers: [workers, 1] });
    const { makespanMs, lowerBoundMs, peak } = first;
    expect(row).toEqual({ workers, makespanMs, lowerBoundMs, peak });
    expect(one!.makespanMs).toBe(first.starts.reduce((sum, { position }) => sum + durations[position]!, 0));
  });

  function inWords(backlog: Backlog, { starts, waitingOn }: Forecast): string[] {
    const id = (position: number): string => backlog.tickets[position]!.id;
    const why = (wait: Wait): string => {
      if (wait === null) return 'at once';
      if (wait.kind === 'dependency') return `after its dependency ${id(wait.dependency)}`;
      return wait.kind === 'component'
        ? `when ${id(wait.holder)} freed ${wait.component}`
        : `when ${id(wait.freedBy)} freed a worker`;
    };
    return starts.map(
      ({ position, startMs, worker }) =>
        `${id(position)} @${startMs} on ${worker} ${why(waitingOn[position]!)}`,
    );
  }

  //  a (web, 30) <- d      b (web, 20)      c (api, 20)      e (api, 10)      z runs alone      2 workers
  test('tells for each ticket what held it up', () => {
    const tags = (name: string): readonly string[] => [`component:${name}`];
    const backlog = aBacklog([
      aTicket('a', { tags: tags('web') }),
      aTicket('b', { tags: tags('web') }),
      aTicket('c', { tags: tags('api') }),
      aTicket('d', { tags: tags('db'), deps: ['a'] }),
      aTicket('e', { tags: tags('css') }),
      aTicket('z', { tags: tags('*'), priority: 4 }),
    ]);
    const durations = [30, 20, 20, 10, 40, 5];
    const result = forecast(backlog, { workers: 2, durationMs: (position) => durations[position]! });
    expect(inWords(backlog, result)).toEqual([
      'a @0 on 0 at once',
      'c @0 on 1 at once',
      'e @20 on 1 when c freed a worker',
      'b @30 on 0 when a freed web',
      'd @50 on 0 when b freed a worker',
      'z @60 on 0 when e freed *',
    ]);
    expect(result).toMatchObject({ makespanMs: 65, peak: 2, lowerBoundMs: 62.5 });
  });

  test('forecasts nothing for a backlog with nothing to do', () => {
    const backlog = aBacklog([aTicket('a', { status: 'closed' }), aTicket('b', { deps: ['ghost'] })]);
    expect(forecast(backlog, { workers: 4, durationMs: () => 1 })).toEqual({
      workers: 4,
      makespanMs: 0,
      lowerBoundMs: 0,
      peak: 0,
      starts: [],
      waitingOn: [null, null],
    });
    expect(criticalPath(backlog, () => 1)).toEqual([]);
    expect(criticalPath(aBacklog([]), () => 1)).toEqual([]);
  });

  test('runs 10 000 tickets in a chain as long as the chain', () => {
    const chain = aBacklog(
      Array.from({ length: 10_000 }, (_ticket, at) =>
        aTicket(String(at).padStart(5, '0'), at === 0 ? {} : { deps: [String(at - 1).padStart(5, '0')] }),
      ),
    );
    expect(forecast(chain, { workers: 16, durationMs: () => 2 })).toMatchObject({
      makespanMs: 20_000,
      peak: 1,
    });
    expect(criticalPath(chain, () => 2).length).toBe(10_000);
  });

  test.each([0, -1, 1.5, NaN])('refuses a run with %d workers', (workers) => {
    expect(() => forecast(aBacklog([aTicket('a')]), { workers, durationMs: () => 1 })).toThrow(
      `a run needs at least 1 worker, got ${workers}`,
    );
  });

  test.each([-1, NaN, Infinity])('refuses a ticket that takes %d ms', (ms) => {
    expect(() => forecast(aBacklog([aTicket('a')]), { workers: 1, durationMs: () => ms })).toThrow(
      `the ticket at position 0 cannot take ${ms} ms`,
    );
  });
});

test('criticalPath follows what is still to be done, not what is done', () => {
  const backlog = aBacklog([
    aTicket('a', { status: 'closed' }),
    aTicket('b', { deps: ['a'] }),
    aTicket('c', { deps: ['b'] }),
    aTicket('d'),
  ]);
  const durations = [100, 1, 1, 3];
  expect(criticalPath(backlog, () => 1)).toEqual([1, 2]);
  expect(criticalPath(backlog, (position) => durations[position]!)).toEqual([3]);
});
