import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import type { JournalEntry } from '../../src/domain/journal-entry.ts';
import type { RunFact } from '../../src/domain/run-fact.ts';
import { PROPERTIES } from '../../src/domain/properties.ts';
import { checkTrace, type TraceVerdict } from '../../src/verify/trace-check.ts';
import { factsOf, goodLife, journalOf, planned, started } from '../support/journal-of.ts';
import { randomRun } from '../support/random-run.ts';
import { randomRunInput } from '../support/random-run-input.ts';

const recovered: RunFact = { type: 'run.recovered', notes: [] };
const finished = (exitCode: number): RunFact => ({ type: 'run.finished', publication: null, exitCode });

/** Says a verdict in one line, so that a test shows what was found and where. */
function verdictOf(entries: readonly JournalEntry[]): string {
  const verdict: TraceVerdict = checkTrace(entries);
  if (verdict.ok) return `ok, ${verdict.entries} entries, ${verdict.isFinished ? 'finished' : 'cut off'}`;
  const { property, seq, entry, message } = verdict.violation;
  return `${property} at ${seq} (${entry.type}): ${message}`;
}

//   a ──► c        a and b run side by side; b times out once and conflicts at its second attempt; c lands;
//   b ──► d        d is given up because of b
const a = factsOf('s1', 'a');
const b1 = factsOf('s2', 'b');
const b2 = factsOf('s3', 'b', { attempt: 2 });
const good: readonly RunFact[] = [
  started([planned('a'), planned('b'), planned('c', { deps: ['a'] }), planned('d', { deps: ['b'] })]),
  recovered,
  a.dispatched,
  { type: 'dispatch.refused', ticket: 'a', blockers: [{ kind: 'claimed', session: 's1' }] },
  b1.dispatched,
  a.prepared,
  b1.prepared,
  a.launched,
  b1.launched,
  { type: 'dispatch.refused', ticket: 'c', blockers: [{ kind: 'dependencyNotLanded', dependency: 'a' }] },
  a.exited,
  a.completed,
  b1.timingOut,
  a.verified,
  a.requested,
  a.mergeStarted,
  b1.failedExit,
  b1.releasing('timedOut'),
  a.landed,
  { type: 'ticket.readied', ticket: 'c' },
  b1.ended('timedOut', '', b1.branch),
  { type: 'ticket.requeued', ticket: 'b', attempts: 1 },
  a.releasing('merged'),
  a.ended('merged'),
  b2.dispatched,
  b2.prepared,
  b2.launched,
  b2.exited,
  b2.completed,
  b2.verified,
  b2.requested,
  b2.mergeStarted,
  b2.conflicted,
  b2.releasing('conflicted'),
  ...goodLife('s4', 'c'),
  b2.ended('conflicted', 'conflicts in src/a.ts', b2.branch),
  { type: 'ticket.failed', ticket: 'b', ending: 'conflicted', attempts: 2 },
  {
    type: 'ticket.blocked',
    ticket: 'd',
    blockers: [{ kind: 'dependencyFailed', dependency: 'b', ending: 'conflicted' }],
  },
  finished(1),
];

describe('a good journal', () => {
  it('passes, and says what was seen', () => {
    expect(checkTrace(journalOf(good))).toEqual({
      ok: true,
      entries: 49,
      isFinished: true,
      seen: [
        'refused: claimed',
        'two sessions at once',
        'refused: dependencyNotLanded',
        'a timeout fires',
        'work lands',
        'a ticket is retried',
        'a conflict happens',
        'a failure blocks a dependent',
      ],
    });
  });

  it('passes at every point at which a crash may cut it off', () => {
    const entries = journalOf(good);
    for (let length = 0; length < entries.length; length += 1) {
      expect(verdictOf(entries.slice(0, length))).toBe(`ok, ${length} entries, cut off`);
    }
  });

  it('is refused with any line but the last removed', () => {
    const entries = journalOf(good);
    for (let index = 0; index < entries.length - 1; index += 1) {
      expect(checkTrace(entries.toSpliced(index, 1)).ok).toBe(false);
    }
  });

  it('is refused with any two neighbouring lines swapped', () => {
    const entries = journalOf(good);
    for (let index = 1; index < entries.length; index += 1) {
      expect(checkTrace(entries.with(index - 1, entries[index]!).with(index, entries[index - 1]!)).ok).toBe(
        false,
      );
    }
  });

  it('is refused with almost any line left out, even when the rest is renumbered', () => {
    // What may be missing unseen: refusals, and the news that a ticket became ready (which the replay on the machine misses).
    const passed = good.filter((_fact, index) => checkTrace(journalOf(good.toSpliced(index, 1))).ok);
    expect(passed.map(({ type }) => type)).toEqual([
      'dispatch.refused',
      'dispatch.refused',
      'ticket.readied',
      'run.finished',
    ]);
  });
});

describe('a journal of any legal run', () => {
  test.prop([randomRunInput()], { numRuns: 200 })('passes to its last entry', (input) => {
    const entries = journalOf(randomRun(input).flatMap(({ facts }) => facts));
    expect(verdictOf(entries)).toBe(`ok, ${entries.length} entries, finished`);
  });

  test.prop([randomRunInput(), fc.nat(), fc.nat()], { numRuns: 200 })(
    'is refused when a session’s line is repeated',
    (input, at, to) => {
      const facts = randomRun(input).flatMap((step) => step.facts);
      const places = facts.flatMap((fact, index) => ('session' in fact ? [index] : []));
      fc.pre(places.length > 0);
      const from = places[at % places.length]!;
      const until = from + 1 + (to % (facts.length - from));
      expect(checkTrace(journalOf(facts.toSpliced(until, 0, facts[from]!))).ok).toBe(false);
    },
  );
});

describe('the canaries: each journal is broken by hand, and the right promise is named', () => {
  const two = [started([planned('a'), planned('b')]), recovered];
  const c = factsOf('s3', 'c');
  const canaries: readonly (readonly [string, readonly RunFact[], string])[] = [
    [
      'two sessions hold one component',
      [
        started([planned('a', { components: ['api'] }), planned('b', { components: ['api', 'db'] })]),
        recovered,
        factsOf('s1', 'a', { components: ['api'] }).dispatched,
        factsOf('s2', 'b', { components: ['api', 'db'] }).dispatched,
      ],
      'S1 componentExclusive at 3 (session.dispatched): sessions s1 and s2 both work on component api',
    ],
    [
      'a session beside one that runs alone',
      [
        started([planned('a', { components: ['*'] }), planned('b')]),
        recovered,
        factsOf('s1', 'a', { components: ['*'] }).dispatched,
        b1.dispatched,
      ],
      'S1 componentExclusive at 3 (session.dispatched): session s1 needs the repository to itself; 2 sessions are live',
    ],
    [
      'a dependent that starts before its dependency has landed',
      [
        started([planned('a'), planned('b', { deps: ['a'] })]),
        recovered,
        ...goodLife('s1', 'a').slice(0, 8),
        b1.dispatched,
      ],
      'S2 dependencyLanded at 10 (session.dispatched): session s2 works on b, whose dependency a is live',
    ],
    [
      'a dispatch more than there are workers',
      [
        started([planned('a'), planned('b'), planned('c')]),
        recovered,
        a.dispatched,
        b1.dispatched,
        c.dispatched,
      ],
      'S3 workersBounded at 4 (session.dispatched): 2 workers, and s1 (preparing), s2 (preparing), s3 (preparing) occupy one each',
    ],
    [
      'a second session for a live ticket',
      [...two, a.dispatched, factsOf('s2', 'a', { attempt: 2 }).dispatched],
      'S4 oneSessionPerTicket at 3 (session.dispatched): sessions s1 and s2 both work on a',
    ],
    [
      'a session id that was used before',
      [...two, ...goodLife('s1', 'a'), factsOf('s1', 'b').dispatched],
      'S4 oneSessionPerTicket at 13 (session.dispatched): session id s1 was used before',
    ],
    [
      'a branch that was used before',
      [...two, a.dispatched, a.prepared, b1.dispatched, { ...b1.prepared, branch: a.branch }],
      'S4 oneSessionPerTicket at 5 (session.prepared): branch ralph/a/s1 was used before',
    ],
    [
      'a worktree that was used before',
      [...two, a.dispatched, a.prepared, b1.dispatched, { ...b1.prepared, worktree: a.prepared.worktree }],
      'S4 oneSessionPerTicket at 5 (session.prepared): worktree /trees/s1 was used before',
    ],
    [
      'two merges at the same time',
      [...two, ...goodLife('s1', 'a').slice(0, 8), ...goodLife('s2', 'b').slice(0, 8)],
      'S5 oneMerge at 17 (merge.started): s1 (merging), s2 (merging) are being merged at the same time',
    ],
    [
      'a process that could not be ended',
      [...two, a.dispatched, a.prepared, a.launched, { ...a.exited, survivorsLeft: 1 }],
      'S6 noOrphan at 5 (session.exited): session s1 left 1 process(es) that could not be ended',
    ],
    [
      'verified commits that are kept nowhere',
      [
        ...two,
        ...goodLife('s1', 'a').slice(0, 8),
        a.conflicted,
        a.releasing('conflicted'),
        a.ended('conflicted'),
      ],
      'S7 nothingLost at 12 (session.ended): session s1 ended conflicted with 1 commit(s) on no kept branch',
    ],
    [
      'an attempt more than the limit',
      [
        started([planned('a')], { attemptsMax: 1 }),
        recovered,
        a.dispatched,
        a.releasing('failed'),
        a.ended('failed'),
        { type: 'ticket.requeued', ticket: 'a', attempts: 1 },
        factsOf('s2', 'a', { attempt: 2 }).dispatched,
      ],
      'S8 bounded at 6 (session.dispatched): session s2 is attempt 2 of a; the limit is 1',
    ],
    [
      'a dispatch more than the budget',
      [started([planned('a'), planned('b')], { dispatchesMax: 1 }), recovered, a.dispatched, b1.dispatched],
      'S8 bounded at 3 (session.dispatched): 2 sessions were dispatched; the limit is 1',
    ],
    [
      'more worktrees than a slow gate may pile up',
      [
        started([planned('a'), planned('b'), planned('c')], { workers: 1 }),
        recovered,
        ...goodLife('s1', 'a').slice(0, 7),
        ...goodLife('s2', 'b').slice(0, 7),
        c.dispatched,
      ],
      'S8 bounded at 16 (session.dispatched): 3 sessions are live; the limit is twice the 1 workers',
    ],
    [
      'a ticket that is blocked by one it does not wait for',
      [
        ...two,
        a.dispatched,
        a.releasing('failed'),
        a.ended('failed'),
        { type: 'ticket.failed', ticket: 'a', ending: 'failed', attempts: 1 },
        {
          type: 'ticket.blocked',
          ticket: 'b',
          blockers: [{ kind: 'dependencyFailed', dependency: 'a', ending: 'failed' }],
        },
      ],
      'S9 failureIsLocal at 6 (ticket.blocked): b is blocked by {"kind":"dependencyFailed","dependency":"a","ending":"failed"}, which is not so',
    ],
    [
      'a ticket that is given up for a reason that passes',
      [...two, { type: 'ticket.blocked', ticket: 'b', blockers: [{ kind: 'workersBusy', workers: 2 }] }],
      'S9 failureIsLocal at 2 (ticket.blocked): b is blocked by {"kind":"workersBusy","workers":2}, which is not so',
    ],
    [
      'a ticket that is given up for no reason',
      [...two, { type: 'ticket.blocked', ticket: 'b', blockers: [] }],
      'S9 failureIsLocal at 2 (ticket.blocked): b is blocked without a reason',
    ],
    [
      'a cycle that is none',
      [
        started([
          planned('a', {
            deps: ['b'],
            standing: 'blocked',
            blockers: [{ kind: 'dependencyCycle', cycle: ['a', 'b'] }],
          }),
          planned('b'),
        ]),
      ],
      'S9 failureIsLocal at 0 (run.started): a is blocked by {"kind":"dependencyCycle","cycle":["a","b"]}, which is not so',
    ],
    [
      'a dispatch after a stop request',
      [
        ...two,
        a.dispatched,
        { type: 'run.stopping', reason: { kind: 'signal', signal: 'SIGINT' } },
        b1.dispatched,
      ],
      'S10 quietAfterStop at 4 (session.dispatched): session s2 was dispatched while the run was stopping',
    ],
    [
      'a dispatch while the run drains',
      [...two, { type: 'run.draining', reason: { kind: 'signal', signal: 'SIGTERM' } }, a.dispatched],
      'S10 quietAfterStop at 3 (session.dispatched): session s1 was dispatched while the run was draining',
    ],
    [
      'a session that did not acquire all it needs',
      [
        started([planned('a', { components: ['api', 'db'] })]),
        recovered,
        factsOf('s1', 'a', { components: ['api'] }).dispatched,
      ],
      'S11 lockMatchesHolder at 2 (session.dispatched): session s1 works on a without component db, held by nobody',
    ],
    [
      'a session that acquired what it does not need',
      [
        started([planned('a', { components: ['api'] })]),
        recovered,
        factsOf('s1', 'a', { components: ['api', 'db'] }).dispatched,
      ],
      'S11 lockMatchesHolder at 2 (session.dispatched): component db is held by s1, whose ticket does not need it',
    ],
  ];

  it.each(canaries)('%s', (_title, facts, expected) => {
    expect(verdictOf(journalOf(facts))).toBe(expected);
    expect(verdictOf(journalOf(facts.slice(0, -1)))).toBe(`ok, ${facts.length - 1} entries, cut off`);
  });

  it('covers every property', () => {
    const named = new Set(canaries.map(([, , expected]) => expected.slice(0, expected.indexOf(' at '))));
    expect([...named].sort()).toEqual(PROPERTIES.map(({ name }) => name).sort());
  });
});

describe('the protocol', () => {
  const two = [started([planned('a'), planned('b')]), recovered];
  it.each<readonly [string, readonly RunFact[], string]>([
    ['a run that does not begin', [recovered], '0 (run.recovered): a run begins with run.started'],
    ['a run that starts twice', [...two, started([])], '2 (run.started): a run starts once'],
    [
      'a ticket that is planned twice',
      [started([planned('a'), planned('a')])],
      '0 (run.started): ticket a is listed twice',
    ],
    [
      'an eligible ticket with blockers',
      [started([planned('a', { blockers: [{ kind: 'dependencyUnknown', dependency: 'x' }] })])],
      '0 (run.started): ticket a is eligible and has blockers',
    ],
    [
      'a dispatch before recovery',
      [started([planned('a')]), a.dispatched],
      '1 (session.dispatched): nothing is dispatched while the run is recovering',
    ],
    [
      'a dispatch while paused',
      [...two, { type: 'run.paused' }, a.dispatched],
      '3 (session.dispatched): nothing is dispatched while the run is paused',
    ],
    [
      'a resumption of what was not paused',
      [...two, { type: 'run.resumed' }],
      '2 (run.resumed): run.resumed cannot come while the run is dispatching',
    ],
    [
      'an unknown ticket',
      [...two, factsOf('s1', 'z').dispatched],
      '2 (session.dispatched): ticket z is not in the plan of the run',
    ],
    [
      'a closed ticket',
      [started([planned('a', { standing: 'closed' })]), recovered, a.dispatched],
      '2 (session.dispatched): ticket a is closed',
    ],
    [
      'an attempt that was skipped',
      [...two, factsOf('s1', 'a', { attempt: 2 }).dispatched],
      '2 (session.dispatched): a had 0 attempt(s), so this is not attempt 2',
    ],
    [
      'a launch before there is a worktree',
      [...two, a.dispatched, a.launched],
      '3 (session.launched): session.launched of session s1 cannot come while it is preparing',
    ],
    [
      'news of a session that was never dispatched',
      [...two, a.prepared],
      '2 (session.prepared): session s1 is not live',
    ],
    [
      'news of a session that has ended',
      [...two, ...goodLife('s1', 'a'), a.prepared],
      '13 (session.prepared): session s1 is not live',
    ],
    [
      'a launch that is told twice',
      [...two, a.dispatched, a.prepared, { ...a.timingOut, cause: 'terminated' }, a.launched, a.launched],
      '6 (session.launched): session.launched of session s1 came before',
    ],
    [
      'the exit of an agent that was never launched',
      [...two, a.dispatched, a.prepared, a.exited],
      '4 (session.exited): the agent of s1 was never launched',
    ],
    [
      'work of an agent that was never launched',
      [...two, a.dispatched, a.prepared, { ...a.exited, code: null }, a.completed],
      '5 (session.completed): the agent of s1 was never launched',
    ],
    [
      'work of an agent that was asked to end',
      [...two, a.dispatched, a.prepared, a.launched, a.timingOut, a.exited, a.completed],
      '7 (session.completed): the agent of s1 was asked to end',
    ],
    [
      'a worktree given back under a live agent',
      [...two, a.dispatched, a.prepared, a.launched, a.timingOut, a.releasing('timedOut')],
      '6 (session.releasing): the agent of s1 has not exited',
    ],
    [
      'a release that is told twice',
      [...two, a.dispatched, a.releasing('failed'), a.releasing('failed')],
      '4 (session.releasing): session.releasing of session s1 came before',
    ],
    [
      'work that is merged unverified',
      [...two, ...goodLife('s1', 'a').slice(0, 5), a.requested],
      '7 (merge.requested): the work of s1 was not verified',
    ],
    [
      'work that is merged in spite of an objection',
      [
        ...two,
        ...goodLife('s1', 'a').slice(0, 5),
        { ...a.verified, objection: 'touched x of y' },
        a.requested,
      ],
      '8 (merge.requested): the work of s1 is for a person to merge: touched x of y',
    ],
    [
      'a merge that ends before it starts',
      [...two, ...goodLife('s1', 'a').slice(0, 7), a.landed],
      '9 (merge.finished): the merge of s1 was not started',
    ],
    [
      'an end before the release',
      [...two, a.dispatched, a.ended('failed')],
      '3 (session.ended): session s1 ended failed before it was released',
    ],
    [
      'an end that differs from what was announced',
      [...two, a.dispatched, a.releasing('failed'), a.ended('noChanges')],
      '4 (session.ended): session s1 ended noChanges; it was being released as failed',
    ],
    [
      'a merged session whose work did not land',
      [...two, a.dispatched, a.releasing('merged'), a.ended('merged')],
      '4 (session.ended): session s1 ended merged, and no merge of it landed',
    ],
    [
      'a conflict without a merge',
      [...two, a.dispatched, a.releasing('conflicted'), a.ended('conflicted')],
      '4 (session.ended): session s1 met no conflict',
    ],
    [
      'a timeout without a deadline',
      [...two, a.dispatched, a.releasing('timedOut'), a.ended('timedOut')],
      '4 (session.ended): session s1 was not ended because it timedOut',
    ],
    [
      'no changes that nobody looked for',
      [...two, ...goodLife('s1', 'a').slice(0, 5), a.releasing('noChanges'), a.ended('noChanges')],
      '8 (session.ended): session s1 ended noChanges, and its work was not verified',
    ],
    [
      'a rejection of work that nobody looked at',
      [...two, ...goodLife('s1', 'a').slice(0, 5), a.releasing('rejected'), a.ended('rejected')],
      '8 (session.ended): session s1 ended rejected, and its work was not verified',
    ],
    [
      'a failure after landing',
      [...two, ...goodLife('s1', 'a').slice(0, 9), a.releasing('failed'), a.ended('failed')],
      '12 (session.ended): session s1 ended failed after its work had landed',
    ],
    [
      'an ended session whose ticket is forgotten',
      [...two, a.dispatched, a.releasing('failed'), a.ended('failed'), b1.dispatched],
      '5 (session.dispatched): what becomes of a must be said right after the end of its session',
    ],
    [
      'a ticket that fails out of the blue',
      [...two, { type: 'ticket.failed', ticket: 'a', ending: 'failed', attempts: 0 }],
      '2 (ticket.failed): no session of a has just ended',
    ],
    [
      'attempts that are counted wrong',
      [
        ...two,
        a.dispatched,
        a.releasing('failed'),
        a.ended('failed'),
        { type: 'ticket.requeued', ticket: 'a', attempts: 2 },
      ],
      '5 (ticket.requeued): a had 1 attempt(s), not 2',
    ],
    [
      'a ticket that is said to be ready and is not',
      [
        started([planned('a'), planned('b', { deps: ['a'] })]),
        recovered,
        { type: 'ticket.readied', ticket: 'b' },
      ],
      '2 (ticket.readied): ticket b is not ready',
    ],
    [
      'a landed ticket that is blocked',
      [
        ...two,
        ...goodLife('s1', 'a'),
        {
          type: 'ticket.blocked',
          ticket: 'a',
          blockers: [{ kind: 'invalidTicket', file: 'a.md', reason: 'gone' }],
        },
      ],
      '13 (ticket.blocked): ticket a was not pending',
    ],
    [
      'an end with a live session',
      [...two, a.dispatched, finished(0)],
      '3 (run.finished): session s1 is still live (preparing)',
    ],
    ['an end with work left', [...two, finished(0)], '2 (run.finished): ticket a could still be dispatched'],
    [
      'an exit code that hides a blocked ticket',
      [
        started([
          planned('a', { standing: 'blocked', blockers: [{ kind: 'dependencyUnknown', dependency: 'x' }] }),
        ]),
        recovered,
        finished(0),
      ],
      '2 (run.finished): the exit code is 0; by its tickets it is 3',
    ],
    [
      'a word after the last',
      [started([]), recovered, finished(0), { type: 'run.paused' }],
      '3 (run.paused): nothing follows run.finished',
    ],
    [
      'work of an earlier run that lands when recovery is over',
      [...two, { type: 'ticket.recovered', ticket: 'a', earlierSession: 's0', commit: 'c1' }],
      '2 (ticket.recovered): nothing is recovered while the run is dispatching',
    ],
    [
      'work of an earlier run that lands for a ticket that was closed before',
      [
        started([planned('a', { standing: 'closed' })]),
        { type: 'ticket.recovered', ticket: 'a', earlierSession: 's0', commit: 'c1' },
      ],
      '1 (ticket.recovered): ticket a is closed',
    ],
    [
      'a second session for a ticket that recovery has finished',
      [
        started([planned('a'), planned('b')]),
        { type: 'ticket.recovered', ticket: 'a', earlierSession: 's0', commit: 'c1' },
        recovered,
        a.dispatched,
      ],
      '3 (session.dispatched): ticket a is landed',
    ],
    [
      'a refusal while nothing is considered',
      [...two, { type: 'run.paused' }, { type: 'dispatch.refused', ticket: 'a', blockers: [] }],
      '3 (dispatch.refused): no dispatch is considered while the run is paused',
    ],
  ])('refuses %s', (_title, facts, expected) => {
    expect(verdictOf(journalOf(facts))).toBe(`conformance at ${expected}`);
    expect(checkTrace(journalOf(facts.slice(0, -1))).ok).toBe(true);
  });

  it.each<readonly [string, readonly RunFact[]]>([
    [
      'a stop that is asked for twice while recovering',
      [
        started([planned('a')]),
        { type: 'run.stopping', reason: { kind: 'signal', signal: 'SIGINT' } },
        { type: 'run.draining', reason: { kind: 'signal', signal: 'SIGINT' } },
        recovered,
        finished(130),
      ],
    ],
    [
      'a dependent of work that landed in recovery',
      [
        started([planned('z'), planned('a', { deps: ['z'] })]),
        { type: 'ticket.recovered', ticket: 'z', earlierSession: 's0', commit: 'c1' },
        { type: 'ticket.readied', ticket: 'a' },
        recovered,
        ...goodLife('s1', 'a'),
        finished(0),
      ],
    ],
    [
      'a spawn that fails while it is being given up',
      [
        ...two,
        a.dispatched,
        a.prepared,
        a.stopping,
        a.releasing('terminated'),
        a.ended('terminated'),
        { type: 'ticket.requeued', ticket: 'a', attempts: 1 },
      ],
    ],
    [
      'an agent that says it is there after it was given up',
      [
        ...two,
        a.dispatched,
        a.prepared,
        a.timingOut,
        a.launched,
        a.failedExit,
        a.releasing('timedOut'),
        a.ended('timedOut'),
        { type: 'ticket.requeued', ticket: 'a', attempts: 1 },
      ],
    ],
    [
      'an agent that was lost sight of before it said anything',
      [
        ...two,
        a.dispatched,
        a.prepared,
        { ...a.failedExit, code: null },
        a.releasing('failed'),
        a.ended('failed'),
        { type: 'ticket.requeued', ticket: 'a', attempts: 1 },
      ],
    ],
    [
      'a session that broke and was salvaged',
      [
        ...two,
        a.dispatched,
        a.prepared,
        a.launched,
        a.ended('lost', 'the machine broke', a.branch),
        { type: 'ticket.failed', ticket: 'a', ending: 'lost', attempts: 1 },
      ],
    ],
    [
      'merges that fail because the queue broke',
      [
        ...two,
        ...goodLife('s1', 'a').slice(0, 7),
        { type: 'run.stopping', reason: { kind: 'internalError', message: 'the queue broke' } },
        { type: 'merge.finished', session: 's1', outcome: { kind: 'failed', reason: 'the queue broke' } },
        a.releasing('failed'),
        a.ended('failed', 'the queue broke', a.branch),
        { type: 'ticket.requeued', ticket: 'a', attempts: 1 },
        { type: 'run.killing' },
        finished(1),
      ],
    ],
  ])('accepts %s', (_title, facts) => {
    expect(verdictOf(journalOf(facts))).toMatch(/^ok, /);
  });
});
