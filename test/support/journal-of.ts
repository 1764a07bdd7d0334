import type { RunId, SessionId, TicketId } from '../../src/domain/ids.ts';
import { JOURNAL_VERSION, type JournalEntry } from '../../src/domain/journal-entry.ts';
import type { FactOf, PlannedTicket, RunFact } from '../../src/domain/run-fact.ts';

/** The moment at which written runs begin: 2026-01-02 03:04:05 UTC. */
export const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Numbers and dates facts: one second between two of them, or the number of seconds that stands before a fact. */
export function journalOf(items: readonly (RunFact | number)[]): readonly JournalEntry[] {
  const entries: JournalEntry[] = [];
  let at = START_MS;
  for (const item of items) {
    if (typeof item === 'number') at += (item - 1) * 1000;
    else {
      entries.push({ ...item, v: JOURNAL_VERSION, seq: entries.length, at });
      at += 1000;
    }
  }
  return entries;
}

/** A planned ticket; give what matters. */
export function planned(id: TicketId, rest: Partial<Omit<PlannedTicket, 'id'>> = {}): PlannedTicket {
  return {
    id,
    title: `Do ${id}`,
    priority: 2,
    deps: [],
    components: [`component-of-${id}`],
    standing: 'eligible',
    blockers: [],
    ...rest,
  };
}

/** The first fact of a run; give what matters. */
export function started(
  tickets: readonly PlannedTicket[],
  rest: Partial<Omit<FactOf<'run.started'>, 'type' | 'tickets'>> = {},
): FactOf<'run.started'> {
  return {
    type: 'run.started',
    run: 'run-1' satisfies RunId,
    version: '1.0.0',
    owner: { pid: 4711, startTime: '1', bootId: 'boot' },
    target: 'main',
    targetCommit: 'c0ffee0000000000000000000000000000000000',
    workers: 2,
    attemptsMax: 2,
    dispatchesMax: 0,
    tickets,
    ...rest,
  };
}

/** The facts of one session, by name, in the words of one ticket. */
export function factsOf(
  session: SessionId,
  ticket: TicketId,
  {
    attempt = 1,
    components = [`component-of-${ticket}`],
  }: { attempt?: number; components?: readonly string[] } = {},
) {
  const branch = `ralph/${ticket}/${session}`;
  return {
    dispatched: { type: 'session.dispatched', session, ticket, attempt, components },
    prepared: { type: 'session.prepared', session, worktree: `/trees/${session}`, branch, base: 'base0' },
    launched: { type: 'session.launched', session, process: { pid: 100, startTime: '2', bootId: 'boot' } },
    timingOut: { type: 'session.timingOut', session, cause: 'timedOut' },
    stopping: { type: 'session.timingOut', session, cause: 'terminated' },
    exited: { type: 'session.exited', session, code: 0, signal: null, survivorsFound: 0, survivorsLeft: 0 },
    failedExit: {
      type: 'session.exited',
      session,
      code: 1,
      signal: null,
      survivorsFound: 0,
      survivorsLeft: 0,
    },
    completed: { type: 'session.completed', session },
    verified: { type: 'session.verified', session, head: 'head1', commits: 1, leftoversCommitted: false },
    requested: { type: 'merge.requested', session },
    mergeStarted: { type: 'merge.started', session },
    landed: {
      type: 'merge.finished',
      session,
      outcome: {
        kind: 'landed',
        commit: `landed-${ticket}`,
        publication: { kind: 'published', commit: `landed-${ticket}` },
      },
    },
    held: {
      type: 'merge.finished',
      session,
      outcome: {
        kind: 'landed',
        commit: `landed-${ticket}`,
        publication: { kind: 'held', reason: 'main is checked out with local edits in src/a.ts' },
      },
    },
    conflicted: { type: 'merge.finished', session, outcome: { kind: 'conflicted', paths: ['src/a.ts'] } },
    releasing: (ending: FactOf<'session.releasing'>['ending']) =>
      ({ type: 'session.releasing', session, ending }) satisfies RunFact,
    ended: (ending: FactOf<'session.ended'>['ending'], reason = '', keptBranch: string | null = null) =>
      ({ type: 'session.ended', session, ending, reason, keptBranch, keptWorktree: null }) satisfies RunFact,
    branch,
  } as const satisfies Record<string, RunFact | string | ((...args: never[]) => RunFact)>;
}

/** Everything a session tells from dispatch to the end of a good life. */
export function goodLife(
  session: SessionId,
  ticket: TicketId,
  about: Parameters<typeof factsOf>[2] = {},
): readonly RunFact[] {
  const of = factsOf(session, ticket, about);
  return [
    of.dispatched,
    of.prepared,
    of.launched,
    of.exited,
    of.completed,
    of.verified,
    of.requested,
    of.mergeStarted,
    of.landed,
    of.releasing('merged'),
    of.ended('merged'),
  ];
}
