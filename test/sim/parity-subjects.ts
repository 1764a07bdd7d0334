/**
 * The fakes of the simulator and the real effects behind one face each, so that one suite can hold both to the same rules.
 *
 * `settled` waits for a promise: the real world moves by itself, a simulated one has to be moved.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

import type { JournalEntry } from '../../src/domain/journal-entry.ts';
import type { SessionPlace } from '../../src/domain/work.ts';
import { execaProcessHost } from '../../src/effects/execa-process-host.ts';
import { readJournal } from '../../src/effects/journal-reader.ts';
import { createJsonlJournal, journalOn, journalPath } from '../../src/effects/jsonl-journal.ts';
import { systemClock } from '../../src/effects/system-clock.ts';
import { tkTicketStore } from '../../src/effects/tk-ticket-store.ts';
import type { Integration } from '../../src/ports/integration.ts';
import type { Journal } from '../../src/ports/journal.ts';
import type { LaunchCommand, ProcessHost } from '../../src/ports/process-host.ts';
import type { TicketStore } from '../../src/ports/ticket-store.ts';
import type { Worktrees } from '../../src/ports/worktrees.ts';
import { disturb } from '../../src/sim/disturb.ts';
import { fakeIntegration, INTEGRATION_REF } from '../../src/sim/fake-integration.ts';
import { fakeJournal } from '../../src/sim/fake-journal.ts';
import { fakeProcessHost } from '../../src/sim/fake-process-host.ts';
import { branchRef, withFiles } from '../../src/sim/fake-repository.ts';
import { fakeTicketStore } from '../../src/sim/fake-ticket-store.ts';
import { fakeWorktrees } from '../../src/sim/fake-worktrees.ts';
import { SimWorld, type Life } from '../../src/sim/sim-world.ts';
import { GOOD_AGENT, worldOf, type AgentPlan } from '../../src/sim/world-plan.ts';
import { openEffects } from '../effects/git/open-effects.ts';
import { makeRepo, temporaryFolder, workTree } from '../support/repo.ts';

interface Subject {
  settled<Value>(promise: Promise<Value>): Promise<Value>;
}

/** A repository with `shared.txt` (content `first`) and the open tickets t0 and t1, its person on `main`. */
export interface GitSubject extends Subject {
  readonly worktrees: Worktrees;
  readonly integration: Integration & { finish(): Promise<boolean> };
  agentCommits(place: SessionPlace, file: string, content: string): void;
  agentLeaves(place: SessionPlace, file: string, content: string): void;
  deletesFolder(place: SessionPlace): void;
  personCommits(file: string, content: string): void;
  personEdits(file: string, content: string): void;
  /** Content of a file on a branch, or on the ref that landed work waits on; null where there is none. */
  contentOn(ref: 'main' | 'landed', file: string): string | null;
  isClosedOnMain(ticket: string): boolean;
  branches(): readonly string[];
  /** How many worktrees sessions have. */
  worktreesOfSessions(): number;
}

export interface JournalSubject extends Subject {
  readonly journal: Journal;
  onDisk(): Promise<readonly JournalEntry[]>;
}

export interface StoreSubject extends Subject {
  readonly store: TicketStore;
}

/**
 * What an agent does: ends well saying `done`, exits with 3, runs on, or ends well and leaves a process behind; or why
 * there is none.
 */
export type AgentKind = 'endsWell' | 'fails' | 'hangs' | 'leavesOneBehind' | 'cannotStart' | 'hasNoFolder';

export interface HostSubject extends Subject {
  readonly host: ProcessHost;
  readonly command: LaunchCommand;
}

const LIFE: Life = { run: 'r1', isAlive: true };

function simulated({ agent = GOOD_AGENT, areTicketsTracked = true } = {}) {
  const tickets = worldOf(1).tickets.slice(0, 2);
  const world = new SimWorld({ ...worldOf(1), tickets, agents: [agent], areTicketsTracked }, false);
  const settled = async <Value>(promise: Promise<Value>): Promise<Value> => {
    let isSettled = false;
    const end = (): void => {
      isSettled = true;
    };
    promise.then(end, end);
    for (;;) {
      for (let turn = 0; turn < 24; turn += 1) await Promise.resolve();
      if (isSettled) return promise;
      if (!world.clock.next()) throw new Error('nothing is left to happen');
    }
  };
  return { world, settled };
}

const real = { settled: <Value>(promise: Promise<Value>): Promise<Value> => promise };

export const gitSubjects: readonly [string, () => Promise<GitSubject>][] = [
  ['the fake', fakeGit],
  ['git', realGit],
];

async function fakeGit(): Promise<GitSubject> {
  const { world, settled } = simulated();
  const { repository } = world;
  const integration = fakeIntegration(world, LIFE, () => Promise.resolve());
  const commitOn = (branch: string, file: string, content: string): void => {
    const tip = repository.read(branchRef(branch))!;
    const tree = withFiles(repository.at(tip).tree, new Map([[file, content]]));
    repository.move(branchRef(branch), repository.commit([tip], tree), tip);
  };
  const contentOn: GitSubject['contentOn'] = (ref, file) => {
    const tip = repository.read(ref === 'main' ? branchRef('main') : INTEGRATION_REF);
    return tip === null ? null : (repository.at(tip).tree.get(file) ?? null);
  };
  return {
    settled,
    integration,
    worktrees: fakeWorktrees(world, LIFE, () => integration.sync()),
    agentCommits: ({ branch }, file, content) => commitOn(branch, file, content),
    agentLeaves: ({ worktree }, file, content) =>
      repository.worktrees.get(worktree)!.changes.set(file, content),
    deletesFolder: () => disturb(world, { kind: 'worktreeDeleted', skip: 0 }),
    personCommits: (file, content) => commitOn('main', file, content),
    personEdits: (file, content) => repository.checkout.edits.set(file, content),
    contentOn,
    isClosedOnMain: (ticket) => contentOn('main', `.tickets/${ticket}.md`) === 'closed',
    branches: () =>
      [...repository.refs()].flatMap((ref) => (ref.startsWith('refs/heads/') ? [ref.slice(11)] : [])).sort(),
    worktreesOfSessions: () => repository.worktrees.size,
  };
}

async function realGit(): Promise<GitSubject> {
  const repo = makeRepo({
    files: {
      'shared.txt': 'first\n',
      '.tickets/t0.md': 'status: open\n',
      '.tickets/t1.md': 'status: open\n',
    },
  });
  const { worktrees, integration } = await openEffects(repo);
  const contentOn: GitSubject['contentOn'] = (ref, file) => {
    const name = ref === 'main' ? 'main' : 'refs/ralph/integration/main';
    return repo.tip(name) === null ? null : repo.git('show', `${name}:${file}`);
  };
  return {
    ...real,
    worktrees,
    integration,
    agentCommits: ({ worktree }, file, content) =>
      void workTree(worktree).commit('work', { [file]: `${content}\n` }),
    agentLeaves: ({ worktree }, file, content) => workTree(worktree).write({ [file]: `${content}\n` }),
    deletesFolder: ({ worktree }) => rmSync(worktree, { recursive: true }),
    personCommits: (file, content) => void repo.commit('a person', { [file]: `${content}\n` }),
    personEdits: (file, content) => repo.write({ [file]: `${content}\n` }),
    contentOn,
    isClosedOnMain: (ticket) => contentOn('main', `.tickets/${ticket}.md`) === 'status: closed',
    branches: () => repo.branches(),
    worktreesOfSessions: () => repo.worktrees().length - 1,
  };
}

export const journalSubjects: readonly [string, (how: 'whole' | 'disk full') => Promise<JournalSubject>][] = [
  [
    'the fake',
    async (how) => {
      const { world, settled } = simulated();
      const journal = fakeJournal(world, LIFE);
      if (how === 'disk full') journal.fillDisk();
      return { settled, journal, onDisk: async () => world.runs.get(LIFE.run)!.onDisk };
    },
  ],
  [
    'the file',
    async (how) => {
      const folder = temporaryFolder();
      const path = journalPath(folder);
      const onDisk = async (): Promise<readonly JournalEntry[]> => {
        const reading = await readJournal(path);
        return reading.kind === 'read' ? reading.entries : [];
      };
      if (how === 'whole') return { ...real, journal: await createJsonlJournal(folder, systemClock), onDisk };
      // A file that is open for reading only refuses every write, as a full disk does.
      writeFileSync(path, '');
      return { ...real, journal: journalOn(await open(path, 'r'), path, systemClock), onDisk };
    },
  ],
];

export const storeSubjects: readonly [string, () => Promise<StoreSubject>][] = [
  [
    'the fake',
    async () => {
      const { world, settled } = simulated({ areTicketsTracked: false });
      return { settled, store: fakeTicketStore(world, LIFE) };
    },
  ],
  [
    'the folder',
    async () => {
      const folder = temporaryFolder();
      for (const id of ['t0', 't1'])
        writeFileSync(join(folder, `${id}.md`), `---\nid: ${id}\nstatus: open\n---\n# Ticket\n`);
      return { ...real, store: tkTicketStore(folder) };
    },
  ],
];

const AGENTS: Readonly<Record<AgentKind, { readonly plan: Partial<AgentPlan>; readonly shell: string }>> = {
  endsWell: { plan: {}, shell: 'printf done' },
  fails: { plan: { end: 'fails' }, shell: 'exit 3' },
  hangs: { plan: { end: 'hangs' }, shell: 'exec sleep 1000' },
  leavesOneBehind: { plan: { hasSurvivor: true }, shell: 'sleep 1000 >/dev/null 2>&1 & printf done' },
  cannotStart: { plan: {}, shell: '' },
  hasNoFolder: { plan: {}, shell: 'printf done' },
};

export const hostSubjects: readonly [string, (kind: AgentKind) => Promise<HostSubject>][] = [
  [
    'the fake',
    async (kind) => {
      const { world, settled } = simulated({ agent: { ...GOOD_AGENT, commits: 0, ...AGENTS[kind].plan } });
      if (kind === 'cannotStart') world.failingLaunches = 1;
      const cwd = '/worktrees/s1';
      world.repository.worktrees.set(cwd, {
        path: cwd,
        branch: 'ralph/t0/s1',
        changes: new Map(),
        isDeleted: kind === 'hasNoFolder',
      });
      return { settled, host: fakeProcessHost(world, LIFE), command: commandOf(kind, cwd) };
    },
  ],
  [
    'the system',
    async (kind) => {
      const host = execaProcessHost({ clock: systemClock, log: () => {}, redact: (text) => text });
      onTestFinished(async () => void (await host.close()));
      const cwd = temporaryFolder();
      // The output of an agent is not in its worktree, so that it outlives it.
      const command = { ...commandOf(kind, cwd), outputDir: join(temporaryFolder(), 'out') };
      if (kind === 'hasNoFolder') rmSync(cwd, { recursive: true });
      return { ...real, host, command };
    },
  ],
];

function commandOf(kind: AgentKind, cwd: string): LaunchCommand {
  return {
    session: 's1',
    argv: kind === 'cannotStart' ? ['/nowhere/agent'] : ['/bin/sh', '-c', AGENTS[kind].shell],
    cwd,
    env: {
      PATH: process.env['PATH'] ?? '',
      RALPH_SESSION_ID: 's1',
      RALPH_TICKET_ID: 't0',
      RALPH_BRANCH: 'ralph/t0/s1',
    },
    outputDir: join(cwd, 'out'),
    outputBytesMax: 1024,
    stallTimeoutMs: 0,
  };
}
