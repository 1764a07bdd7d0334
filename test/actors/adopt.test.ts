import { expect, test } from 'vitest';

import { adoptableSession, adoptAll, type AdoptionParts } from '../../actors/adopt.ts';
import { Adoptions } from '../../actors/adoptions.ts';
import { cutOffSessions } from '../../src/domain/cut-off.ts';
import type { RunFact } from '../../src/domain/run-fact.ts';
import { initialRunState } from '../../src/domain/run-state.ts';
import type { Ticket } from '../../src/domain/ticket.ts';
import { execaProcessHost } from '../../src/effects/execa-process-host.ts';
import type { KeptAgent } from '../../src/ports/adopting-host.ts';
import type { CutOffRun } from '../../src/ports/past-runs.ts';
import { manualClock } from '../effects/manual-clock.ts';
import { aBacklog, aTicket } from '../support/backlogs.ts';
import { goodLife, journalOf } from '../support/journal-of.ts';

const PROCESS = { pid: 100, startTime: '2', bootId: 'boot' };
const LIVES: KeptAgent = { process: PROCESS, startedMs: 1000, hasEnded: false };
const clock = manualClock();

interface Given {
  readonly agent?: KeptAgent | null;
  readonly workers?: number;
  readonly dispatchesMax?: number;
  readonly facts?: readonly RunFact[];
  readonly isDamaged?: boolean;
}

/** Sessions of tickets that run at the cut, each with the component `component-of-<ticket>`. */
function given(
  tickets: readonly Ticket[],
  { agent = LIVES, workers = 4, dispatchesMax = 0, facts = running('a'), isDamaged = false }: Given = {},
) {
  const adoptions = new Adoptions(
    execaProcessHost({ clock, log: () => undefined, redact: (text) => text, keepers: true }),
  );
  const parts: AdoptionParts = {
    clock,
    adoptions,
    initial: initialRunState(aBacklog(tickets), { workers, dispatchesMax, attemptsMax: 1 }),
    timeouts: { firstMs: 10_000, incrementMs: 0, maxMs: 0 },
    kept: () => agent,
  };
  const run: CutOffRun = { run: 'r1', entries: journalOf(facts), decided: new Set(), isDamaged };
  const found = cutOffSessions(run.entries).map((session) => adoptableSession(run, session, [run], parts));
  const { adopted, refused } = adoptAll(
    found.filter((candidate) => candidate !== null),
    [],
    parts,
  );
  const sessions = (candidates: typeof adopted) => candidates.map(({ cutOff }) => cutOff.session);
  return { adopted: sessions(adopted), refused: sessions(refused), next: adoptions.next() };
}

function running(...tickets: readonly string[]): readonly RunFact[] {
  return tickets.flatMap((ticket) => goodLife(`of-${ticket}`, ticket).slice(0, 3));
}

const tagged = (id: string, about: Partial<Ticket> = {}): Ticket =>
  aTicket(id, { tags: [`component:component-of-${id}`], ...about });

test('lets a session go on, with what is left of its time', () => {
  clock.advance(4000 - clock.nowMs());
  const { adopted, next } = given([tagged('a')]);
  expect(adopted).toEqual(['of-a']);
  expect(next).toMatchObject({ session: 'of-a', ticket: 'a', from: 'r1', timeLeftMs: 7000 });
});

test('leaves time to attach to an agent that is late, and all of it to one that has ended', () => {
  clock.advance(60_000);
  expect(given([tagged('a')]).next).toMatchObject({ timeLeftMs: 1000 });
  const ended = { ...LIVES, hasEnded: true };
  expect(given([tagged('a')], { agent: ended }).next).toMatchObject({ timeLeftMs: 10_000 });
});

test.each<[string, readonly Ticket[]]>([
  ['whose ticket is gone', [tagged('b')]],
  ['whose ticket is closed', [tagged('a', { status: 'closed' })]],
  ['whose ticket has other components', [aTicket('a', { tags: ['component:other'] })]],
  ['whose ticket waits for another now', [tagged('a', { deps: ['b'] }), tagged('b')]],
])('does not dispatch one %s', (_what, tickets) => {
  expect(given(tickets)).toEqual({ adopted: [], refused: ['of-a'], next: undefined });
});

test.each([
  ['worker', { workers: 1 }],
  ['dispatch', { dispatchesMax: 1 }],
])('gives the only %s to the session that was dispatched first', (_what, limits) => {
  const facts = running('a', 'b');
  const both = [tagged('a'), tagged('b')];
  expect(given(both, { facts })).toMatchObject({ adopted: ['of-a', 'of-b'], refused: [] });
  expect(given(both, { facts, ...limits })).toMatchObject({ adopted: ['of-a'], refused: ['of-b'] });
});

test.each<[string, Given]>([
  ['that nobody keeps', { agent: null }],
  [
    'that is another process than the journal says',
    { agent: { ...LIVES, process: { ...PROCESS, startTime: '3' } } },
  ],
  ['beside a journal with a hole', { isDamaged: true }],
  ['that had not been launched', { facts: goodLife('of-a', 'a').slice(0, 2) }],
])('does not take one %s', (_what, about) => {
  expect(given([tagged('a')], about)).toEqual({ adopted: [], refused: [], next: undefined });
});
