/**
 * Removes what runs have left: looks, plans, and carries the plan out under the lock of a run, so that none starts
 * meanwhile. While a run is going on, nothing is touched at all: what is surely not its own is not worth a race with it.
 *
 * Every removal looks again at what it is about to remove. Doing it twice changes nothing the second time.
 */
import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
  cleanupPlan,
  nameOfTarget,
  runOfTarget,
  type CleanupStep,
  type CleanupTarget,
} from '../domain/cleanup-plan.ts';
import type { LockRemains } from '../domain/cleanup-facts.ts';
import { errorReason } from '../domain/session-outcome.ts';
import { shellWord } from '../domain/shell-word.ts';
import { openGitEffects, type GitEffects } from '../effects/git/git-effects.ts';
import { acquireRunLock, inspectRunLock } from '../effects/run-lock.ts';
import { livingSessions, sweepSession } from '../effects/session-sweep.ts';
import type { Clock } from '../ports/clock.ts';
import { stateOutside } from './containment.ts';
import { findRemains } from './find-remains.ts';
import type { ConfiguredRepository } from './project.ts';
import { runOnRecord } from './runs-on-record.ts';
import { lockFile, worktreesRoot } from './state-files.ts';

/** One thing that was found, and what has become of it. */
export interface CleanupItem {
  readonly kind: CleanupTarget['kind'];
  /** A session, a path, a branch or a run: what a person would look for. */
  readonly name: string;
  readonly outcome: 'removed' | 'wouldRemove' | 'kept' | 'failed';
  readonly why: string;
  /** Shows it, or brings it back; null when there is nothing to see. */
  readonly command: string | null;
}

/** What a cleanup came to. */
export interface CleanupReport {
  readonly reportVersion: 1;
  readonly root: string;
  readonly dryRun: boolean;
  readonly items: readonly CleanupItem[];
  /** 0, or 1 when something could not be removed. */
  readonly exitCode: 0 | 1;
}

/** What to clean up, and how far. */
export interface CleanupOptions extends ConfiguredRepository {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Looks and plans, and changes nothing. */
  readonly dryRun: boolean;
  /** The age of what is over does not count. */
  readonly all: boolean;
}

/** A report, or why nothing was done. */
export type Cleanup =
  | { readonly kind: 'done'; readonly report: CleanupReport }
  | { readonly kind: 'refused'; readonly reason: string };

/** Cleans a project up. */
export async function cleanup(options: CleanupOptions): Promise<Cleanup> {
  const path = lockFile(options.repository.root);
  const outside = await stateOutside(options);
  if (outside !== null) return { kind: 'refused', reason: outside };
  const before = await inspectRunLock(path);
  if (before.kind === 'held') return { kind: 'refused', reason: before.reason };
  if (options.dryRun) {
    const plan = await planFor(options, before.remains, gitOf(options));
    return done(options, plan.map(wouldBe));
  }
  const outcome = await acquireRunLock(path, 'cleanup');
  if (outcome.kind !== 'acquired') return { kind: 'refused', reason: outcome.reason };
  try {
    const git = gitOf(options);
    const items: CleanupItem[] = [];
    const staying = new Map<string, string>();
    for (const step of await planFor(options, before.remains, git)) {
      const [item, ...more] = await carryOut(step, { options, git, staying });
      items.push(item, ...more);
      const run = runOfTarget(step.target);
      if (item.outcome !== 'removed' && run !== null) staying.set(run, item.name);
    }
    return done(options, items);
  } finally {
    await outcome.lock.release();
  }
}

function done({ repository, dryRun }: CleanupOptions, items: readonly CleanupItem[]): Cleanup {
  const exitCode = items.some((item) => item.outcome === 'failed') ? 1 : 0;
  return { kind: 'done', report: { reportVersion: 1, root: repository.root, dryRun, items, exitCode } };
}

function gitOf({ repository, config, env }: CleanupOptions): GitEffects {
  return openGitEffects({
    repository,
    worktreesRoot: worktreesRoot(repository.root, config.parallelWorktreesDir, env),
    keepWorktrees: false,
    tickets: { path: () => null, closeFile: (bytes) => bytes, closeInStore: () => Promise.resolve() },
    traceFolder: null,
    components: { owners: [], claimedBy: () => [] },
    gates: [],
    environment: env,
    redact: (text) => text,
    warn: () => undefined,
  });
}

async function planFor(
  { repository, config, env, clock, all }: CleanupOptions,
  locks: readonly LockRemains[],
  { remains }: GitEffects,
): Promise<readonly CleanupStep[]> {
  const facts = await findRemains({
    root: repository.root,
    remains,
    locks,
    nowMs: clock.nowMs(),
    ttlMs: config.sessionTtlMs,
    all,
    target: repository.target,
    ownSession: env['RALPH_SESSION_ID'] ?? null,
  });
  return cleanupPlan(facts);
}

function wouldBe(step: CleanupStep): CleanupItem {
  return itemOf(step, step.action === 'remove' ? 'wouldRemove' : 'kept');
}

function itemOf(
  { target, why, command }: CleanupStep,
  outcome: CleanupItem['outcome'],
  reason = why,
): CleanupItem {
  return { kind: target.kind, name: nameOfTarget(target), outcome, why: reason, command };
}

interface Carrying {
  readonly options: CleanupOptions;
  readonly git: GitEffects;
  /** What processes and worktrees of a run stay although they should have gone, by run. */
  readonly staying: Map<string, string>;
}

type Outcome = readonly [CleanupItem, ...CleanupItem[]];

/** More than one item where removing a thing has shown another, such as the branch that its work was saved to. */
async function carryOut(step: CleanupStep, carrying: Carrying): Promise<Outcome> {
  if (step.action === 'keep') return [itemOf(step, 'kept')];
  try {
    return await remove(step, carrying);
  } catch (error) {
    return [itemOf(step, 'failed', errorReason(error))];
  }
}

async function remove(step: CleanupStep, carrying: Carrying): Promise<Outcome> {
  const { target } = step;
  const { options, git } = carrying;
  const { root } = options.repository;
  switch (target.kind) {
    case 'lock':
      // The lock itself was taken over, and goes when this is done; claims on it have gone with that.
      if (target.path !== lockFile(root)) await rm(target.path, { force: true });
      return [itemOf(step, 'removed')];
    case 'processes': {
      const traces = { session: target.session, leader: null, known: [] };
      const { survivorsFound, survivorsLeft } = await sweepSession(traces, options.clock);
      if (survivorsLeft === 0) return [itemOf(step, 'removed')];
      return [itemOf(step, 'failed', `${survivorsLeft} of ${survivorsFound} could not be ended`)];
    }
    case 'worktree':
      return removeWorktree(step, target, carrying);
    case 'branch':
      return [keptOrRemoved(step, await git.remains.removeBranch(target.branch, target.tip))];
    case 'records':
      return [keptOrRemoved(step, await removeRecords(target, carrying))];
    case 'damaged':
      await rm(target.path, { force: true });
      return [itemOf(step, 'removed')];
  }
}

function keptOrRemoved(step: CleanupStep, reason: string | null): CleanupItem {
  return reason === null ? itemOf(step, 'removed') : itemOf(step, 'kept', reason);
}

async function removeWorktree(
  step: CleanupStep,
  { path, session, ticket, isGateTree }: Extract<CleanupTarget, { kind: 'worktree' }>,
  { options, git }: Carrying,
): Promise<Outcome> {
  const { repository } = options;
  if (session !== null && livingSessions().has(session)) {
    return [itemOf(step, 'kept', 'processes of its session are at work')];
  }
  if (isGateTree) return [keptOrRemoved(step, await git.remains.removeGateTree(path))];
  if (session === null || ticket === null) throw new Error(`nobody knows whose worktree ${path} is`);
  // The base is a commit that has landed for sure: a branch that is at it holds nothing.
  const place = {
    session,
    ticket,
    worktree: path,
    branch: `ralph/${ticket}/${session}`,
    base: repository.targetCommit,
  };
  const { keptBranch, keptWorktree } = await git.worktrees.release(place);
  if (keptWorktree !== null) return [itemOf(step, 'kept', keptWorktree.reason)];
  const removed = itemOf(step, 'removed');
  if (keptBranch === null || keptBranch === place.branch) return [removed];
  const command = `git log ${shellWord(`${repository.target}..${keptBranch}`)}`;
  return [
    removed,
    { kind: 'branch', name: keptBranch, outcome: 'kept', why: `it holds what was in ${path}`, command },
  ];
}

/** What is wanted first goes last: a folder without its sessions still says by its journal that it is over. */
async function removeRecords(
  { run, path }: Extract<CleanupTarget, { kind: 'records' }>,
  { options, staying }: Carrying,
): Promise<string | null> {
  const tied = staying.get(run);
  if (tied !== undefined) return `it tells of ${tied}, which is still there`;
  const now = await runOnRecord(options.repository.root, run);
  if (now === null) return null;
  if (now.state === 'live' || now.state === 'link' || now.state === 'cutOff')
    return 'it has changed meanwhile';
  await rm(join(path, 'sessions'), { recursive: true, force: true });
  await rm(path, { recursive: true, force: true });
  return (await lstat(path).catch(() => null)) === null ? null : 'it could not be removed';
}
