/**
 * Whole runs for tests: a real repository, real tickets, real git, and agents that are real processes with a script.
 *
 *   const project = makeProject({ tickets: [{ id: 'a' }, { id: 'b', deps: ['a'] }] });
 *   const { report, entries, records } = await project.run();
 *   expectClean(project);
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

import type { AgentRecord, Script, Step } from '../../src/demo/script.ts';
import type { JournalEntry } from '../../src/domain/journal-entry.ts';
import type { RunReport, TicketReport } from '../../src/domain/run-report.ts';
import { emptyRunView } from '../../src/domain/run-view.ts';
import { readJournal } from '../../src/effects/journal-reader.ts';
import { journalPath } from '../../src/effects/jsonl-journal.ts';
import { openProject } from '../../src/orchestrator/project.ts';
import type { RunHandle } from '../../src/orchestrator/run-handle.ts';
import { startRun } from '../../src/orchestrator/start-run.ts';
import { checkRun } from '../../src/verify/check-run.ts';
import { startCli, type CliProcess } from './cli-process.ts';
import { watchLandings } from './landing-watch.ts';
import { openLobby, type Lobby } from './lobby.ts';
import { makeRepo, type RepoOptions, type TestRepo } from './repo.ts';

/** A ticket of a test. What is left out is as `tk` makes it. */
export interface TicketSpec {
  readonly id: string;
  readonly deps?: readonly string[];
  readonly components?: readonly string[];
  readonly priority?: number;
  readonly status?: 'open' | 'closed';
}

/** What a test project starts with. */
export interface ProjectSpec extends RepoOptions {
  readonly tickets: readonly TicketSpec[];
  /** Whether git knows the tickets: by default they are tracked. */
  readonly ticketsAre?: 'tracked' | 'ignored' | 'untracked';
  /** Steps by ticket; every other ticket does {@link WORK}. */
  readonly script?: Readonly<Record<string, readonly Step[]>>;
  readonly others?: readonly Step[];
  /** Beside the agent and 4 workers. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A project that runs can be made of. */
export interface TestProject extends TestRepo {
  /** The environment that runs are started with; all they leave behind is in the test's own folder. */
  readonly env: Readonly<Record<string, string>>;
  /** Where agents with a `meet` step wait for the test. */
  readonly lobby: Lobby;
  /** Starts a run and follows it to its end. */
  run(): Promise<FinishedRun>;
  /** Starts a run, in its own environment or another. */
  start(options?: { readonly env: Readonly<Record<string, string>> }): Promise<LiveRun>;
  /** Runs the built program in the project, as a person does. */
  cli(...args: readonly string[]): CliProcess;
  /** What the agents of all runs have recorded so far, in the order in which they did. */
  records(): readonly AgentRecord[];
  /** The ticket's status, as its file in the work tree says. */
  statusOf(ticket: string): string | null;
  /** What it is configured with at first. */
  readonly config: Readonly<Record<string, unknown>>;
  writeConfig(config: Readonly<Record<string, unknown>>): void;
}

/** A run under way. */
export interface LiveRun extends RunHandle {
  /** Resolves when the work of a ticket has landed. */
  landed(ticket: string): Promise<void>;
  /** Resolves when it is over and all of it is taken down. */
  readonly over: Promise<FinishedRun>;
}

/** What a run came to. */
export interface FinishedRun {
  readonly report: RunReport;
  readonly entries: readonly JournalEntry[];
  readonly records: readonly AgentRecord[];
  /** Log lines, `level message`. */
  readonly logged: readonly string[];
}

/** The steps of an agent that does its job: a file of the ticket's own, committed. */
export const WORK: readonly Step[] = [
  { do: 'write', path: 'work/{ticket}', content: 'done by {ticket}\n' },
  { do: 'commit', message: 'Do {ticket}' },
];

/** As {@link WORK}, after the test has said so. */
export const WORK_WHEN_TOLD: readonly Step[] = [{ do: 'meet', at: 'work' }, ...WORK];

const AGENT = fileURLToPath(new URL('../../dist/src/demo/scripted-agent.js', import.meta.url));

/** Makes a project. Removed when the running test has finished. */
export function makeProject(spec: ProjectSpec): TestProject {
  const { ticketsAre = 'tracked' } = spec;
  const ticketFiles = Object.fromEntries(
    spec.tickets.map((ticket) => [`.tickets/${ticket.id}.md`, ticketText(ticket)]),
  );
  const repo = makeRepo({
    ...spec,
    files: {
      'README.md': 'hello\n',
      ...(ticketsAre === 'ignored' ? { '.gitignore': '/.tickets/\n' } : {}),
      ...(ticketsAre === 'tracked' ? ticketFiles : {}),
      ...spec.files,
    },
  });
  if (ticketsAre !== 'tracked') repo.write(ticketFiles);

  const scriptFile = join(repo.folder, 'script.json');
  const log = join(repo.folder, 'agents.jsonl');
  const lobby = openLobby(join(repo.folder, 'lobby'));
  const script: Script = { tickets: spec.script ?? {}, others: spec.others ?? WORK, log, socket: lobby.path };
  writeFileSync(scriptFile, JSON.stringify(script));
  writeFileSync(log, '');
  const ownEnv = {
    PATH: process.env['PATH'] ?? '',
    HOME: repo.folder,
    XDG_STATE_HOME: join(repo.folder, 'state'),
  };

  const writeConfig = (config: Readonly<Record<string, unknown>>) => {
    mkdirSync(join(repo.root, '.tf/ralph'), { recursive: true });
    writeFileSync(join(repo.root, '.tf/ralph/config.json'), JSON.stringify(config));
  };
  const ownConfig = {
    agent: { command: [process.execPath, AGENT, scriptFile, '{ticket}'] },
    parallelWorkers: 4,
    maxIterations: 0,
    parallelAllowUntagged: false,
    ...spec.config,
  };
  writeConfig(ownConfig);

  const records = () => recordsIn(log);
  async function start({ env } = { env: ownEnv }): Promise<LiveRun> {
    const opened = await openProject({ cwd: repo.root, env, flags: [], selected: null });
    if (opened.kind === 'refused') throw new Error(opened.reasons.join('\n'));
    const logged: string[] = [];
    const announced: JournalEntry[] = [];
    const watch = watchLandings();
    const started = await startRun({
      project: opened.project,
      env,
      view: emptyRunView(),
      onEntry: (entry) => {
        announced.push(entry);
        watch.onEntry(entry);
      },
      log: (level, message) => logged.push(`${level} ${message}`),
    });
    if (started.kind === 'refused') throw new Error(started.reason);
    const { handle } = started;
    const over = handle.finished.then(async (report) => {
      const reading = await readJournal(journalPath(handle.dir));
      expect(reading).toMatchObject({ kind: 'read', entries: announced });
      return { report, entries: announced, records: records(), logged };
    });
    return { ...handle, over, landed: watch.landed };
  }
  return {
    ...repo,
    env: ownEnv,
    lobby,
    records,
    start,
    config: ownConfig,
    writeConfig,
    cli: (...args) => startCli(repo.root, ownEnv, args),
    run: async () => (await start()).over,
    statusOf: (ticket) => /^status: (.*)$/m.exec(repo.read(`.tickets/${ticket}.md`) ?? '')?.[1] ?? null,
  };
}

/** Writes a ticket as `tk` does. */
export function ticketText({
  id,
  deps = [],
  components = [],
  priority = 2,
  status = 'open',
}: TicketSpec): string {
  const tags = components.map((component) => `component:${component}`);
  return `---
id: ${id}
status: ${status}
deps: [${deps.join(', ')}]
links: []
created: 2026-01-02T03:04:05Z
type: task
priority: ${priority}
tags: [${tags.join(', ')}]
---
# Do ${id}
`;
}

/** What may be left of a run that is over. */
export interface Leftovers {
  /** Branches under `ralph/`. */
  readonly branches?: readonly string[];
  /** What `git status` shows. */
  readonly status?: string;
}

/** Proves that a finished run has given everything back, and that the repository is whole. */
export function expectClean(project: TestProject, run: FinishedRun, left: Leftovers = {}): void {
  const verdict = checkRun(run.entries);
  expect(verdict).toMatchObject({ ok: true, isFinished: true });
  expect(project.git('status', '--porcelain')).toBe(left.status ?? '');
  expect(project.worktrees()).toEqual([project.root]);
  expect(project.branches().filter((branch) => branch.startsWith('ralph/'))).toEqual(left.branches ?? []);
  expect(project.git('for-each-ref', 'refs/ralph')).toBe('');
  project.git('fsck', '--no-dangling', '--connectivity-only');
  expect(readdirSync(join(project.root, '.tf/ralph')).sort()).toEqual(['config.json', 'runs']);
  expect(processesOf(run.report.run)).toEqual([]);
}

/** What a run's report says of one ticket. */
export function ticketOf({ report }: FinishedRun, id: string): TicketReport {
  const ticket = report.tickets.find((one) => one.id === id);
  if (ticket === undefined) throw new Error(`the report knows no ticket ${id}`);
  return ticket;
}

/** Pids of the processes that were started with the marker of a run or of a session. */
export function processesOf(id: string): readonly number[] {
  const markers = [`RALPH_RUN_ID=${id}\0`, `RALPH_SESSION_ID=${id}\0`];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const environment = environmentOf(pid);
      return markers.some((marker) => environment.includes(marker));
    });
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    // It has just ended, or is somebody else's.
    return '';
  }
}

function recordsIn(file: string): readonly AgentRecord[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AgentRecord);
}
