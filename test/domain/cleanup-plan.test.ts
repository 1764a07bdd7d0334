import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';

import type { CleanupFacts, RunRemains, WorktreeRemains } from '../../src/domain/cleanup-facts.ts';
import {
  cleanupPlan,
  nameOfTarget,
  runOfTarget,
  YOUNG,
  type CleanupStep,
  type CleanupTarget,
} from '../../src/domain/cleanup-plan.ts';
import { runOfSession } from '../../src/domain/ids.ts';

const RUNS = ['20260101-000000-aaaa', '20260102-000000-bbbb', '20260103-000000-cccc'] as const;
const SESSIONS = RUNS.flatMap((run) => [`${run}-001`, `${run}-002`]);
const NOW = 1_000_000;
const TTL = 1000;

const facts = fc
  .record({
    all: fc.boolean(),
    ownSession: fc.option(fc.constantFrom(...SESSIONS)),
    runs: fc.uniqueArray(
      fc.record({
        run: fc.constantFrom(...RUNS),
        state: fc.constantFrom(
          ...(['live', 'finished', 'recovered', 'cutOff', 'damaged', 'empty', 'link'] as const),
        ),
        lastMs: fc.constantFrom(NOW - TTL - 1, NOW - TTL, NOW, NOW + 5),
      }),
      { selector: ({ run }) => run },
    ),
    processes: fc.uniqueArray(
      fc.record({
        session: fc.constantFrom(...SESSIONS, 'strange'),
        pids: fc.constantFrom([7], [8, 9]),
      }),
      { selector: ({ session }) => session },
    ),
    worktrees: fc.uniqueArray(
      fc.record({
        path: fc.constantFrom('/w/1', '/w/2', '/w/3', '/w/4'),
        session: fc.option(fc.constantFrom(...SESSIONS)),
        ticket: fc.option(fc.constant('t')),
        branch: fc.option(fc.constant('ralph/t/x')),
        isGateTree: fc.boolean(),
        wasKept: fc.boolean(),
        state: fc.constantFrom(...(['clean', 'leftovers', 'missing', 'unknown'] as const)),
        unsavable: fc.constantFrom([], [], ['sub is a git repository of its own']),
      }),
      { selector: ({ path }) => path },
    ),
    branches: fc.uniqueArray(
      fc.record({
        branch: fc.constantFrom(...SESSIONS.map((session) => `ralph/t/${session}`), 'ralph/mine'),
        isLanded: fc.boolean(),
        checkedOutAt: fc.option(fc.constantFrom('/w/1', '/w/2', '/home/somebody')),
      }),
      { selector: ({ branch }) => branch },
    ),
    damaged: fc.uniqueArray(fc.constantFrom(NOW, NOW - TTL - 1)),
  })
  .map(({ runs, branches, damaged, ...rest }): CleanupFacts => ({
    ...rest,
    nowMs: NOW,
    ttlMs: TTL,
    target: 'main',
    locks: [{ path: '/p/lock', why: 'run x (pid 1) is dead' }],
    runs: runs.map((run) => ({ ...run, path: `/p/runs/${run.run}` })),
    branches: branches.map((one) => ({
      ...one,
      tip: 'c0ffee',
      session: one.branch === 'ralph/mine' ? null : (one.branch.split('/')[2] ?? ''),
    })),
    damagedFiles: damaged.map((lastMs) => ({ path: `/p/lock.damaged-${lastMs}`, lastMs })),
  }));

type Of<Kind extends CleanupTarget['kind']> = Extract<CleanupTarget, { kind: Kind }>;

function removedOf<Kind extends CleanupTarget['kind']>(
  steps: readonly CleanupStep[],
  kind: Kind,
): readonly Of<Kind>[] {
  return steps
    .filter(({ action, target }) => action === 'remove' && target.kind === kind)
    .map(({ target }) => target as Of<Kind>);
}

const stateOf = (of: CleanupFacts, run: string | null): RunRemains['state'] | undefined =>
  of.runs.find((one) => one.run === run)?.state;

describe('a plan', () => {
  test.prop([facts])('never removes a commit that has not landed, nor a branch somebody is on', (of) => {
    const steps = cleanupPlan(of);
    const going = removedOf(steps, 'worktree').map(({ path }) => path);
    for (const { branch } of removedOf(steps, 'branch')) {
      const found = of.branches.find((one) => one.branch === branch)!;
      expect(found).toMatchObject({ isLanded: true, session: expect.any(String) as string });
      if (found.checkedOutAt !== null) expect(going).toContain(found.checkedOutAt);
    }
  });

  test.prop([facts])('never touches what belongs to a live run', (of) => {
    for (const { action, target } of cleanupPlan(of)) {
      const run =
        target.kind === 'branch' ? runOfSession(target.branch.split('/')[2] ?? '') : runOfTarget(target);
      if (stateOf(of, run) === 'live') expect(action).toBe('keep');
    }
  });

  test.prop([facts])('removes a worktree only when a run made it and its work has a place to go to', (of) => {
    for (const { path } of removedOf(cleanupPlan(of), 'worktree')) {
      const found = of.worktrees.find((one) => one.path === path)!;
      expect(found.session).not.toBeNull();
      expect(found.unsavable).toEqual([]);
      expect(found.state).not.toBe('unknown');
      if (!found.isGateTree) expect(found.ticket).not.toBeNull();
      const busy = of.processes.some(({ session }) => session === found.session);
      const known = stateOf(of, runOfSession(found.session!)) !== undefined;
      if (busy) expect({ known, own: found.session === of.ownSession }).toEqual({ known: true, own: false });
    }
  });

  test.prop([facts])('ends only processes of a run that is on record and over, and not its own', (of) => {
    for (const { session } of removedOf(cleanupPlan(of), 'processes')) {
      expect(stateOf(of, runOfSession(session))).toBeDefined();
      expect(session).not.toBe(of.ownSession);
    }
  });

  test.prop([facts])('removes records when they are old and nothing they tell of stays', (of) => {
    const steps = cleanupPlan(of);
    for (const { run } of removedOf(steps, 'records')) {
      const { state, lastMs } = of.runs.find((one) => one.run === run)!;
      expect(['finished', 'recovered', 'damaged', 'empty']).toContain(state);
      if (state === 'empty') continue;
      expect(of.all || NOW - lastMs > TTL).toBe(true);
      const kept = steps.filter(({ action, target }) => action === 'keep' && runOfTarget(target) === run);
      expect(kept).toEqual([]);
    }
  });

  test.prop([facts])('names everything once, and says of what it keeps how to see it', (of) => {
    const steps = cleanupPlan(of);
    const names = steps.map(({ target }) => `${target.kind} ${nameOfTarget(target)}`);
    expect(new Set(names).size).toBe(names.length);
    const counted = (kind: string) => steps.filter(({ target }) => target.kind === kind).length;
    expect(counted('branch')).toBe(of.branches.length);
    expect(counted('worktree')).toBe(of.worktrees.length);
    expect(counted('records')).toBe(of.runs.length);
    expect(counted('damaged')).toBe(of.damagedFiles.length);
    for (const { action, command, why } of steps) {
      expect(why).not.toBe('');
      if (action === 'keep') expect(command).not.toBeNull();
    }
  });

  test.prop([facts])('removes with --all whatever it removes without, and more only for its age', (of) => {
    const going = (all: boolean) =>
      cleanupPlan({ ...of, all })
        .filter(({ action }) => action === 'remove')
        .map(({ target }) => `${target.kind} ${nameOfTarget(target)}`);
    expect(going(true)).toEqual(expect.arrayContaining(going(false)));
    const old = { ...of, ttlMs: -10, all: false };
    const aged = cleanupPlan(old).filter(({ action }) => action === 'remove');
    expect(aged.map(({ target }) => `${target.kind} ${nameOfTarget(target)}`)).toEqual(going(true));
  });

  test.prop([facts])('comes in the order of removing', (of) => {
    const order = ['lock', 'processes', 'worktree', 'branch', 'records', 'damaged'];
    const places = cleanupPlan(of).map(({ target }) => order.indexOf(target.kind));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});

describe('the reasons of a plan', () => {
  const session = SESSIONS[0]!;
  const branch = `ralph/t/${session}`;
  const worktree: WorktreeRemains = {
    path: '/w/it is',
    session,
    ticket: 't',
    branch,
    isGateTree: false,
    wasKept: false,
    state: 'leftovers',
    unsavable: [],
  };
  const nothing: CleanupFacts = {
    nowMs: NOW,
    ttlMs: TTL,
    all: false,
    target: "o'main",
    ownSession: null,
    locks: [],
    runs: [{ run: RUNS[0], path: '/p', state: 'finished', lastMs: NOW }],
    processes: [],
    worktrees: [],
    branches: [],
    damagedFiles: [],
  };

  test('give the command that shows what is not merged, quoted for a shell', () => {
    const branches = [{ branch, tip: 'c0ffee', session, isLanded: false, checkedOutAt: null }];
    expect(cleanupPlan({ ...nothing, branches })[0]).toMatchObject({
      action: 'keep',
      why: "it has commits that o'main has not",
      command: `git log 'o'\\''main..${branch}'`,
    });
  });

  test('keep a branch that leftovers are about to be committed to', () => {
    const branches = [{ branch, tip: 'c0ffee', session, isLanded: true, checkedOutAt: worktree.path }];
    const steps = cleanupPlan({ ...nothing, branches, worktrees: [worktree] });
    expect(steps.map(({ action, target }) => `${action} ${target.kind}`)).toEqual([
      'remove worktree',
      'keep branch',
      'keep records',
    ]);
    expect(steps[2]?.why).toBe(YOUNG);
  });

  test('keep a worktree that was left on purpose until its run is old, and its records with it', () => {
    const worktrees = [{ ...worktree, wasKept: true, state: 'clean' as const }];
    expect(cleanupPlan({ ...nothing, worktrees })[0]).toMatchObject({
      action: 'keep',
      command: "git -C '/w/it is' status",
    });
    const old = [{ ...nothing.runs[0]!, lastMs: NOW - TTL - 1 }];
    const steps = cleanupPlan({ ...nothing, worktrees, runs: old });
    expect(steps.map(({ action }) => action)).toEqual(['remove', 'remove']);
  });
});
