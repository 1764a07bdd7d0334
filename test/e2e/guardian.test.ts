import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import type { ProcessIdentity } from '../../src/domain/run-fact.ts';
import { guardianRecordPath, readGuardianRecord } from '../../src/effects/guardian-record.ts';
import { isAlive } from '../../src/effects/process-identity.ts';
import { openStage, type Puppet, type Stage } from '../effects/puppets.ts';
import { startCli } from '../support/cli-process.ts';
import { makeProject, processesOf, type ProjectSpec, type TestProject } from '../support/e2e.ts';
import { goneFromHere, guardianIn } from '../support/guardians.ts';
import { gateInLobby } from '../support/lobby.ts';

const FOR_EVER_MS = 600_000;

test('ends all that agents have left when the run is killed, without another start', async () => {
  const { project, stage } = await puppetProject({ gracePeriodMs: 20 });
  const program = project.cli('run');
  const agent = await stage.puppet('a');
  await agent.tell({ do: 'ignore', signal: 'SIGTERM' });
  const daemon = await leaveDaemon(stage, agent);
  const port = await freePort();
  await daemon.tell({ do: 'listen', port });
  const { run, dir, guardian } = theRun(project);
  const asked = agent.caught('SIGTERM');

  program.kill('SIGKILL');
  expect((await program.ended).exitCode).toBe(137);
  await Promise.all([asked, agent.gone, daemon.gone, goneFromHere(guardian)]);
  expect(processesOf(run)).toEqual([]);
  await listenOn(port);
  expect(readGuardianRecord(dir)).toEqual({
    v: 1,
    run,
    at: expect.any(Number) as number,
    found: 2,
    killed: 2,
    left: 0,
  });
  expect(statSync(guardianRecordPath(dir)).mode & 0o777).toBe(0o600);
  const words = 'its guardian ended 2 of 2 processes when it was cut off';
  expect((await project.cli('status').ended).stdout).toContain(words);
  expect(JSON.parse((await project.cli('status', '--json').ended).stdout)).toMatchObject({
    isOwnerAlive: false,
    guardian: { found: 2, left: 0 },
  });

  project.writeConfig({ agent: { command: ['true'] }, allowNoChanges: true });
  const { report } = await project.run();
  expect(report.recoveryNotes).toContain(`run ${run}: ${words}`);
  expect(report).toMatchObject({ exitCode: 0 });
});

test('asks the agents first, and does not wait when they end', async () => {
  const { project, stage } = await puppetProject({ gracePeriodMs: FOR_EVER_MS });
  const program = project.cli('run');
  const agent = await stage.puppet('a');
  const { dir, guardian } = theRun(project);
  program.kill('SIGKILL');
  await Promise.all([agent.gone, goneFromHere(guardian)]);
  expect(readGuardianRecord(dir)).toMatchObject({ found: 1, killed: 0, left: 0 });
});

test('outlives a SIGKILL of the whole process group that the run is in', async () => {
  const { project, stage } = await puppetProject({ gracePeriodMs: FOR_EVER_MS });
  const program = startCli(project.root, project.env, ['run'], { detached: true });
  const agent = await stage.puppet('a');
  const { dir, guardian } = theRun(project);
  process.kill(-program.pid, 'SIGKILL');
  await Promise.all([program.ended, agent.gone, goneFromHere(guardian)]);
  expect(readGuardianRecord(dir)).toMatchObject({ found: 1, left: 0 });
});

test('does nothing while the run is stopped and goes on, and is gone before a run that ends in order', async () => {
  const { project, stage } = await puppetProject({ gracePeriodMs: FOR_EVER_MS });
  const program = project.cli('run');
  const agent = await stage.puppet('a');
  const { dir, guardian } = theRun(project);
  program.kill('SIGSTOP');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(guardian.pid, signal);
  await agent.tell({ do: 'print', text: 'alive' });
  program.kill('SIGCONT');
  void agent.tell({ do: 'exit', code: 0 });
  expect((await program.ended).exitCode).toBe(0);
  expect(isAlive(guardian)).toBe(false);
  expect(readdirSync(dir).sort()).toEqual(['journal.jsonl', 'sessions']);
});

test('is missed, but not needed: the run says that it is gone, and the next start ends what is left', async () => {
  const { project, stage } = await puppetProject({ gracePeriodMs: FOR_EVER_MS });
  const program = project.cli('run');
  const agent = await stage.puppet('a');
  const { run, dir, guardian } = theRun(project);
  const told = program.says('the guardian of this run was ended by SIGKILL: should ralph-actors be killed');
  process.kill(guardian.pid, 'SIGKILL');
  await told;
  program.kill('SIGKILL');
  await program.ended;
  // It lives, and obeys: a print would end it, because nobody reads any more.
  await agent.tell({ do: 'ignore', signal: 'SIGTERM' });
  expect(readGuardianRecord(dir)).toBe(null);

  project.writeConfig({ agent: { command: ['true'] }, allowNoChanges: true });
  const { report } = await project.run();
  await agent.gone;
  expect(report.recoveryNotes).toContain(`session ${run}-001 of run ${run}: ended 1 of 1 processes`);
});

test('works beside the recovery of a new run, and leaves that one alone', async () => {
  const { project, stage } = await puppetProject({ gracePeriodMs: FOR_EVER_MS });
  const program = project.cli('run');
  const agent = await stage.puppet('a');
  await agent.tell({ do: 'ignore', signal: 'SIGTERM' });
  const { run, dir, guardian } = theRun(project);
  const asked = agent.caught('SIGTERM');
  program.kill('SIGKILL');
  // The guardian has asked, and waits for as long as the test may last: only somebody else can end that agent now.
  await Promise.all([program.ended, asked]);

  project.writeConfig({ agent: { command: stage.argv('next-{ticket}') }, allowNoChanges: true });
  const live = await project.start();
  await Promise.all([agent.gone, goneFromHere(guardian)]);
  expect(readGuardianRecord(dir)).toMatchObject({ run, found: 1, killed: 0, left: 0 });
  const next = await stage.puppet('next-a');
  await next.tell({ do: 'print', text: 'alive' });
  void next.tell({ do: 'exit', code: 0 });
  expect((await live.over).report).toMatchObject({ exitCode: 0 });
});

test('ends the sessions of its own run, not those of a run in another repository', async () => {
  const stage = await newStage();
  const [one, other] = ['one', 'other'].map((name) =>
    makeProject({ tickets: [{ id: name }], config: puppets(stage, { gracePeriodMs: FOR_EVER_MS }) }),
  ) as [TestProject, TestProject];
  const [killed, spared] = [one.cli('run'), other.cli('run')];
  const [agent, bystander] = await Promise.all([stage.puppet('one'), stage.puppet('other')]);
  const [first, second] = [theRun(one), theRun(other)];
  killed.kill('SIGKILL');
  await Promise.all([agent.gone, goneFromHere(first.guardian)]);
  await bystander.tell({ do: 'print', text: 'alive' });
  expect(isAlive(second.guardian)).toBe(true);
  void bystander.tell({ do: 'exit', code: 0 });
  expect((await spared.ended).exitCode).toBe(0);
});

test('ends a gate of a run that was killed between two agents', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }] });
  const { lobby } = project;
  project.writeConfig({ ...project.config, gates: [gateInLobby(lobby)] });
  const program = project.cli('run');
  const gate = await lobby.guest('gate');
  const { dir, guardian } = theRun(project);
  program.kill('SIGKILL');
  await Promise.all([gate.gone, goneFromHere(guardian)]);
  expect(readGuardianRecord(dir)).toMatchObject({ found: 1, left: 0 });
});

test('is not there when nobody wants one', async () => {
  const { project, stage } = await puppetProject({ guardian: false });
  const program = project.cli('run');
  const agent = await stage.puppet('a');
  expect(guardianIn(runOf(project))).toBe(null);
  void agent.tell({ do: 'exit', code: 0 });
  expect((await program.ended).exitCode).toBe(0);
});

test('cannot keep a killed run from being whole: a record that cannot be written changes nothing else', async () => {
  const { project, stage } = await puppetProject({ gracePeriodMs: FOR_EVER_MS });
  const program = project.cli('run');
  const agent = await stage.puppet('a');
  const { dir, guardian } = theRun(project);
  mkdirSync(guardianRecordPath(dir));
  program.kill('SIGKILL');
  await Promise.all([agent.gone, goneFromHere(guardian)]);
  project.writeConfig({ agent: { command: ['true'] }, allowNoChanges: true });
  expect((await project.run()).report).toMatchObject({ exitCode: 0 });
});

type Config = NonNullable<ProjectSpec['config']>;

interface TheRun {
  readonly run: string;
  readonly dir: string;
  readonly guardian: ProcessIdentity;
}

/** The only run of a project so far, when it has a guardian. */
function theRun(project: TestProject): TheRun {
  const run = runOf(project);
  return { run, dir: join(project.root, '.tf/ralph/runs', run), guardian: guardianIn(run)! };
}

function runOf(project: TestProject): string {
  return readdirSync(join(project.root, '.tf/ralph/runs'))[0]!;
}

async function puppetProject(config: Config) {
  const stage = await newStage();
  return { stage, project: makeProject({ tickets: [{ id: 'a' }], config: puppets(stage, config) }) };
}

/** Agents that do what the test says. */
function puppets(stage: Stage, config: Config): Config {
  return { agent: { command: stage.argv('{ticket}') }, allowNoChanges: true, ...config };
}

async function newStage(): Promise<Stage> {
  const stage = await openStage();
  onTestFinished(() => stage.close());
  return stage;
}

/** Has an agent start a process that leaves its group and its OS session, and outlives its parent. */
async function leaveDaemon(stage: Stage, agent: Puppet): Promise<Puppet> {
  await agent.tell({ do: 'spawn', child: 'middle', stdio: 'ignore', detached: true });
  const middle = await stage.puppet('middle');
  await middle.tell({ do: 'spawn', child: 'daemon', stdio: 'ignore', detached: true });
  const daemon = await stage.puppet('daemon');
  void middle.tell({ do: 'exit', code: 0 });
  await middle.gone;
  return daemon;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server, 0);
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** Only who finds a port free can listen on it. */
async function listenOn(port: number): Promise<void> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await listening(server, port);
}

function listening(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
