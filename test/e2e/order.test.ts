import { expect, test } from 'vitest';
import type { FactOf } from '../../src/domain/run-fact.ts';
import type { JournalEntry } from '../../src/domain/journal-entry.ts';
import {
  expectClean,
  makeProject,
  WORK_WHEN_TOLD,
  type FinishedRun,
  type TestProject,
  type TicketSpec,
} from '../support/e2e.ts';
import { pairsAtWork } from '../support/overlaps.ts';

/*
 *   a ──► b ──► d ──► e        f ──► g
 *   └───► c ────┘     │        h
 *         c ──────────┴──► i
 */
const MIXED: readonly TicketSpec[] = [
  { id: 'a', components: ['a'] },
  { id: 'b', components: ['b'], deps: ['a'] },
  { id: 'c', components: ['c'], deps: ['a'] },
  { id: 'd', components: ['d'], deps: ['b', 'c'] },
  { id: 'e', components: ['e'], deps: ['d'] },
  { id: 'f', components: ['f'] },
  { id: 'g', components: ['g'], deps: ['f'] },
  { id: 'h', components: ['h'] },
  { id: 'i', components: ['i'], deps: ['c', 'e'] },
];

test('starts a dependent from a base that holds the landed commit of every dependency', async () => {
  const project = makeProject({ tickets: MIXED });
  const run = await project.run();
  expect(run.report).toMatchObject({ exitCode: 0, outcome: 'complete', sessions: 9 });
  expectDependenciesInBase(project, run, MIXED);
  expectClean(project, run);
});

test('gives a worker that becomes free to the next ticket, whatever the others do', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const project = makeProject({
    tickets: ids.map((id) => ({ id, components: [id] })),
    others: WORK_WHEN_TOLD,
    config: { parallelWorkers: 2 },
  });
  const { lobby } = project;
  const live = await project.start();
  // `a` works through the whole run; the other worker takes one ticket after another meanwhile.
  const a = await lobby.guest('a');
  for (const id of ['b', 'c', 'd', 'e']) (await lobby.guest(id)).answer();
  a.answer();
  const run = await live.over;
  expect(run.report).toMatchObject({ exitCode: 0, agentsPeak: 2 });
  expect([...pairsAtWork(run.records)].sort()).toEqual(['a b', 'a c', 'a d', 'a e']);
  expectClean(project, run);
});

test('starts what waits for a ticket as soon as that has landed, with other agents still at work', async () => {
  const project = makeProject({
    tickets: [
      { id: 'long', components: ['x'] },
      { id: 'a', components: ['y'] },
      { id: 'b', components: ['z'], deps: ['a'] },
    ],
    others: WORK_WHEN_TOLD,
    config: { parallelWorkers: 2 },
  });
  const { lobby } = project;
  const live = await project.start();
  const long = await lobby.guest('long');
  (await lobby.guest('a')).answer();
  (await lobby.guest('b')).answer();
  long.answer();
  const run = await live.over;
  expect(run.report.exitCode).toBe(0);
  expect([...pairsAtWork(run.records)].sort()).toEqual(['a long', 'b long']);
});

test('takes tickets by priority, then by what waits for them, then by id', async () => {
  const project = makeProject({
    tickets: [
      { id: 'a', components: ['x'] },
      { id: 'b', components: ['x'] },
      { id: 'first', components: ['x'], priority: 0 },
      { id: 'last', components: ['x'], priority: 4 },
      { id: 'needed', components: ['x'] },
      { id: 'needs', components: ['x'], deps: ['needed'] },
    ],
  });
  const run = await project.run();
  expect(dispatchOrder(run)).toEqual(['first', 'needed', 'a', 'b', 'needs', 'last']);
});

function expectDependenciesInBase(
  project: TestProject,
  run: FinishedRun,
  tickets: readonly TicketSpec[],
): void {
  const commits = new Map(run.report.tickets.map(({ id, commit }) => [id, commit]));
  const starts = run.records.filter(({ moment }) => moment === 'start');
  expect(starts.map(({ ticket }) => ticket).sort()).toEqual(tickets.map(({ id }) => id).sort());
  for (const { ticket, session, base, work } of starts) {
    const prepared = run.entries.find(
      (entry): entry is JournalEntry & FactOf<'session.prepared'> =>
        entry.type === 'session.prepared' && entry.session === session,
    );
    expect(prepared?.base).toBe(base);
    const deps = tickets.find(({ id }) => id === ticket)?.deps ?? [];
    expect(work).toEqual(expect.arrayContaining([...deps]));
    for (const dep of deps) project.git('merge-base', '--is-ancestor', commits.get(dep)!, base);
  }
}

function dispatchOrder({ entries }: FinishedRun): readonly string[] {
  return entries.flatMap((entry) => (entry.type === 'session.dispatched' ? [entry.ticket] : []));
}
