/**
 * Recorded runs on the machine that ships: what it wrote, it would write again, and what was changed, it would not.
 */
import { test } from '@fast-check/vitest';
import { beforeAll, describe, expect, it } from 'vitest';

import type { JournalEntry } from '../../src/domain/journal-entry.ts';
import type { RunFact } from '../../src/domain/run-fact.ts';
import { checkRun } from '../../src/verify/check-run.ts';
import { replayRun } from '../../src/verify/replay.ts';
import { factsOf, goodLife, journalOf, planned, started } from '../support/journal-of.ts';
import { randomRun } from '../support/random-run.ts';
import { randomRunInput } from '../support/random-run-input.ts';
import { simulatedJournals } from '../support/simulated-journals.ts';

const recovered: RunFact = { type: 'run.recovered', notes: [] };
const SIGINT = { kind: 'signal', signal: 'SIGINT' } as const;
const a = factsOf('s1', 'a');

/** Says in one line what the machine has against a journal. */
function departureOf(facts: readonly RunFact[]): string | null {
  const departure = replayRun(journalOf(facts));
  return departure && `${departure.entry.seq} (${departure.entry.type}): ${departure.message}`;
}

describe('a journal of any legal run', () => {
  test.prop([randomRunInput()], { numRuns: 200 })('is what the machine would have told', (input) => {
    const entries = journalOf(randomRun(input).flatMap(({ facts }) => facts));
    expect(replayRun(entries)).toBe(null);
  });
});

describe('a recovery that landed work of an earlier run', () => {
  const chain = started([planned('z'), planned('y'), planned('a', { deps: ['z'] })]);
  const landed = (ticket: string): RunFact => ({
    type: 'ticket.recovered',
    ticket,
    earlierSession: `of-${ticket}`,
    commit: `c-${ticket}`,
  });
  const readied: RunFact = { type: 'ticket.readied', ticket: 'a' };
  const facts = [chain, landed('z'), landed('y'), readied, recovered, ...goodLife('s1', 'a')];

  it('is what the machine would have told, wherever it stops', () => {
    for (let length = 1; length <= facts.length; length += 1)
      expect(departureOf(facts.slice(0, length))).toBe(null);
  });

  it('is refused when it readies nobody', () => {
    expect(departureOf(facts.filter((fact) => fact !== readied))).toMatch(
      /^3 \(run.recovered\): the machine would tell/,
    );
  });
});

describe('a breakdown', () => {
  const two = [started([planned('a'), planned('b')]), recovered];
  const broke = (message: string): RunFact => ({
    type: 'run.stopping',
    reason: { kind: 'internalError', message },
  });
  it.each<readonly [string, readonly RunFact[]]>([
    [
      'of the merge queue, also after another stop',
      [
        ...two,
        ...goodLife('s1', 'a').slice(0, 8),
        { type: 'run.draining', reason: SIGINT },
        { type: 'run.stopping', reason: SIGINT },
        {
          type: 'merge.finished',
          session: 's1',
          outcome: { kind: 'failed', reason: 'the merge queue broke: x' },
        },
      ],
    ],
    [
      'of a stand-in',
      [
        ...two,
        a.dispatched,
        a.prepared,
        broke('git is gone'),
        {
          ...a.ended('lost', 'could not be released: git is gone', a.branch),
          keptWorktree: a.prepared.worktree,
        },
        { type: 'ticket.failed', ticket: 'a', ending: 'lost', attempts: 1 },
      ],
    ],
    ['of recovery', [two[0]!, broke('no disk'), { type: 'run.finished', publication: null, exitCode: 1 }]],
    [
      'of closing',
      [
        started([]),
        recovered,
        { type: 'run.finished', publication: { kind: 'held', reason: 'it broke' }, exitCode: 0 },
      ],
    ],
  ])('%s is told as the machine tells it', (_title, facts) => {
    expect(departureOf(facts)).toBe(null);
  });
});

describe('the machine would not have told', () => {
  const two = [started([planned('a'), planned('b', { deps: ['a'] })]), recovered];
  const good = [...two, ...goodLife('s1', 'a').slice(0, 9)];
  it.each<readonly [string, readonly RunFact[], string]>([
    [
      'a dependent that is not said to be ready',
      [...good, a.releasing('merged')],
      '11 (session.releasing): the machine would tell of ticket.readied b here',
    ],
    [
      'a refusal of what could start',
      [...two, { type: 'dispatch.refused', ticket: 'a', blockers: [{ kind: 'workersBusy', workers: 2 }] }],
      '2 (dispatch.refused): the machine would tell of session.dispatched refused here',
    ],
    [
      'a refusal for another reason',
      [...two, { type: 'dispatch.refused', ticket: 'b', blockers: [{ kind: 'workersBusy', workers: 2 }] }],
      '2 (dispatch.refused): the machine would tell of dispatch.refused b with blockers ' +
        '[{"kind":"dependencyNotLanded","dependency":"a"}]',
    ],
    [
      'a ticket that is given up while attempts are left',
      [
        ...two,
        a.dispatched,
        a.releasing('failed'),
        a.ended('failed'),
        { type: 'ticket.failed', ticket: 'a', ending: 'failed', attempts: 1 },
      ],
      '5 (ticket.failed): the machine would tell of ticket.requeued a here',
    ],
    [
      'a spent budget where there is none',
      [...two, { type: 'run.draining', reason: { kind: 'budget', budget: 'maxIterations', limit: 1 } }],
      '2 (run.draining): the machine would not tell of run.draining now',
    ],
    [
      'an end with work left',
      [...two, { type: 'run.finished', publication: null, exitCode: 0 }],
      '2 (run.finished): the machine would not tell of run.finished now',
    ],
  ])('%s', (_title, facts, expected) => {
    expect(departureOf(facts)).toBe(expected);
    expect(departureOf(facts.slice(0, -1))).toBe(null);
  });
});

describe('journals of simulated worlds', () => {
  let journals: readonly (readonly JournalEntry[])[] = [];
  beforeAll(async () => {
    journals = await simulatedJournals(Array.from({ length: 8 }, (_seed, index) => index + 1));
  });

  it('pass, whatever went wrong in them', () => {
    expect(journals.length).toBeGreaterThan(8);
    for (const journal of journals) expect(checkRun(journal)).toMatchObject({ ok: true });
  });

  /** Changes every entry but the first and the last of every journal in a way; gives what is not noticed. */
  function unnoticed(
    change: (journal: readonly JournalEntry[], index: number) => readonly JournalEntry[] | null,
  ): { readonly share: number; readonly entries: readonly (readonly [JournalEntry, JournalEntry])[] } {
    const entries: (readonly [JournalEntry, JournalEntry])[] = [];
    let all = 0;
    for (const journal of journals) {
      for (let index = 1; index < journal.length - 1; index += 1) {
        const changed = change(journal, index);
        if (changed === null) continue;
        all += 1;
        const isNoticed = !checkRun(changed.map((entry, seq) => ({ ...entry, seq }))).ok;
        if (!isNoticed) entries.push([journal[index]!, journal[index + 1]!]);
      }
    }
    expect(all).toBeGreaterThan(20);
    return { share: entries.length / all, entries };
  }

  const typesOf = (entries: readonly (readonly [JournalEntry, JournalEntry])[]): readonly string[] =>
    [...new Set(entries.map(([{ type }]) => type))].sort();

  it('are refused with almost any entry left out, even when the rest is renumbered', () => {
    const { share, entries } = unnoticed((journal, index) => journal.toSpliced(index, 1));
    // A refusal changes nothing. Where a journal was cut off, what its last entries follow from may be missing as well:
    // of a session that was given up, how far it had come; of a run, that it was asked to stop.
    expect(share).toBeLessThan(0.03);
    const neverMissing = new Set<string>([
      'session.dispatched',
      'session.exited',
      'merge.finished',
      'session.ended',
    ]);
    expect(typesOf(entries).filter((type) => neverMissing.has(type) || type.startsWith('ticket.'))).toEqual(
      [],
    );
  });

  it('are refused with almost any entry told twice', () => {
    const { entries } = unnoticed((journal, index) => journal.toSpliced(index, 0, journal[index]!));
    const harmless = new Set<string>(['dispatch.refused', 'run.killing', 'run.stopping']);
    expect(typesOf(entries).filter((type) => !harmless.has(type))).toEqual([]);
  });

  it('are refused with two neighbours swapped, unless neither depends on the other', () => {
    const { entries } = unnoticed((journal, index) =>
      index + 1 < journal.length - 1
        ? journal.with(index, journal[index + 1]!).with(index + 1, journal[index]!)
        : null,
    );
    const told = entries.flatMap(([one, other]) =>
      'session' in one && 'session' in other && one.session === other.session
        ? [`${one.type} ${other.type}`]
        : [],
    );
    // An agent that is given up while it starts may say that it is there before or after.
    const either = new Set<string>([
      'session.launched session.timingOut',
      'session.timingOut session.launched',
    ]);
    expect(told.filter((pair) => !either.has(pair))).toEqual([]);
    // What follows from an entry stands right behind it.
    expect(typesOf(entries).filter((type) => type.startsWith('ticket.'))).toEqual([]);
  });

  it('are refused with another ending or another exit code', () => {
    const endings = unnoticed((journal, index) => {
      const entry = journal[index]!;
      if (entry.type !== 'session.ended') return null;
      return journal.with(index, { ...entry, ending: entry.ending === 'failed' ? 'noChanges' : 'failed' });
    });
    expect(endings.share).toBe(0);
    for (const journal of journals) {
      const last = journal.at(-1);
      if (last?.type !== 'run.finished') continue;
      const other = journal.with(journal.length - 1, { ...last, exitCode: last.exitCode === 0 ? 1 : 0 });
      expect(checkRun(other)).toMatchObject({ ok: false, violation: { entry: { type: 'run.finished' } } });
    }
  });
});
