/**
 * A night: a project whose agents work in small steps, runs of the built program in it, and instants to strike at.
 *
 *   a(x) ──► d(y)    b(y) ──► d    c(x)    e(z) ──► f(z)    g, which runs alone
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import type { JournalEntry } from '../../src/domain/journal-entry.ts';
import { readJournal } from '../../src/effects/journal-reader.ts';
import { journalPath } from '../../src/effects/jsonl-journal.ts';
import { runDir, runsDir } from '../../src/orchestrator/state-files.ts';
import { startCli, type CliProcess } from '../support/cli-process.ts';
import { makeProject, type TestProject } from '../support/e2e.ts';

/** How an agent misbehaves, once in a night. */
export type Misbehaviour =
  | 'hangs'
  | 'ignoresTerm'
  | 'leavesDaemon'
  | 'leavesServer'
  | 'diesBySignal'
  | 'removesItsWorktree'
  | 'holdsIndexLock'
  | 'floods'
  | 'checksOut';

/** What a night begins with. */
export interface NightPlan {
  /** The misbehaviour of the agents of these tickets; all others behave. */
  readonly misbehaviours?: Readonly<Record<string, Misbehaviour>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly ticketsAre?: 'tracked' | 'ignored';
}

/** What an agent has written down: a commit it made, a file it left, that it was through, or what it should not have seen. */
export interface AgentNote {
  readonly ticket: string;
  readonly session: string;
  readonly saw?: string;
  readonly commit?: string;
  readonly blob?: string;
  readonly finished?: true;
}

/** The program at work. */
export interface Watched extends CliProcess {
  /** Resolves when its run has so many entries on record, of one type or of any; also when it has ended before. */
  reaches(count: number, type?: JournalEntry['type']): Promise<void>;
  /** Signals its whole process group, as a terminal does. */
  killGroup(signal: NodeJS.Signals): void;
}

/** A project in which runs come and go. */
export interface Night {
  readonly project: TestProject;
  start(): Watched;
  /** What each run has on record, oldest first. */
  journals(): Promise<readonly (readonly JournalEntry[])[]>;
  /** Ids of all runs so far, oldest first. */
  runs(): readonly string[];
  notes(): readonly AgentNote[];
}

/** The tickets of a night. */
export const TICKETS = [
  { id: 'a', components: ['x'], deps: [] },
  { id: 'b', components: ['y'], deps: [] },
  { id: 'c', components: ['x'], deps: [] },
  { id: 'd', components: ['y'], deps: ['a', 'b'] },
  { id: 'e', components: ['z'], deps: [] },
  { id: 'f', components: ['z'], deps: ['e'] },
  { id: 'g', components: [], deps: [] },
] as const;

const AGENT = fileURLToPath(new URL('fixtures/agent.mjs', import.meta.url));

/** Makes a project. Removed when the running test has finished. */
export function makeNight({
  misbehaviours = {},
  config = {},
  ticketsAre = 'tracked',
}: NightPlan = {}): Night {
  const project = makeProject({ tickets: TICKETS, ticketsAre });
  const { root, folder } = project;
  const planFile = join(folder, 'plan.json');
  const notes = join(folder, 'seen.jsonl');
  const tickets = Object.fromEntries(
    TICKETS.map((ticket) => [ticket.id, { ...ticket, misbehaves: misbehaviours[ticket.id] ?? null }]),
  );
  writeFileSync(planFile, JSON.stringify({ folder, root, stepMs: 15, tickets }));
  writeFileSync(notes, '');
  project.writeConfig({
    agent: { command: [process.execPath, AGENT, planFile] },
    parallelWorkers: 4,
    maxIterations: 0,
    maxRestarts: 2,
    parallelAllowUntagged: false,
    parallelDispatchTimeoutMs: 3000,
    gracePeriodMs: 200,
    ...config,
  });
  const runs = (): readonly string[] => (existsSync(runsDir(root)) ? readdirSync(runsDir(root)).sort() : []);
  return {
    project,
    runs,
    start: () => {
      const earlier = runs().length;
      return watched(startCli(root, project.env, ['run'], { detached: true }), () => {
        const run = runs()[earlier];
        return run === undefined ? null : journalPath(runDir(root, run));
      });
    },
    journals: () =>
      Promise.all(
        runs().map(async (run) => {
          const reading = await readJournal(journalPath(runDir(root, run)));
          return reading.kind === 'unreadable' ? [] : reading.entries;
        }),
      ),
    notes: () => linesOf(notes).map((line) => JSON.parse(line) as AgentNote),
  };
}

/** The program, with an eye on the journal of its run, which is the one after those that were there before. */
function watched(program: CliProcess, journal: () => string | null): Watched {
  let isOver = false;
  void program.ended.then(() => (isOver = true));
  const count = (type: string | undefined): number => {
    const path = journal();
    if (path === null) return 0;
    return linesOf(path).filter((line) => type === undefined || line.includes(`"type":"${type}"`)).length;
  };
  return {
    ...program,
    killGroup: (signal) => {
      if (!isOver) process.kill(-program.pid, signal);
    },
    reaches: async (wanted, type) => {
      // The journal is looked at again and again: a notice of the file system would come later than what is to be struck.
      while (!isOver && count(type) < wanted) await setTimeout(1);
    },
  };
}

function linesOf(path: string): readonly string[] {
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
}
