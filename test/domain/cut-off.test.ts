import { describe, expect, test } from 'vitest';

import { cutOffSessions, isRunOver, takenOverSessions } from '../../src/domain/cut-off.ts';
import type { RunFact } from '../../src/domain/run-fact.ts';
import { factsOf, goodLife, planned, started } from '../support/journal-of.ts';

const finished: RunFact = { type: 'run.finished', publication: null, exitCode: 1 };
const { dispatched, ended } = factsOf('s1', 'a');

test.each([
  ['that has its last fact', [finished], true],
  ['whose sessions have all ended', [dispatched, ended('failed'), finished], true],
  ['whose session has ended, and whose last fact is missing', [dispatched, ended('failed')], false],
  ['that says it is finished while a session is live', [dispatched, finished], false],
  ['of which nothing is on record', [], false],
])('a run %s: %o is over: %s', (_what, facts, isOver) => {
  expect(isRunOver(facts)).toBe(isOver);
});

describe('a session whose run is cut off', () => {
  const start = started([planned('a'), planned('b')]);
  const life = goodLife('s1', 'a');

  test('is known with its ticket and its place', () => {
    expect(cutOffSessions([start, ...life.slice(0, 2)])).toEqual([
      {
        session: 's1',
        ticket: 'a',
        title: 'Do a',
        place: { session: 's1', ticket: 'a', worktree: '/trees/s1', branch: 'ralph/a/s1', base: 'base0' },
        progress: { kind: 'unfinished' },
        attempt: 1,
        components: ['component-of-a'],
        agent: null,
      },
    ]);
  });

  test('has come as far as its last fact says', () => {
    const known = { head: 'head1', commits: 1 };
    const progress = life.map(
      (_fact, index) => cutOffSessions([start, ...life.slice(0, index + 1)])[0]?.progress ?? null,
    );
    expect(progress).toEqual([
      ...Array.from({ length: 4 }, () => ({ kind: 'unfinished' })),
      { kind: 'completed' },
      ...Array.from({ length: 3 }, () => ({ kind: 'verified', ...known, objection: null })),
      ...Array.from({ length: 2 }, () => ({ kind: 'landed', ...known, commit: 'landed-a' })),
      null,
    ]);
  });

  test('knows what was held against its work', () => {
    const verified = { ...factsOf('s1', 'a').verified, objection: 'touched b of c' };
    expect(cutOffSessions([...life.slice(0, 5), verified])[0]?.progress).toMatchObject({
      kind: 'verified',
      objection: 'touched b of c',
    });
  });

  test('is unfinished when its work was turned down, with a merge or without', () => {
    const of = factsOf('s1', 'a');
    const work = life.slice(0, 6);
    const turnedDown = [
      [...work, of.requested, of.mergeStarted, of.conflicted],
      [...work, of.releasing('rejected')],
    ];
    for (const facts of turnedDown)
      expect(cutOffSessions(facts)[0]?.progress).toEqual({ kind: 'unfinished' });
  });

  test('stands behind those that completed before it', () => {
    const [a, b] = [factsOf('s1', 'a'), factsOf('s2', 'b')];
    const facts = [a.dispatched, b.dispatched, b.completed, a.completed];
    expect(cutOffSessions(facts).map(({ session }) => session)).toEqual(['s2', 's1']);
  });
});

describe('a session that is adopted', () => {
  const [, prepared, launched, exited, ...rest] = goodLife('s1', 'a');
  const adopted: RunFact = { ...dispatched, adoptedFrom: 'r1' };

  test('can be, from its launch until it is being ended or is gone', () => {
    const { launched: fact, timingOut } = factsOf('s1', 'a');
    const agentAfter = (...facts: readonly RunFact[]) => cutOffSessions([dispatched, ...facts])[0]?.agent;
    expect(agentAfter(prepared!)).toBeNull();
    expect(agentAfter(prepared!, launched!)).toEqual(fact.process);
    expect(agentAfter(prepared!, launched!, timingOut)).toBeNull();
    expect(agentAfter(prepared!, launched!, exited!)).toBeNull();
  });

  test('stays with the journal that it was adopted from until its agent is followed again', () => {
    expect(cutOffSessions([adopted, prepared!])).toEqual([]);
    expect(takenOverSessions([adopted, prepared!])).toEqual([]);
    expect(cutOffSessions([adopted, prepared!, launched!])).toMatchObject([{ session: 's1' }]);
    expect(takenOverSessions([adopted, prepared!, launched!])).toEqual([{ session: 's1', from: 'r1' }]);
  });

  test('is with the new one for good when it has ended there, whether or not its agent was followed', () => {
    const taken = [{ session: 's1', from: 'r1' }];
    expect(takenOverSessions([adopted, prepared!, launched!, exited!, ...rest])).toEqual(taken);
    expect(takenOverSessions([adopted, prepared!, ended('terminated')])).toEqual(taken);
    expect(takenOverSessions(goodLife('s1', 'a'))).toEqual([]);
  });
});
