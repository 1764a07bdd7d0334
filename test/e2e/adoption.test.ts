/**
 * Does a session go on when its orchestrator was killed? With `recovery: "adopt"`, real keepers, real agents and real
 * SIGKILLs: of the program, of the run that had adopted, of the keeper.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import type { JournalEntry } from '../../src/domain/journal-entry.ts';
import { readKeeperRecord, type KeeperRecord } from '../../src/effects/keeper-record.ts';
import { readJournal } from '../../src/effects/journal-reader.ts';
import { journalPath } from '../../src/effects/jsonl-journal.ts';
import { runDir, runsDir, sessionDir } from '../../src/orchestrator/state-files.ts';
import {
  expectClean,
  makeProject,
  processesOf,
  ticketOf,
  WORK,
  type FinishedRun,
  type ProjectSpec,
  type TestProject,
} from '../support/e2e.ts';
import { goneFromHere } from '../support/guardians.ts';
import type { Guest } from '../support/lobby.ts';
import { runOfSession } from '../../src/domain/ids.ts';

const WAITS = [
  { do: 'print', text: '{ticket} before' },
  { do: 'meet', at: 'work' },
  { do: 'print', text: '{ticket} after' },
  ...WORK,
] as const;

test('goes on with two agents where they are, and merges what they do', async () => {
  const project = project2({ a: WAITS, b: WAITS });
  const agents = await killedWith(project, 'a', 'b');
  const run = project.start();
  const live = await run;
  project.lobby.answer('c');
  for (const agent of agents) agent.answer();
  const over = await live.over;

  expect(over.report).toMatchObject({ exitCode: 0, outcome: 'complete', totals: { landed: 3 } });
  const [lock, ...notes] = over.report.recoveryNotes;
  expect(lock).toMatch(/^run .* was cut off; its lock was taken over$/);
  expect(notes).toEqual(
    agents.map(
      ({ ticket, session }) => `${ticket}: session ${session} of run ${runOfSession(session)} goes on`,
    ),
  );
  const first = over.entries.filter(({ type }) => type === 'session.dispatched').slice(0, 2);
  expect(first).toMatchObject(
    agents.map(({ ticket, session }) => ({ ticket, session, adoptedFrom: runOfSession(session) })),
  );
  // The same processes, and nobody was started a second time.
  for (const { ticket, session, pid } of agents) {
    expect(launchedIn(over, session)).toMatchObject({ process: { pid } });
    expect(startsOf(project, ticket)).toEqual([session]);
    expect(ticketOf(over, ticket)).toMatchObject({ session });
    const log = readFileSync(join(folderOf(project, session), 'output.log'), 'utf8');
    expect(log).toBe(`${ticket} before\n${ticket} after\n`);
    expect(processesOf(session)).toEqual([]);
  }
  expectClean(project, over);
  const again = await project.run();
  expect(again.report).toMatchObject({ exitCode: 0, sessions: 0, recoveryNotes: [] });
});

describe('an agent that ends while nobody is there', () => {
  test('has its work merged when it did its job', async () => {
    const { project, run } = await endedAlone([...WAITS]);
    expect(run.report).toMatchObject({ exitCode: 0, totals: { landed: 1 } });
    expect(startsOf(project, 'a')).toHaveLength(1);
    expectClean(project, run);
  });

  test('fails when it says that it failed', async () => {
    const { project, run } = await endedAlone([...WAITS, { do: 'exit', code: 1 }]);
    expect(ticketOf(run, 'a')).toMatchObject({ ending: 'failed' });
    expect(ticketOf(run, 'a').reason).toContain('exit code 1: a after');
    expect(startsOf(project, 'a')).toHaveLength(1);
  });

  test('fails when it was killed', async () => {
    const { run } = await endedAlone([...WAITS], ({ pid }) => process.kill(pid, 'SIGKILL'));
    expect(ticketOf(run, 'a')).toMatchObject({ ending: 'failed' });
    expect(ticketOf(run, 'a').reason).toContain('killed by SIGKILL');
  });
});

test('is adopted again when the run that had adopted it is killed too', async () => {
  const project = project1({ a: WAITS });
  const [agent] = await killedWith(project, 'a');
  const second = project.cli('run');
  const first = runOfSession(agent!.session)!;
  const attached = await journalled(project, agent!.session, 'session.launched', first);
  second.kill('SIGKILL');
  await second.ended;
  const live = await project.start();
  agent!.answer();
  const run = await live.over;

  expect(run.entries.filter(({ type }) => type === 'session.dispatched')).toMatchObject([
    { session: agent!.session, adoptedFrom: attached },
  ]);
  expect(launchedIn(run, agent!.session)).toMatchObject({ process: { pid: agent!.pid } });
  expect(run.report).toMatchObject({ exitCode: 0, totals: { landed: 1 } });
  expect(startsOf(project, 'a')).toHaveLength(1);
  expectClean(project, run);
  expect((await project.run()).report).toMatchObject({ sessions: 0, recoveryNotes: [] });
});

test('keeps its deadline: an adopted agent that ignores SIGTERM is killed when its time is up', async () => {
  const timeouts = { parallelDispatchTimeoutMs: 3000, gracePeriodMs: 50 };
  const project = project1({ a: [{ do: 'ignoreSigterm' }, { do: 'meet', at: 'work' }, ...WORK] }, timeouts);
  const [agent] = await killedWith(project, 'a');
  const run = await project.run();
  expect(ticketOf(run, 'a')).toMatchObject({ ending: 'timedOut', session: agent!.session });
  expect(run.entries).toContainEqual(expect.objectContaining({ type: 'session.exited', signal: 'SIGKILL' }));
  expect(processesOf(agent!.session)).toEqual([]);
});

test('is ended by a run that is asked to stop', async () => {
  const project = project1({ a: WAITS });
  const [agent] = await killedWith(project, 'a');
  const live = await project.start();
  live.stop({ kind: 'signal', signal: 'SIGINT' });
  await live.over;
  await agent!.gone;
  expect(processesOf(agent!.session)).toEqual([]);
});

describe('what cannot be adopted is ended, and its ticket worked on anew', () => {
  test('an agent whose keeper is gone', async () => {
    const project = project1({ a: WAITS, 'a#1': WAITS });
    const [agent] = await killedWith(project, 'a');
    const { keeper } = keeperOf(project, agent!.session);
    process.kill(keeper.pid, 'SIGKILL');
    await goneFromHere(keeper);
    const live = await project.start();
    project.lobby.answer('a');
    const run = await live.over;
    await agent!.gone;
    expect(run.report).toMatchObject({ exitCode: 0, totals: { landed: 1 } });
    expect(startsOf(project, 'a')).toHaveLength(2);
    expectClean(project, run);
  });

  test('one whose ticket has other components now', async () => {
    const project = makeProject({
      tickets: [{ id: 'a', components: ['x'] }],
      ticketsAre: 'untracked',
      script: { a: WAITS },
      config: { recovery: 'adopt' },
    });
    const [agent] = await killedWith(project, 'a');
    const file = '.tickets/a.md';
    project.write({ [file]: project.read(file)!.replace('component:x', 'component:y') });
    const live = await project.start();
    project.lobby.answer('a');
    const run = await live.over;
    await agent!.gone;
    expect(run.entries.some((entry) => 'adoptedFrom' in entry)).toBe(false);
    expect(run.report).toMatchObject({ exitCode: 0, totals: { landed: 1 } });
  });

  test('those for whom there is no worker any more', async () => {
    const project = project2({ a: WAITS, b: WAITS });
    const agents = await killedWith(project, 'a', 'b');
    project.writeConfig({ ...project.config, parallelWorkers: 1 });
    project.lobby.openDoors();
    for (const agent of agents) agent.answer();
    const run = await project.run();
    expect(run.entries.filter((entry) => 'adoptedFrom' in entry)).toHaveLength(1);
    expect(run.report).toMatchObject({ exitCode: 0, totals: { landed: 3 } });
  });
});

test('ends the session when its keeper is killed while the run goes on', async () => {
  const project = project1({ a: WAITS });
  const live = await project.start();
  const agent = await project.lobby.guest('a');
  process.kill(keeperOf(project, agent.session).keeper.pid, 'SIGKILL');
  const run = await live.over;
  expect(ticketOf(run, 'a')).toMatchObject({ ending: 'failed' });
  await agent.gone;
  expect(processesOf(agent.session)).toEqual([]);
});

test('bounds what an adopted agent prints', async () => {
  const bytes = 4 * 1024 * 1024;
  const outputBytesMax = 64 * 1024;
  const steps = [
    { do: 'meet', at: 'work' },
    { do: 'flood', bytes },
    { do: 'print', text: 'last' },
  ] as const;
  const project = project1({ a: [...steps, ...WORK] }, { outputBytesMax });
  const [agent] = await killedWith(project, 'a');
  const live = await project.start();
  agent!.answer();
  const run = await live.over;
  expect(run.report).toMatchObject({ exitCode: 0, totals: { landed: 1 } });
  const folder = folderOf(project, agent!.session);
  const sizes = ['output.log', 'output.1.log'].map((name) => statSync(join(folder, name)).size);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(outputBytesMax);
  expect(readFileSync(join(folder, 'output.log'), 'utf8')).toMatch(/last\n$/);
});

function project1(script: NonNullable<ProjectSpec['script']>, config: object = {}): TestProject {
  const tickets = [{ id: 'a', components: ['x'] }];
  return makeProject({ tickets, script, config: { recovery: 'adopt', guardian: true, ...config } });
}

/** a and b at once, and c after both, which the policy would choose first if it could. */
function project2(script: NonNullable<ProjectSpec['script']>): TestProject {
  return makeProject({
    tickets: [
      { id: 'a', components: ['x'] },
      { id: 'b', components: ['y'] },
      { id: 'c', components: ['x'], priority: 4 },
    ],
    script,
    config: { recovery: 'adopt' },
  });
}

/** Starts the program, waits for the agents of these tickets, and kills it. */
async function killedWith(project: TestProject, ...tickets: string[]): Promise<readonly Guest[]> {
  const program = project.cli('run');
  const agents = await Promise.all(tickets.map((ticket) => project.lobby.guest(ticket)));
  for (const { session } of agents) await journalled(project, session, 'session.launched');
  program.kill('SIGKILL');
  await program.ended;
  // The keeper and the agent live on, and nobody else does.
  for (const { session } of agents) expect(processesOf(session)).toHaveLength(2);
  return agents;
}

/** Lets an agent end after its orchestrator and before the next. */
async function endedAlone(
  steps: NonNullable<ProjectSpec['script']>[string],
  end: (agent: Guest) => void = (agent) => agent.answer(),
): Promise<{ readonly project: TestProject; readonly run: FinishedRun }> {
  const project = project1({ a: steps });
  const [agent] = await killedWith(project, 'a');
  const { keeper } = keeperOf(project, agent!.session);
  end(agent!);
  await goneFromHere(keeper);
  expect(existsSync(join(folderOf(project, agent!.session), 'exit.json'))).toBe(true);
  return { project, run: await project.run() };
}

/** Names the run, another than `not`, whose journal says that of a session, once one does. */
async function journalled(
  project: TestProject,
  session: string,
  type: JournalEntry['type'],
  not = '',
): Promise<string> {
  for (;;) {
    for (const run of readdirSync(runsDir(project.root)).filter((name) => name !== not)) {
      const reading = await readJournal(journalPath(runDir(project.root, run)));
      const entries = reading.kind === 'unreadable' ? [] : reading.entries;
      const isThere = entries.some(
        (entry) => entry.type === type && 'session' in entry && entry.session === session,
      );
      if (isThere) return run;
    }
  }
}

function folderOf(project: TestProject, session: string): string {
  return sessionDir(project.root, runOfSession(session)!, session);
}

function keeperOf(project: TestProject, session: string): KeeperRecord {
  return readKeeperRecord(folderOf(project, session))!;
}

function launchedIn({ entries }: FinishedRun, session: string): JournalEntry | undefined {
  return entries.find((entry) => entry.type === 'session.launched' && entry.session === session);
}

/** The sessions in which an agent was started for a ticket. */
function startsOf(project: TestProject, ticket: string): readonly string[] {
  return project
    .records()
    .filter((record) => record.moment === 'start' && record.ticket === ticket)
    .map(({ session }) => session);
}
