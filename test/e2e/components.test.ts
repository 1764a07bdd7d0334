import { expect, test } from 'vitest';
import { expectClean, makeProject, WORK_WHEN_TOLD, type FinishedRun } from '../support/e2e.ts';
import { pairsAtWork } from '../support/overlaps.ts';

test('never lets two agents work on one component, and lets others work beside them', async () => {
  const project = makeProject({
    tickets: [
      { id: 'x1', components: ['x'] },
      { id: 'x2', components: ['x'] },
      { id: 'x3', components: ['x'] },
      { id: 'y1', components: ['y'] },
    ],
    others: WORK_WHEN_TOLD,
  });
  const { lobby } = project;
  const live = await project.start();
  const y = await lobby.guest('y1');
  for (const id of ['x1', 'x2', 'x3']) (await lobby.guest(id)).answer();
  y.answer();
  const run = await live.over;
  expect(run.report).toMatchObject({ exitCode: 0, agentsPeak: 2 });
  expect(pairs(run)).toEqual(['x1 y1', 'x2 y1', 'x3 y1']);
  expectClean(project, run);
});

test('gives a ticket all of its components at once or none', async () => {
  const project = makeProject({
    tickets: [
      { id: 'x', components: ['x'], priority: 0 },
      { id: 'xy', components: ['x', 'y'], priority: 1 },
      { id: 'y', components: ['y'], priority: 2 },
      { id: 'z', components: ['z'], priority: 3 },
    ],
    others: WORK_WHEN_TOLD,
  });
  const { lobby } = project;
  const live = await project.start();
  // With `x` at work, `xy` does not hold `y` while it waits for the rest: the ticket `y` is free to start.
  const [x, y, z] = await Promise.all(['x', 'y', 'z'].map((id) => lobby.guest(id)));
  x!.answer();
  y!.answer();
  (await lobby.guest('xy')).answer();
  z!.answer();
  const run = await live.over;
  expect(run.report.exitCode).toBe(0);
  expect(pairs(run)).toEqual(['x y', 'x z', 'xy z', 'y z']);
  expectClean(project, run);
});

test('lets a ticket without a component run alone, where the configuration does not say otherwise', async () => {
  const project = makeProject({
    tickets: [{ id: 'u1' }, { id: 'u2' }, { id: 'x', components: ['x'] }, { id: 'y', components: ['y'] }],
    others: WORK_WHEN_TOLD,
    config: { parallelAllowUntagged: false },
  });
  const live = await project.start();
  project.lobby.answer('u1', 'u2');
  const tagged = await Promise.all([project.lobby.guest('x'), project.lobby.guest('y')]);
  for (const guest of tagged) guest.answer();
  const run = await live.over;
  expect(run.report.exitCode).toBe(0);
  expect(pairs(run)).toEqual(['x y']);
  expectClean(project, run);
});

test('lets tickets without a component run beside others, one at a time, where the configuration says so', async () => {
  const project = makeProject({
    tickets: [{ id: 'u1' }, { id: 'u2' }, { id: 'x', components: ['x'] }],
    others: WORK_WHEN_TOLD,
    config: { parallelAllowUntagged: true },
  });
  const { lobby } = project;
  const live = await project.start();
  const x = await lobby.guest('x');
  for (const id of ['u1', 'u2']) (await lobby.guest(id)).answer();
  x.answer();
  const run = await live.over;
  expect(run.report.exitCode).toBe(0);
  expect(pairs(run)).toEqual(['u1 x', 'u2 x']);
  expectClean(project, run);
});

function pairs(run: FinishedRun): readonly string[] {
  return [...pairsAtWork(run.records)].sort();
}
