import { describe, expect, test } from 'vitest';

import type { SessionEvent } from '../../machines/index.ts';
import type { MergeOutcome } from '../../src/domain/run-fact.ts';
import {
  ALL_GIVEN_BACK,
  CLEAN_SWEEP,
  EXITED_BADLY,
  EXITED_WELL,
  PLACE,
  sessionRig,
  SPAWNED,
  WORK,
  type SessionRig,
} from '../support/session-rig.ts';

const published: MergeOutcome = {
  kind: 'landed',
  commit: 'c1',
  publication: { kind: 'published', commit: 'c1' },
};
const finished = (outcome: MergeOutcome): SessionEvent => ({
  type: 'merge.finished',
  session: 's1',
  outcome,
});
const landed = finished(published);

async function running(rig: SessionRig): Promise<SessionRig> {
  await rig.prepare.succeed(PLACE);
  rig.agent(SPAWNED);
  return rig;
}

async function completed(rig: SessionRig): Promise<SessionRig> {
  await running(rig);
  rig.agent(EXITED_WELL);
  await rig.sweep.succeed(CLEAN_SWEEP);
  return rig;
}

describe('a session that goes well', () => {
  test('walks through every phase, reports each, and ends merged', async () => {
    const rig = await completed(sessionRig());
    expect(rig.state()).toBe('verifyingWork');
    await rig.verify.succeed(WORK);
    expect(rig.state()).toBe('merging');
    rig.ask(landed);
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.reports()).toEqual([
      'session.prepared',
      'session.launched',
      'session.exited',
      'session.completed',
      'session.verified',
      'merge.requested',
      'session.releasing',
    ]);
    expect(rig.result()).toEqual({
      session: 's1',
      ending: 'merged',
      reason: '',
      keptBranch: null,
      keptWorktree: null,
    });
    expect(rig.told).toEqual([]);
  });

  test('ends merged and says so when what landed is not published yet', async () => {
    const rig = await completed(sessionRig());
    await rig.verify.succeed(WORK);
    rig.ask(finished({ ...published, publication: { kind: 'held', reason: 'a.txt is edited' } }));
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()).toMatchObject({
      ending: 'merged',
      reason: 'landed, not published yet: a.txt is edited',
    });
  });
});

describe('exit 0 is not success', () => {
  test('ends noChanges when the agent left nothing', async () => {
    const rig = await completed(sessionRig());
    await rig.verify.succeed({ ...WORK, commits: 0 });
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()?.ending).toBe('noChanges');
    expect(rig.reports()).not.toContain('merge.requested');
  });

  test('lands nothing and still closes the ticket where no changes are allowed', async () => {
    const rig = await completed(sessionRig({ allowNoChanges: true }));
    await rig.verify.succeed({ ...WORK, commits: 0 });
    rig.ask(landed);
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()?.ending).toBe('noChanges');
  });

  test('ends failed when a process of the agent could not be ended', async () => {
    const rig = await running(sessionRig());
    rig.agent(EXITED_WELL);
    await rig.sweep.succeed({ survivorsFound: 2, survivorsLeft: 1 });
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()).toMatchObject({ ending: 'failed', reason: '1 of its processes could not be ended' });
  });

  test('keeps the work on its branch when merging is held', async () => {
    const rig = await completed(sessionRig({ autoMerge: false }));
    await rig.verify.succeed(WORK);
    await rig.release.succeed({ keptBranch: PLACE.branch, keptWorktree: null });
    expect(rig.result()).toMatchObject({ ending: 'rejected', keptBranch: 'ralph/t1/s1' });
    expect(rig.reports()).not.toContain('merge.requested');
  });

  test.each([true, false])(
    'keeps work that a person has to look at on its branch, and says why: autoMerge %s',
    async (autoMerge) => {
      const rig = await completed(sessionRig({ autoMerge, allowNoChanges: true }));
      await rig.verify.succeed({ ...WORK, objection: 'touched a of b' });
      await rig.release.succeed({ keptBranch: PLACE.branch, keptWorktree: null });
      expect(rig.result()).toMatchObject({
        ending: 'rejected',
        reason: 'touched a of b',
        keptBranch: 'ralph/t1/s1',
      });
      expect(rig.reports()).not.toContain('merge.requested');
    },
  );

  test('says what was done elsewhere of an agent that left nothing to merge', async () => {
    const rig = await completed(sessionRig());
    await rig.verify.succeed({ ...WORK, commits: 0, objection: 'the agent changed .git/config' });
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()).toMatchObject({
      ending: 'noChanges',
      reason: 'the agent exited well and changed nothing in its worktree; the agent changed .git/config',
    });
  });
});

describe('a session that fails', () => {
  test.each<readonly [MergeOutcome, string, string]>([
    [{ kind: 'conflicted', paths: ['a', 'b'] }, 'conflicted', 'conflicts in a, b'],
    [
      { kind: 'conflicted', paths: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
      'conflicted',
      'conflicts in a, b, c, d, e and 2 more',
    ],
    [{ kind: 'rejected', reason: 'gate test: exit code 1' }, 'rejected', 'gate test: exit code 1'],
    [{ kind: 'failed', reason: 'no space left' }, 'failed', 'no space left'],
  ])('takes its ending from the merge: %o', async (outcome, ending, reason) => {
    const rig = await completed(sessionRig());
    await rig.verify.succeed(WORK);
    rig.ask(finished(outcome));
    await rig.release.succeed({ keptBranch: PLACE.branch, keptWorktree: null });
    expect(rig.result()).toMatchObject({ ending, reason, keptBranch: PLACE.branch });
  });

  test('ends failed with the verdict of its agent', async () => {
    const rig = await running(sessionRig());
    rig.agent(EXITED_BADLY);
    await rig.sweep.succeed(CLEAN_SWEEP);
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()).toMatchObject({ ending: 'failed', reason: 'exit code 3: no idea' });
  });

  test('ends failed without a sweep when the agent cannot be started', async () => {
    const rig = sessionRig();
    await rig.prepare.succeed(PLACE);
    rig.agent({ type: 'process.spawnFailed', reason: 'no such program' });
    expect(rig.state()).toBe('releasing');
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()).toMatchObject({ ending: 'failed', reason: 'no such program' });
  });

  test('ends failed when no worktree can be made', async () => {
    const rig = sessionRig();
    await rig.prepare.fail('disk full');
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()).toMatchObject({
      ending: 'failed',
      reason: 'could not prepare the worktree: disk full',
    });
  });

  test('ends failed when its work cannot be verified', async () => {
    const rig = await completed(sessionRig());
    await rig.verify.fail('index.lock');
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()).toMatchObject({ ending: 'failed', reason: 'could not verify the work: index.lock' });
  });

  test('counts a survivor and ends failed when nobody could look for survivors', async () => {
    const rig = await running(sessionRig());
    rig.agent(EXITED_WELL);
    await rig.sweep.fail('no /proc');
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()).toMatchObject({
      ending: 'failed',
      reason: 'could not look for surviving processes: no /proc',
    });
  });

  test('says that everything is kept when its place could not be given back', async () => {
    const rig = await completed(sessionRig());
    await rig.verify.succeed(WORK);
    rig.ask(landed);
    await rig.release.fail('permission denied');
    expect(rig.result()).toEqual({
      session: 's1',
      ending: 'merged',
      reason: 'permission denied',
      keptBranch: PLACE.branch,
      keptWorktree: PLACE.worktree,
    });
  });
});

describe('ending an agent is a protocol', () => {
  test('asks, then terminates, then kills, each after its grace period', async () => {
    const rig = await running(sessionRig());
    rig.elapse(1000);
    expect(rig.told).toEqual(['agent.ask']);
    rig.elapse(100);
    expect(rig.told).toEqual(['agent.ask', 'agent.terminate']);
    rig.elapse(100);
    expect(rig.told).toEqual(['agent.ask', 'agent.terminate', 'agent.kill']);
    rig.agent({
      type: 'process.exited',
      exit: { code: null, signal: 'SIGKILL', verdict: { outcome: 'failed', reason: 'killed' } },
    });
    await rig.sweep.succeed(CLEAN_SWEEP);
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()?.ending).toBe('timedOut');
  });

  test('begins with SIGTERM for an agent that has no stop signal of its own', async () => {
    const rig = await running(sessionRig({ agentCanBeAsked: false }));
    rig.elapse(1000);
    expect(rig.state()).toEqual({ alive: { timingOut: 'terminating' } });
  });

  test('sweeps even when SIGKILL does not end the process', async () => {
    const rig = await running(sessionRig());
    rig.elapse(1000);
    rig.elapse(100);
    rig.elapse(100);
    rig.elapse(100);
    expect(rig.state()).toBe('sweeping');
  });

  test('ends an agent whose launch never reports', async () => {
    const rig = sessionRig();
    await rig.prepare.succeed(PLACE);
    rig.elapse(1000);
    expect(rig.told).toEqual(['agent.kill']);
  });

  test('ends a stalled agent as stalled', async () => {
    const rig = await running(sessionRig());
    rig.agent({ type: 'process.stalled', silentMs: 5 });
    rig.agent(EXITED_BADLY);
    await rig.sweep.succeed(CLEAN_SWEEP);
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()?.ending).toBe('stalled');
  });

  test('never waits longer than a timer can', async () => {
    const rig = await running(sessionRig({ attemptTimeoutMs: Number.MAX_SAFE_INTEGER }));
    rig.elapse(2 ** 31 - 2);
    expect(rig.told).toEqual([]);
    rig.elapse(1);
    expect(rig.told).toEqual(['agent.ask']);
  });
});

describe('a request to end', () => {
  test('in preparing lets the worktree be made and gives it back', async () => {
    const rig = sessionRig();
    rig.ask({ type: 'session.terminate' });
    await rig.prepare.succeed(PLACE);
    expect(rig.state()).toBe('releasing');
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()?.ending).toBe('terminated');
  });

  test('in launching ends the process as soon as there is one', async () => {
    const rig = sessionRig();
    await rig.prepare.succeed(PLACE);
    rig.ask({ type: 'session.terminate' });
    expect(rig.state()).toEqual({ alive: 'launching' });
    rig.agent(SPAWNED);
    expect(rig.state()).toEqual({ alive: { timingOut: 'asking' } });
    expect(rig.reports()).toContain('session.launched');
  });

  test('without grace kills at once, and the launch that was under way is still on record', async () => {
    const rig = sessionRig();
    await rig.prepare.succeed(PLACE);
    rig.ask({ type: 'session.kill' });
    rig.agent(SPAWNED);
    expect(rig.told).toEqual(['agent.kill']);
    expect(rig.reports()).toContain('session.launched');
  });

  test('a second, harder one skips the grace that is left', async () => {
    const rig = await running(sessionRig());
    rig.ask({ type: 'session.terminate' });
    rig.ask({ type: 'session.kill' });
    expect(rig.told).toEqual(['agent.ask', 'agent.kill']);
  });

  test('after the agent has completed changes nothing: its work still merges', async () => {
    const rig = await completed(sessionRig());
    rig.ask({ type: 'session.terminate' });
    await rig.verify.succeed(WORK);
    rig.ask({ type: 'session.kill' });
    rig.ask(landed);
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()?.ending).toBe('merged');
  });

  test('the first cause wins: a deadline during termination does not rename it', async () => {
    const rig = await running(sessionRig());
    rig.ask({ type: 'session.terminate' });
    rig.agent({ type: 'process.stalled', silentMs: 5 });
    rig.elapse(1000);
    rig.agent(EXITED_WELL);
    await rig.sweep.fail('no /proc');
    await rig.release.succeed(ALL_GIVEN_BACK);
    expect(rig.result()?.ending).toBe('terminated');
  });
});
