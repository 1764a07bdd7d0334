/**
 * What may go wrong in a night, as data: what strikes, when, and what the agents do. Instants are drawn from a seed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

import type { RunFact } from '../../src/domain/run-fact.ts';
import { journalPath } from '../../src/effects/jsonl-journal.ts';
import { runDir, runsDir } from '../../src/orchestrator/state-files.ts';
import type { Dice } from '../../src/domain/dice.ts';
import type { Night, NightPlan, Watched } from './night.ts';
import { survivorsOf } from './verdict.ts';

/** Something that goes wrong in a night. */
export interface Fault {
  readonly name: string;
  readonly plan?: NightPlan;
  /** Makes ready what the fault needs before anything runs; false where this machine does not allow it. */
  prepare?(night: Night): boolean;
  /** Strikes at the first run of the night, or lets it be, and resolves when it has ended. */
  strike(night: Night, first: Watched, chance: Dice): Promise<void>;
}

/** About so many entries has an undisturbed run of a night. */
const ENTRIES = 80;

async function untilEnd(_night: Night, first: Watched): Promise<void> {
  await first.ended;
}

/** Strikes when a fact has come so often, a moment later. */
function at(
  type: RunFact['type'] | null,
  most: number,
  strike: (first: Watched, night: Night) => void | Promise<void>,
): Fault['strike'] {
  return async (night, first, chance) => {
    await first.reaches(1 + chance.below(most), type ?? undefined);
    await setTimeout(chance.below(8));
    await strike(first, night);
    await first.ended;
  };
}

const kill = (first: Watched): void => void first.kill('SIGKILL');

/** After which facts the orchestrator is killed, and how often each comes in a night. */
const MOMENTS: readonly (readonly [RunFact['type'], number])[] = [
  ['run.started', 1],
  ['run.recovered', 1],
  ['session.dispatched', 7],
  ['session.prepared', 7],
  ['session.launched', 7],
  ['session.exited', 7],
  ['session.completed', 7],
  ['session.verified', 7],
  ['merge.requested', 7],
  ['merge.started', 7],
  ['merge.finished', 7],
  ['session.releasing', 7],
  ['session.ended', 7],
  ['run.finished', 1],
];

/** What happens to the orchestrator itself. */
export const ORCHESTRATOR_FAULTS: readonly Fault[] = [
  { name: 'nothing', strike: untilEnd },
  ...(['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal): Fault => ({
    name: `${signal} to the orchestrator`,
    strike: at(null, ENTRIES, (first) => void first.kill(signal)),
  })),
  {
    name: 'SIGINT to the whole group, as from a terminal',
    strike: at(null, ENTRIES, (first) => first.killGroup('SIGINT')),
  },
  {
    name: 'kill -9 of the whole group',
    plan: { misbehaviours: { a: 'ignoresTerm', b: 'leavesDaemon', e: 'leavesServer' } },
    strike: at(null, ENTRIES, (first) => first.killGroup('SIGKILL')),
  },
  {
    name: 'SIGINT twice',
    strike: at(null, ENTRIES, async (first) => {
      first.kill('SIGINT');
      await setTimeout(3);
      first.kill('SIGINT');
    }),
  },
  {
    name: 'SIGINT to agents that ignore it',
    plan: { misbehaviours: { a: 'ignoresTerm', b: 'ignoresTerm', e: 'ignoresTerm' } },
    strike: at(null, 20, (first) => void first.kill('SIGINT')),
  },
  ...MOMENTS.map(([type, most]): Fault => ({ name: `kill -9 after ${type}`, strike: at(type, most, kill) })),
  {
    name: 'kill -9 with tickets that git does not know',
    plan: { ticketsAre: 'ignored' },
    strike: at(null, ENTRIES, kill),
  },
  {
    name: 'kill -9 among agents that ignore TERM, daemons and servers',
    plan: { misbehaviours: { a: 'ignoresTerm', b: 'leavesDaemon', e: 'leavesServer' } },
    strike: at(null, 40, kill),
  },
  {
    name: 'kill -9, and nobody starts again until all that lived is gone',
    plan: { misbehaviours: { a: 'ignoresTerm', b: 'leavesDaemon', e: 'leavesServer' } },
    strike: async (night, first, chance) => {
      await first.reaches(1 + chance.below(40));
      first.kill('SIGKILL');
      await first.ended;
      // The guardian's work: without it this night would not end before its time.
      while (survivorsOf(night).length > 0) await setTimeout(5);
    },
  },
  {
    name: 'kill -9, where there is no guardian',
    plan: {
      misbehaviours: { a: 'ignoresTerm', b: 'leavesDaemon', e: 'leavesServer' },
      config: { guardian: false },
    },
    strike: at(null, 40, kill),
  },
  {
    name: 'kill -9, where the next run takes the agents over',
    plan: { misbehaviours: { b: 'leavesDaemon', e: 'ignoresTerm' }, config: { recovery: 'adopt' } },
    strike: at(null, ENTRIES, kill),
  },
  {
    name: 'kill -9, and kill -9 of the recovery, three times',
    strike: async (night, first, chance) => {
      await first.reaches(1 + chance.below(ENTRIES));
      first.kill('SIGKILL');
      await first.ended;
      for (let time = 0; time < 3; time += 1) {
        const next = night.start();
        await next.reaches(1);
        await setTimeout(chance.below(60));
        next.kill('SIGKILL');
        await next.ended;
      }
    },
  },
];

/** What agents, people and files do to a night. */
export const SURROUNDINGS_FAULTS: readonly Fault[] = [
  ...(
    [
      ['hang', 'hangs'],
      ['ignore TERM', 'ignoresTerm'],
      ['double-fork with setsid', 'leavesDaemon'],
      ['leave a server listening', 'leavesServer'],
      ['die by a signal', 'diesBySignal'],
      ['remove their own worktree', 'removesItsWorktree'],
      ['hold index.lock', 'holdsIndexLock'],
      ['flood their output', 'floods'],
    ] as const
  ).map(([what, how]): Fault => ({
    name: `agents that ${what}`,
    plan: { misbehaviours: { a: how, b: how, e: how }, config: { parallelDispatchTimeoutMs: 1500 } },
    strike: untilEnd,
  })),
  {
    name: 'a journal torn at any byte of its last entries',
    strike: async (night, first, chance) => {
      await first.reaches(1 + chance.below(ENTRIES));
      first.kill('SIGKILL');
      await first.ended;
      const path = journalPath(runDir(night.project.root, night.runs().at(-1) ?? ''));
      const bytes = readFileSync(path);
      const lastEntry = bytes.lastIndexOf('\n', -2) + 1;
      if (bytes.length > 0) truncateSync(path, lastEntry + chance.below(bytes.length - lastEntry));
    },
  },
  {
    name: 'a full disk under the journal and the output',
    plan: { misbehaviours: { a: 'floods', b: 'floods', e: 'floods' } },
    prepare: (night) => mountSmall(night, '160k'),
    strike: async (night, first) => {
      const { exitCode, stderr } = await first.ended;
      if (!/no space left/i.test(stderr)) throw new Error(`the disk was not full (${exitCode}):\n${stderr}`);
      mountSmall(night, '64m', 'remount,');
    },
  },
  {
    name: 'two runs started together',
    strike: async (night, first) => {
      const second = night.start();
      const codes = (await Promise.all([first.ended, second.ended])).map(({ exitCode }) => exitCode);
      if (!codes.includes(2)) throw new Error(`both ran: ${codes.join()}`);
    },
  },
  {
    name: 'an agent that checks out another branch in the main repository',
    plan: { misbehaviours: { a: 'checksOut' } },
    strike: async ({ project }, first) => {
      const { stderr } = await first.ended;
      if (!stderr.includes('rejected')) throw new Error(`nobody noticed:\n${stderr}`);
      project.git('checkout', '--quiet', 'main');
      project.git('branch', '--quiet', '-D', 'elsewhere');
    },
  },
  {
    name: 'a person who edits and commits',
    strike: async (night, first, chance) => {
      const { project } = night;
      await first.reaches(1 + chance.below(40));
      writeFileSync(join(project.root, 'by-hand'), `${chance.below(1000)}\n`);
      execFileSync('git', ['add', 'by-hand'], { cwd: project.root });
      execFileSync('git', ['commit', '--quiet', '--message', 'By hand'], { cwd: project.root });
      await first.ended;
    },
  },
  {
    name: 'a damaged lock',
    strike: async (night, first, chance) => {
      await first.reaches(1 + chance.below(ENTRIES));
      first.kill('SIGKILL');
      await first.ended;
      writeFileSync(join(night.project.root, '.tf/ralph/lock'), '{"run":');
    },
  },
];

/** A file system of its own for what runs write down; only root may mount one. */
function mountSmall({ project }: Night, size: string, remount = ''): boolean {
  const folder = runsDir(project.root);
  mkdirSync(folder, { recursive: true });
  const options = ['-t', 'tmpfs', '-o', `${remount}size=${size}`, 'tmpfs', folder];
  if (spawnSync('mount', options).status !== 0) return false;
  if (remount === '') onTestFinished(() => void spawnSync('umount', ['--lazy', folder]));
  return true;
}
