import { describe, expect, test } from 'vitest';

import { planReport } from '../../src/domain/plan-report.ts';
import { aBacklog, aTicket } from '../support/backlogs.ts';

const OPTIONS = { target: 'main', workers: 2, dispatchesMax: 50, durationMs: null };

describe('the plan of a run', () => {
  // a <- b <- c, and d that shares a component with a, and e that waits for what does not exist
  const backlog = aBacklog([
    aTicket('a', { tags: ['component:x'] }),
    aTicket('b', { deps: ['a'], tags: ['component:y'] }),
    aTicket('c', { deps: ['b'], tags: ['component:y', 'component:z'] }),
    aTicket('d', { tags: ['component:x'], priority: 3 }),
    aTicket('e', { deps: ['gone'] }),
    aTicket('f', { status: 'closed' }),
  ]);

  test('says when each ticket starts and what it waits for', () => {
    expect(planReport(backlog, OPTIONS).starts).toEqual([
      {
        ticket: 'a',
        title: 'Title of a',
        priority: 2,
        start: 0,
        end: 1,
        worker: 0,
        components: ['x'],
        deps: [],
        waitsFor: null,
      },
      expect.objectContaining({
        ticket: 'b',
        start: 1,
        deps: ['a'],
        waitsFor: { kind: 'dependency', ticket: 'a' },
      }),
      expect.objectContaining({
        ticket: 'd',
        start: 1,
        worker: 1,
        waitsFor: { kind: 'component', component: 'x', ticket: 'a' },
      }),
      expect.objectContaining({ ticket: 'c', start: 2, waitsFor: { kind: 'dependency', ticket: 'b' } }),
    ]);
  });

  test('says that a ticket waits for a worker where nothing else is in its way', () => {
    const both = aBacklog([aTicket('a', { tags: ['component:x'] }), aTicket('b', { tags: ['component:y'] })]);
    expect(planReport(both, { ...OPTIONS, workers: 1 }).starts.at(1)).toMatchObject({
      ticket: 'b',
      waitsFor: { kind: 'worker', ticket: 'a' },
    });
  });

  test('sums up what there is to do, how long it takes and what cannot start', () => {
    const plan = planReport(backlog, OPTIONS);
    expect(plan).toMatchObject({
      planVersion: 1,
      target: 'main',
      workers: 2,
      dispatchesMax: 50,
      unit: 'steps',
      totals: { eligible: 4, closed: 1, excluded: 0, blocked: 1 },
      makespan: 3,
      criticalPath: { tickets: ['a', 'b', 'c'], length: 3 },
      components: [
        { component: 'x', tickets: 2, length: 2 },
        { component: 'y', tickets: 2, length: 2 },
        { component: 'z', tickets: 1, length: 1 },
      ],
      blocked: [
        {
          ticket: 'e',
          title: 'Title of e',
          blockers: [{ kind: 'dependencyUnknown', dependency: 'gone' }],
          reasons: ['its dependency gone does not exist'],
        },
      ],
    });
    expect(plan.makespans).toHaveLength(16);
    expect(plan.makespans.slice(0, 2)).toEqual([
      { workers: 1, makespan: 4, lowerBound: 4, peak: 1 },
      { workers: 2, makespan: 3, lowerBound: 3, peak: 2 },
    ]);
  });

  test('counts in milliseconds once somebody says how long tickets take', () => {
    const plan = planReport(backlog, { ...OPTIONS, durationMs: (position) => 1000 * (position + 1) });
    expect(plan).toMatchObject({
      unit: 'ms',
      makespan: 6000,
      criticalPath: { tickets: ['a', 'b', 'c'], length: 6000 },
    });
    expect(plan.starts.map(({ ticket, start, end }) => [ticket, start, end])).toEqual([
      ['a', 0, 1000],
      ['b', 1000, 3000],
      ['d', 1000, 5000],
      ['c', 3000, 6000],
    ]);
  });

  test('of an empty backlog is empty', () => {
    expect(planReport(aBacklog([]), OPTIONS)).toMatchObject({
      makespan: 0,
      starts: [],
      criticalPath: { tickets: [], length: 0 },
      components: [],
      blocked: [],
    });
  });
});
