import { test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import {
  applyFact,
  EMPTY_SYSTEM_VIEW,
  sessionIn,
  stateIn,
  ticketIn,
  type SystemView,
} from '../../src/domain/system-view.ts';
import type { RunFact } from '../../src/domain/run-fact.ts';
import { factsOf, planned, started } from '../support/journal-of.ts';
import { randomRun } from '../support/random-run.ts';
import { randomRunInput } from '../support/random-run-input.ts';

const fold = (facts: readonly RunFact[], from = EMPTY_SYSTEM_VIEW): SystemView =>
  facts.reduce(applyFact, from);

/** What the supervisor's state cannot know. */
const withoutCommits = (view: SystemView): SystemView => ({
  ...view,
  sessions: view.sessions.map((session) => ({ ...session, commits: null })),
});

describe('a view of the system', () => {
  test.prop([randomRunInput()], { numRuns: 200 })(
    'is the same after every step, folded from what was told or taken from what the supervisor knows',
    (input) => {
      let told = EMPTY_SYSTEM_VIEW;
      for (const { facts, known } of randomRun(input)) {
        told = fold(facts, told);
        expect(withoutCommits(told)).toEqual(known);
      }
    },
  );

  it('never changes in place, and shares what did not change', () => {
    const before = fold([started([planned('a'), planned('b')])]);
    const copy = structuredClone(before);
    const after = fold([factsOf('s1', 'a').dispatched], before);
    expect(before).toEqual(copy);
    expect(after.plan).toBe(before.plan);
    expect(fold([{ type: 'ticket.readied', ticket: 'a' }], before)).toBe(before);
  });

  it('holds the components of a session from its dispatch to its end', () => {
    const of = factsOf('s1', 'a', { components: ['api', 'db'] });
    const live = fold([started([planned('a', { components: ['api', 'db'] })]), of.dispatched, of.prepared]);
    expect(live.locks).toEqual({ api: 's1', db: 's1' });
    expect(sessionIn(live, 's1')).toEqual({
      session: 's1',
      ticket: 'a',
      attempt: 1,
      phase: 'launching',
      components: ['api', 'db'],
      commits: null,
    });
    expect(fold([of.ended('failed')], live)).toMatchObject({ locks: {}, sessions: [] });
  });

  it('keeps a ticket live after the end of its session until it is said what becomes of it', () => {
    const of = factsOf('s1', 'a');
    const ended = fold([started([planned('a')]), of.dispatched, of.ended('failed')]);
    expect(stateIn(ended, 'a')).toEqual({ phase: 'live', session: 's1', attempts: 1 });
    const requeued = fold([{ type: 'ticket.requeued', ticket: 'a', attempts: 1 }], ended);
    expect(stateIn(requeued, 'a')).toEqual({ phase: 'pending', attempts: 1 });
  });

  it('goes on ending an agent that says only later that it is there', () => {
    const of = factsOf('s1', 'a');
    const view = fold([started([planned('a')]), of.dispatched, of.prepared, of.timingOut, of.launched]);
    expect(sessionIn(view, 's1')?.phase).toBe('timingOut');
  });

  it('passes over what is said of the unknown', () => {
    const before = fold([started([planned('a')])]);
    const of = factsOf('s9', 'z');
    const after = fold(
      [of.prepared, of.landed, of.ended('merged'), { type: 'ticket.requeued', ticket: 'z', attempts: 1 }],
      before,
    );
    expect(after).toEqual(before);
    expect(ticketIn(after, 'z')).toBeUndefined();
    expect(stateIn(after, 'constructor')).toBeUndefined();
    expect(sessionIn(after, 'constructor')).toBeUndefined();
  });
});
