/**
 * The backlog of a project, tried on the supervisor that ships and on broken ones.
 */
import { describe, expect, it } from 'vitest';

import { compileBacklog } from '../../src/domain/backlog.ts';
import { checkBacklog, type BacklogCheck } from '../../src/verify/check-backlog.ts';
import { tellCounterexample } from '../../src/verify/counterexample.ts';
import { withAction, withGuard, type Supervisor } from '../../src/verify/mutate.ts';
import type { TicketSpec } from '../support/e2e.ts';
import { backlogLikeTheRealOne } from '../support/real-backlog.ts';

interface Options {
  readonly workers?: number;
  readonly attemptsMax?: number;
  readonly budget?: number;
  readonly seed?: number;
  readonly machine?: Supervisor;
}

function check(tickets: readonly TicketSpec[], options: Options = {}): BacklogCheck {
  const { workers = 4, attemptsMax = 2, budget = 5000, seed = 1, machine } = options;
  const backlog = compileBacklog(
    {
      tickets: tickets.map(({ id, deps = [], components = [], status = 'open' }) => ({
        id,
        title: id,
        body: '',
        status,
        deps,
        priority: 2,
        tags: components.map((component) => `component:${component}`),
        createdMs: null,
      })),
      invalid: [],
    },
    { components: { tagPrefix: 'component:', allowUntagged: true }, selected: null },
  );
  const setting = {
    backlog,
    limits: { workers, attemptsMax, dispatchesMax: 0 },
    switches: { allowNoChanges: false, autoMerge: true },
    ...(machine === undefined ? {} : { machine }),
  };
  return checkBacklog(setting, { seed, budget });
}

describe('a small backlog', () => {
  it('is tried exhaustively, as the scope of the same shape is', () => {
    const one = check([{ id: 'a', components: ['x'] }], { workers: 2, attemptsMax: 1 });
    expect(one).toMatchObject({
      verdict: 'pass',
      method: 'exhaustive',
      explored: { states: 134, lives: 'full' },
    });
    const shared = check(
      [
        { id: 'a', components: ['x'] },
        { id: 'b', components: ['x'] },
      ],
      { workers: 2, attemptsMax: 1 },
    );
    expect(shared).toMatchObject({
      method: 'exhaustive',
      explored: { states: 736, transitions: 3310 },
    });
  });

  it('is walked when the budget does not suffice for all of it', () => {
    const tickets = ['a', 'b', 'c'].map((id) => ({ id, components: [id] }));
    const { method, explored, walked } = check(tickets, { budget: 500 });
    expect({ method, explored }).toEqual({ method: 'walks', explored: null });
    expect(walked?.steps).toBeGreaterThanOrEqual(500);
  });

  it('has nothing to try when nothing can be dispatched', () => {
    expect(check([{ id: 'a', deps: ['nowhere'] }])).toMatchObject({ verdict: 'pass', method: 'nothing' });
  });

  it('with a cycle in it is tried without the tickets of the cycle', () => {
    const ring = check(
      [
        { id: 'a', deps: ['b'] },
        { id: 'b', deps: ['a'] },
        { id: 'c', components: ['x'] },
      ],
      { attemptsMax: 1 },
    );
    expect(ring).toMatchObject({ verdict: 'pass', method: 'exhaustive' });
  });
});

describe('a backlog of hundreds of tickets', () => {
  const tickets = backlogLikeTheRealOne();

  it('is walked by chance, and says how much was tried', () => {
    const { verdict, method, walked } = check(tickets);
    expect({ verdict, method }).toEqual({ verdict: 'pass', method: 'walks' });
    expect(walked!.steps).toBeGreaterThanOrEqual(5000);
    expect(walked!.states).toBeGreaterThan(walked!.steps / 4);
    expect(walked!.states).toBeLessThanOrEqual(walked!.steps);
    expect(walked!.dispatched).toBe(238);
    expect(walked!.landed).toBeGreaterThan(200);
    expect(walked!.sessionsPeak).toBeGreaterThan(1);
    expect(walked!.pairs.tried).toBeGreaterThan(100);
    expect(walked!.pairs.tried).toBeLessThan(walked!.pairs.all);
    expect(walked!.seen).toEqual(
      expect.arrayContaining(['two sessions at once', 'work lands', 'a ticket is retried']),
    );
  });

  it('is walked in the same way by the same seed, and in another by another', () => {
    const budget = 1000;
    expect(check(tickets, { budget, seed: 7 })).toEqual(check(tickets, { budget, seed: 7 }));
    expect(check(tickets, { budget, seed: 8 }).walked).not.toEqual(
      check(tickets, { budget, seed: 7 }).walked,
    );
  });

  it.each<readonly [string, Supervisor, string]>([
    ['forgets the components', withGuard('componentFree', () => true), 'C1 actionsTotal'],
    ['forgets the dependencies', withGuard('depsReady', () => true), 'S2 dependencyLanded'],
    ['forgets the workers', withGuard('workerFree', () => true), 'S3 workersBounded'],
    ['claims nothing', withAction('claim', () => ({})), 'C1 actionsTotal'],
    ['never hears of a place', withAction('enterPhase', () => ({})), 'C4 toldIsKnown'],
  ])('finds a supervisor that %s, in few steps', (_title, machine, property) => {
    const { verdict, counterexample } = check(tickets, { machine, workers: 1 });
    expect({ verdict, property: counterexample?.property }).toEqual({ verdict: 'violation', property });
    expect(counterexample!.path.length).toBeLessThanOrEqual(8);
    expect(tellCounterexample(counterexample!)).toMatch(
      /^\S+ \S+ does not hold: .*\n {2}1\. recovery is done/,
    );
  });

  it('finds a supervisor that never comes to its end', () => {
    const { counterexample } = check(tickets.slice(0, 12), {
      machine: withGuard('isWorkedOff', () => false),
    });
    expect(counterexample?.property).toBe('E1 runEnds');
  });
});
