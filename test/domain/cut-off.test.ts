import { describe, expect, test } from 'vitest';

import { cutOffSessions, isRunOver } from '../../src/domain/cut-off.ts';
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
