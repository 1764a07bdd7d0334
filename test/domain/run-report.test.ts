import { describe, expect, it } from 'vitest';

import type { RunFact } from '../../src/domain/run-fact.ts';
import { runReport, waitsOf } from '../../src/domain/run-report.ts';
import { runSnapshot } from '../../src/domain/run-snapshot.ts';
import { emptyRunView, foldRunView, type RunView } from '../../src/domain/run-view.ts';
import { NO_COUNTS } from '../../src/domain/ticket-view.ts';
import { factsOf, goodLife, journalOf, planned, START_MS, started } from '../support/journal-of.ts';

const viewOf = (items: readonly (RunFact | number)[]): RunView =>
  journalOf(items).reduce(foldRunView, emptyRunView());
const recovered: RunFact = { type: 'run.recovered', notes: [] };

//   a ──► b        a lands at its second attempt, c conflicts for good, d is blocked by c, e was not asked for
//   c ──► d
const a1 = factsOf('s1', 'a');
const c = factsOf('s3', 'c');
const run: readonly (RunFact | number)[] = [
  started(
    [
      planned('a'),
      planned('b', { deps: ['a'] }),
      planned('c'),
      planned('d', { deps: ['c'] }),
      planned('e', { standing: 'excluded' }),
      planned('f', { standing: 'closed' }),
    ],
    { attemptsMax: 2 },
  ),
  recovered,
  a1.dispatched,
  a1.prepared,
  a1.launched,
  60,
  a1.failedExit,
  a1.releasing('failed'),
  a1.ended('failed', 'exit code 1', a1.branch),
  { type: 'ticket.requeued', ticket: 'a', attempts: 1 },
  ...goodLife('s2', 'a', { attempt: 2 }),
  ...goodLife('s3', 'c').slice(0, 8),
  c.conflicted,
  c.releasing('conflicted'),
  { ...c.ended('conflicted', 'conflicts in src/a.ts', c.branch), keptWorktree: '/trees/s3' },
  { type: 'ticket.failed', ticket: 'c', ending: 'conflicted', attempts: 1 },
  {
    type: 'ticket.blocked',
    ticket: 'd',
    blockers: [{ kind: 'dependencyFailed', dependency: 'c', ending: 'conflicted' }],
  },
  ...goodLife('s4', 'b'),
];

describe('the report of a run', () => {
  it('tells of every ticket where it stands, why, and what was kept of it', () => {
    const report = runReport(viewOf([...run, { type: 'run.finished', publication: null, exitCode: 1 }]));
    expect(report).toEqual({
      reportVersion: 1,
      run: 'run-1',
      version: '1.0.0',
      target: 'main',
      startedAtMs: START_MS,
      finishedAtMs: START_MS + 103_000,
      exitCode: 1,
      outcome: 'incomplete',
      stop: null,
      workers: 2,
      agentsPeak: 1,
      sessions: 4,
      wallTimeMs: 103_000,
      sessionTimeMs: 64_000 + 10_000 + 10_000 + 10_000,
      totals: { ...NO_COUNTS, landed: 2, failed: 1, blocked: 1, closed: 1, excluded: 1 },
      publication: { kind: 'published', commit: 'landed-b' },
      recoveryNotes: [],
      tickets: [
        {
          id: 'a',
          title: 'Do a',
          standing: 'landed',
          ending: 'merged',
          attempts: 2,
          session: 's2',
          commit: 'landed-a',
          reason: '',
          blockers: [],
          keptBranches: ['ralph/a/s1'],
          keptWorktrees: [],
          sessionTimeMs: 74_000,
        },
        {
          id: 'b',
          title: 'Do b',
          standing: 'landed',
          ending: 'merged',
          attempts: 1,
          session: 's4',
          commit: 'landed-b',
          reason: '',
          blockers: [],
          keptBranches: [],
          keptWorktrees: [],
          sessionTimeMs: 10_000,
        },
        {
          id: 'c',
          title: 'Do c',
          standing: 'failed',
          ending: 'conflicted',
          attempts: 1,
          session: 's3',
          commit: null,
          reason: 'conflicts in src/a.ts',
          blockers: [],
          keptBranches: ['ralph/c/s3'],
          keptWorktrees: ['/trees/s3'],
          sessionTimeMs: 10_000,
        },
        {
          id: 'd',
          title: 'Do d',
          standing: 'blocked',
          ending: null,
          attempts: 0,
          session: null,
          commit: null,
          reason: 'its dependency c ended conflicted',
          blockers: [{ kind: 'dependencyFailed', dependency: 'c', ending: 'conflicted' }],
          keptBranches: [],
          keptWorktrees: [],
          sessionTimeMs: 0,
        },
        expect.objectContaining({ id: 'e', standing: 'excluded', reason: '' }),
        expect.objectContaining({ id: 'f', standing: 'closed', reason: '' }),
      ],
    });
  });

  it('survives a journey through JSON unchanged', () => {
    const report = runReport(viewOf(run));
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('says of a run that goes on, or was cut off, that it is unfinished', () => {
    const report = runReport(viewOf(run));
    expect(report).toMatchObject({
      outcome: 'unfinished',
      finishedAtMs: null,
      exitCode: null,
      wallTimeMs: 102_000,
    });
  });

  it('says what a live ticket is being worked on by, and what a waiting one waits for', () => {
    const of = factsOf('s1', 'a', { components: ['api'] });
    const view = viewOf([
      started([planned('a', { components: ['api'] }), planned('b', { components: ['api'], deps: ['a'] })]),
      recovered,
      of.dispatched,
    ]);
    expect(runReport(view).tickets).toMatchObject([
      { id: 'a', standing: 'running', session: 's1', attempts: 1, blockers: [], reason: '' },
      { id: 'b', standing: 'waiting', reason: 'waits for a to land; component api is held by session s1' },
    ]);
    expect(waitsOf(view.system, view.tickets.get('b')!)).toEqual([
      { kind: 'dependencyNotLanded', dependency: 'a' },
      { kind: 'componentHeld', component: 'api', holder: 's1' },
    ]);
  });

  it('explains an ending that came without a reason of its own', () => {
    const of = factsOf('s1', 'a');
    const view = viewOf([
      started([planned('a')]),
      recovered,
      of.dispatched,
      of.releasing('terminated'),
      of.ended('terminated'),
      { type: 'ticket.requeued', ticket: 'a', attempts: 1 },
    ]);
    expect(runReport(view).tickets).toMatchObject([
      { standing: 'ready', reason: 'the session was ended because the run is stopping' },
    ]);
  });

  it('does not exist for a run without its first entry', () => {
    expect(() => runReport(emptyRunView())).toThrow('a run without its first entry has no report');
  });
});

describe('the snapshot of a run', () => {
  it('adds the phase and the live sessions to the report so far', () => {
    const of = factsOf('s1', 'a');
    const view = viewOf([started([planned('a')]), recovered, of.dispatched]);
    expect(runSnapshot(view)).toEqual({
      snapshotVersion: 1,
      phase: 'dispatching',
      seq: 2,
      atMs: START_MS + 2000,
      ownerPid: 4711,
      liveSessions: [expect.objectContaining({ session: 's1', ticket: 'a', phase: 'preparing' })],
      report: runReport(view),
    });
  });
});
