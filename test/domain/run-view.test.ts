import { test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import type { RunFact } from '../../src/domain/run-fact.ts';
import {
  emptyRunView,
  foldRunView,
  sessionOfEntry,
  ticketOfEntry,
  type RunView,
} from '../../src/domain/run-view.ts';
import { stateIn } from '../../src/domain/system-view.ts';
import { satisfiesDependents } from '../../src/domain/ticket-state.ts';
import { NO_COUNTS } from '../../src/domain/ticket-view.ts';
import { factsOf, goodLife, journalOf, planned, START_MS, started } from '../support/journal-of.ts';
import { randomRun } from '../support/random-run.ts';
import { randomRunInput } from '../support/random-run-input.ts';

const viewOf = (items: readonly (RunFact | number)[]): RunView =>
  journalOf(items).reduce(foldRunView, emptyRunView());
const recovered: RunFact = {
  type: 'run.recovered',
  notes: ['salvaged 2 commits of session s0 to ralph/x/s0'],
};

describe('the view of a run', () => {
  it('knows nothing before the first entry', () => {
    expect(emptyRunView()).toMatchObject({ header: null, seq: -1, counts: NO_COUNTS, agentsPeak: 0 });
  });

  it('takes its header from the first entry', () => {
    const view = viewOf([started([planned('a')]), recovered]);
    expect(view.header).toEqual({
      run: 'run-1',
      version: '1.0.0',
      owner: { pid: 4711, startTime: '1', bootId: 'boot' },
      target: 'main',
      targetCommit: 'c0ffee0000000000000000000000000000000000',
      workers: 2,
      attemptsMax: 2,
      dispatchesMax: 0,
      startedAtMs: START_MS,
    });
    expect(view).toMatchObject({
      seq: 1,
      lastAtMs: START_MS + 1000,
      recoveryNotes: ['salvaged 2 commits of session s0 to ralph/x/s0'],
    });
  });

  it('follows a live session with its place, its process and the time of its phase', () => {
    const of = factsOf('s1', 'a');
    const view = viewOf([started([planned('a')]), recovered, of.dispatched, of.prepared, 5, of.launched]);
    expect([...view.sessions.values()]).toEqual([
      {
        session: 's1',
        ticket: 'a',
        attempt: 1,
        components: ['component-of-a'],
        phase: 'running',
        sinceMs: START_MS + 8000,
        dispatchedAtMs: START_MS + 2000,
        launchedAtMs: START_MS + 8000,
        exitedAtMs: null,
        worktree: '/trees/s1',
        branch: 'ralph/a/s1',
        base: 'base0',
        pid: 100,
        cause: null,
        exitCode: null,
        exitSignal: null,
        commits: null,
      },
    ]);
  });

  it('keeps an ended session with its ending, its reason and what was kept', () => {
    const of = factsOf('s1', 'a');
    const view = viewOf([
      started([planned('a')]),
      recovered,
      of.dispatched,
      of.prepared,
      of.launched,
      of.timingOut,
      { ...of.failedExit, code: null, signal: 'SIGKILL' },
      of.releasing('timedOut'),
      of.ended('timedOut', '', of.branch),
      { type: 'ticket.requeued', ticket: 'a', attempts: 1 },
    ]);
    expect(view.sessions.size).toBe(0);
    expect(view.ended).toEqual(view.tickets.get('a')?.ended);
    expect(view.ended[0]).toMatchObject({
      ending: 'timedOut',
      cause: 'timedOut',
      exitCode: null,
      exitSignal: 'SIGKILL',
      keptBranch: 'ralph/a/s1',
      dispatchedAtMs: START_MS + 2000,
      launchedAtMs: START_MS + 4000,
      exitedAtMs: START_MS + 6000,
      endedAtMs: START_MS + 8000,
    });
    expect(view.tickets.get('a')).toMatchObject({
      standing: 'ready',
      state: { phase: 'pending', attempts: 1 },
    });
  });

  //   a ──► b ──► c
  it('moves dependents from waiting to ready when what they wait for has landed', () => {
    const plan = [planned('a'), planned('b', { deps: ['a'] }), planned('c', { deps: ['a', 'b'] })];
    const life = goodLife('s1', 'a');
    const before = viewOf([started(plan), recovered, ...life.slice(0, 8)]);
    expect(before.counts).toEqual({ ...NO_COUNTS, merging: 1, waiting: 2 });
    const after = viewOf([started(plan), recovered, ...life.slice(0, 9)]);
    expect(after.counts).toEqual({ ...NO_COUNTS, landed: 1, ready: 1, waiting: 1 });
    expect(after.tickets.get('c')?.unmet).toBe(1);
  });

  it('counts the agents that live at once, not the sessions', () => {
    const [a, b] = [goodLife('s1', 'a'), goodLife('s2', 'b')];
    // a's agent has exited before b's is launched, and both sessions are live.
    const apart = viewOf([
      started([planned('a'), planned('b')]),
      recovered,
      ...a.slice(0, 4),
      ...b,
      ...a.slice(4),
    ]);
    expect(apart).toMatchObject({ agents: 0, agentsPeak: 1 });
    const together = viewOf([
      started([planned('a'), planned('b')]),
      recovered,
      ...a.slice(0, 3),
      ...b.slice(0, 3),
    ]);
    expect(together).toMatchObject({ agents: 2, agentsPeak: 2 });
  });

  it('counts the agent of a session that broke as gone when the session is over', () => {
    const of = factsOf('s1', 'a');
    const view = viewOf([
      started([planned('a')]),
      recovered,
      of.dispatched,
      of.prepared,
      of.launched,
      of.ended('lost'),
    ]);
    expect(view).toMatchObject({ agents: 0, agentsPeak: 1 });
  });

  it('remembers that landed work is held until it is published', () => {
    const of = factsOf('s1', 'a');
    const held = [started([planned('a')]), recovered, ...goodLife('s1', 'a').with(8, of.held)];
    expect(viewOf(held).publication).toEqual({
      kind: 'held',
      reason: 'main is checked out with local edits in src/a.ts',
    });
    const published: RunFact = {
      type: 'run.finished',
      publication: { kind: 'published', commit: 'landed-a' },
      exitCode: 0,
    };
    expect(viewOf([...held, published])).toMatchObject({
      publication: { kind: 'published', commit: 'landed-a' },
      exitCode: 0,
      system: { phase: 'finished' },
    });
  });

  it('finds the ticket and the session that an entry is about, also when the entry has just ended it', () => {
    const life = journalOf([started([planned('a')]), recovered, ...goodLife('s1', 'a')]);
    const view = life.reduce(foldRunView, emptyRunView());
    expect(ticketOfEntry(view, life.at(-1)!)).toBe('a');
    expect(sessionOfEntry(view, life.at(-1)!)).toMatchObject({ ending: 'merged' });
    expect(ticketOfEntry(view, life[0]!)).toBeNull();
  });

  it('passes over entries of sessions and tickets it has never heard of', () => {
    const view = viewOf([
      started([planned('a')]),
      ...goodLife('s9', 'z'),
      { type: 'ticket.failed', ticket: 'y', ending: 'failed', attempts: 1 },
    ]);
    expect(view.counts).toEqual({ ...NO_COUNTS, ready: 1 });
  });

  test.prop([randomRunInput()], { numRuns: 200 })(
    'counts every ticket in its one place after every entry',
    (input) => {
      const view = emptyRunView();
      for (const entry of journalOf(randomRun(input).flatMap(({ facts }) => facts))) {
        foldRunView(view, entry);
        const recount = { ...NO_COUNTS } as Record<string, number>;
        for (const { id, standing, state, deps, unmet } of view.tickets.values()) {
          recount[standing]! += 1;
          expect(state).toEqual(stateIn(view.system, id));
          expect(unmet).toBe(deps.filter((dep) => !satisfiesDependents(stateIn(view.system, dep)!)).length);
          if (state.phase === 'pending') expect(standing).toBe(unmet === 0 ? 'ready' : 'waiting');
        }
        expect(view.counts).toEqual(recount);
        expect([...view.sessions.keys()]).toEqual(view.system.sessions.map(({ session }) => session));
      }
      expect(view).toMatchObject({ agents: 0, system: { phase: 'finished' } });
      expect(view.agentsPeak).toBeLessThanOrEqual(input.workers);
      expect(view.ended).toHaveLength(view.system.dispatched);
    },
  );
});
