/**
 * A run whose supervisor is broken, with real processes: it notices itself, stops in good order, and is in nobody's way.
 */
import { expect, test } from 'vitest';

import { run, type RunArguments } from '../../src/cli/commands/run.ts';
import type { JournalEntry } from '../../src/domain/journal-entry.ts';
import * as changes from '../../src/domain/run-changes.ts';
import { RunJudge } from '../../src/domain/run-judge.ts';
import type { RunReport } from '../../src/domain/run-report.ts';
import type { PhaseFact } from '../../src/domain/session-phase.ts';
import { readJournal } from '../../src/effects/journal-reader.ts';
import { startRun } from '../../src/orchestrator/start-run.ts';
import { withAction, withGuard, type Supervisor } from '../../src/verify/mutate.ts';
import { checkTrace } from '../../src/verify/trace-check.ts';
import { expectClean, makeProject, processesOf, WORK_WHEN_TOLD, type TestProject } from '../support/e2e.ts';
import { fakeIo, type FakeIo } from '../support/fake-io.ts';

/** Takes the work of an agent for landed as soon as the agent is done. */
const hasty = withAction('enterPhase', ({ context, event }) => {
  if (!('session' in event)) throw new Error(`${event.type} is of no session`);
  const heard = changes.hearReport(context.run, event.session, event.type as PhaseFact);
  if (event.type !== 'session.completed') return { run: heard };
  const { state, facts } = changes.land(heard, event.session, 'early');
  return { run: state, announces: facts };
});

/** Forgets to say on which branch the work of a session is kept. */
const forgetful = withAction('settleSession', ({ context, event }) => {
  if (!('output' in event) || !('session' in event.output)) throw new Error(`${event.type} ends no session`);
  const { state, facts } = changes.settle(context.run, { ...event.output, keptBranch: null });
  return { run: state, announces: facts };
});

/** Takes a run that stops for over, whoever is live. */
const impatient = withGuard('isQuiet', () => true);

//  a ──► b     c ──► e
//  └───► d
const TICKETS = [
  { id: 'a', components: ['x'] },
  { id: 'b', components: ['x2'], deps: ['a'] },
  { id: 'd', components: ['x3'], deps: ['a'] },
  { id: 'c', components: ['y'] },
  { id: 'e', components: ['y'] },
];

test('stops at the first entry that breaks a promise, says which, and loses nothing', async () => {
  const project = makeProject({ tickets: TICKETS, script: { a: WORK_WHEN_TOLD, c: WORK_WHEN_TOLD } });
  const { io, exitCode } = broken(project, hasty);
  await project.lobby.guest('c');
  project.lobby.answer('a');

  expect(await exitCode).toBe(1);
  const { entries, path } = await journalNamedBy(io);
  const first = entries.find((entry) => entry.type === 'session.dispatched' && 'bd'.includes(entry.ticket));
  expect(io.err()).toContain(
    `ralph-actors: a promise of this program was broken: S2 dependencyLanded does not hold at entry ${first?.seq} (session.dispatched): `,
  );
  expect(io.err()).toContain('This is a bug of ralph-actors, not of your tickets');
  expect(io.err().match(/a promise of this program was broken/g)).toHaveLength(1);
  expect(path.startsWith(project.root)).toBe(true);
  // Whoever gets the journal finds what the live run found.
  const judge = new RunJudge();
  expect(entries.findIndex((entry) => judge.hear(entry) !== null)).toBe(first?.seq);
  expect(checkTrace(entries).ok).toBe(false);

  // Nothing starts after it, not even the agent of the bad dispatch; what was complete still lands.
  const after = entries.slice((first?.seq ?? 0) + 1).map(({ type }) => type);
  expect(after).not.toContain('session.dispatched');
  expect(after).not.toContain('session.launched');
  expect(
    project
      .records()
      .flatMap(({ moment, ticket }) => (moment === 'start' ? [ticket] : []))
      .sort(),
  ).toEqual(['a', 'c']);
  expect(project.statusOf('a')).toBe('closed');
  expect(entries.at(-1)).toMatchObject({ type: 'run.finished', exitCode: 1 });
  expect(entries.flatMap((entry) => ('session' in entry ? processesOf(entry.session) : []))).toEqual([]);

  project.lobby.openDoors();
  const next = await project.run();
  expect(next.report).toMatchObject({ exitCode: 0, recoveryNotes: [], totals: { closed: 1, landed: 4 } });
  expectClean(project, next);
});

test('is broken to whoever asks for its end, also when a signal had asked for it before', async () => {
  const project = makeProject({
    tickets: [{ id: 'a' }],
    script: { a: WORK_WHEN_TOLD },
    config: { parallelAutoMerge: false },
  });
  const { io, exitCode } = broken(project, forgetful, { drain: true, json: true });
  const guest = await project.lobby.guest('a');
  io.signal('SIGINT');
  guest.answer();
  expect(await exitCode).toBe(1);
  const { entries } = await journalNamedBy(io);
  // The journal tells what the supervisor believed.
  expect(entries.at(-1)).toMatchObject({ type: 'run.finished', exitCode: 130 });
  const report = JSON.parse(io.out()) as RunReport;
  expect(report).toMatchObject({ outcome: 'broken', exitCode: 1, stop: { kind: 'internalError' } });
  expect(JSON.stringify(report.stop)).toContain('S7 nothingLost does not hold at entry ');
  expect(project.branches().filter((branch) => branch.startsWith('ralph/'))).toHaveLength(1);
});

test('that said it was over while an agent lived is recovered by the next one', async () => {
  const project = makeProject({
    tickets: [{ id: 'a' }],
    script: { a: [{ do: 'ignoreSigterm' }, ...WORK_WHEN_TOLD] },
  });
  const { io, exitCode } = broken(project, impatient);
  const guest = await project.lobby.guest('a');
  io.signal('SIGINT');
  expect(await exitCode).toBe(1);
  expect(io.err()).toMatch(/broken: S6 noOrphan does not hold at entry \d+ \(run.finished\): /);
  await guest.gone;
  expect(project.worktrees()).toHaveLength(2);

  project.lobby.openDoors();
  const next = await project.run();
  expect(next.report).toMatchObject({ exitCode: 0, totals: { landed: 1 } });
  expectClean(project, next);
});

/** A run under a broken supervisor, as the command line makes one. */
function broken(project: TestProject, machine: Supervisor, args: Partial<RunArguments> = {}) {
  const io = fakeIo(project.root, { env: project.env });
  const exitCode = run({ tickets: [], ...args }, io, (options) => startRun(options, machine));
  return { io, exitCode };
}

/** The journal that a person is asked to send. */
async function journalNamedBy(io: FakeIo): Promise<{ path: string; entries: readonly JournalEntry[] }> {
  const path = /with the journal of this run: (.*)$/m.exec(io.err())?.[1] ?? '';
  const reading = await readJournal(path);
  if (reading.kind !== 'read') throw new Error(`no journal: ${reading.reason}\n${io.err()}`);
  return { path, entries: reading.entries };
}
