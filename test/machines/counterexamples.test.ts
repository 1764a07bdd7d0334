/**
 * Stories that the model checker found in earlier machines, told again to the real ones.
 */
import { describe, expect, test } from 'vitest';

import type { MergeOutcome } from '../../src/domain/run-fact.ts';
import { aBacklog, aTicket } from '../support/backlogs.ts';
import { runRig, SIGINT, type RunRig } from '../support/run-rig.ts';
import { ALL_GIVEN_BACK, PLACE, sessionRig } from '../support/session-rig.ts';

const LANDED: MergeOutcome = {
  kind: 'landed',
  commit: 'c1',
  publication: { kind: 'published', commit: 'c1' },
};

// a   b ──► c
const backlog = aBacklog([
  aTicket('a', { tags: ['component:x'] }),
  aTicket('b', { tags: ['component:y'] }),
  aTicket('c', { tags: ['component:z'], deps: ['b'] }),
]);

async function running(sessions: Readonly<Record<string, string>>, workers = 2): Promise<RunRig> {
  const rig = runRig(backlog, { workers });
  await rig.recovered();
  for (const [session, ticket] of Object.entries(sessions)) rig.dispatch(ticket, session);
  return rig;
}

describe('a session whose machine broke', () => {
  test('is not told to stop, since nobody would hear it, and the run stops all the same', async () => {
    const rig = await running({ s1: 'a', s2: 'b' });
    const broken = rig.breakSession('s1');
    rig.send({ type: 'run.stop', reason: SIGINT });
    rig.send({ type: 'run.kill', reason: SIGINT });
    await broken;
    await rig.end('s2', { ending: 'terminated' });
    expect(rig.told('s2')).toEqual(['session.terminate', 'session.kill']);
    expect(rig.state()).toBe('closing');
  });

  test('keeps its components until its merge is over, and what lands then counts', async () => {
    const rig = await running({ s1: 'b' });
    rig.send({ ...REQUEST, session: 's1' });
    await rig.breakSession('s1');
    expect(rig.live()).toEqual(['mergeQueue']);
    expect(rig.types()).not.toContain('session.ended');
    await rig.answerMerge(LANDED);
    expect(rig.types().slice(-4)).toEqual([
      'merge.started',
      'merge.finished',
      'ticket.readied',
      'session.ended',
    ]);
    expect(rig.facts.at(-1)).toMatchObject({ session: 's1', ending: 'lost' });
    expect(rig.state()).toBe('dispatching');
  });

  test('and whose stand-in breaks too ends the run, and says what it had', async () => {
    const rig = await running({ s1: 'a', s2: 'b' });
    rig.send({ type: 'session.prepared', session: 's1', worktree: '/w1', branch: 'ralph/a/s1', base: 'c0' });
    rig.breakStandIns();
    await rig.breakSession('s1');
    expect(rig.facts.slice(-3)).toMatchObject([
      { type: 'run.stopping', reason: { kind: 'internalError', message: 'the stand-in broke' } },
      { type: 'session.ended', session: 's1', keptBranch: 'ralph/a/s1', keptWorktree: '/w1' },
      { type: 'ticket.failed', ticket: 'a', ending: 'lost' },
    ]);
    expect(rig.told('s2')).toEqual(['session.terminate']);
    rig.dispatch('c', 's3');
    expect(rig.types().at(-1)).toBe('ticket.failed');
  });
});

test('a process that reports late, after it was given up, does not count as running again', async () => {
  const rig = await running({ s1: 'a' });
  rig.send({ type: 'session.prepared', session: 's1', worktree: '/w1', branch: 'ralph/a/s1', base: 'c0' });
  rig.send({ type: 'session.timingOut', session: 's1', cause: 'timedOut' });
  rig.send({ type: 'session.launched', session: 's1', process: { pid: 1, startTime: '', bootId: '' } });
  expect(rig.phaseOf('s1')).toBe('timingOut');
});

test('a dispatch that is refused because too many sessions wait for their merge says so', async () => {
  const rig = await running({ s1: 'a' }, 1);
  rig.send({ ...REQUEST, session: 's1' });
  rig.dispatch('b', 's2');
  rig.send({ ...REQUEST, session: 's2' });
  rig.dispatch('a', 's3');
  rig.dispatch('c', 's3');
  expect(rig.facts.slice(-2)).toMatchObject([
    { type: 'dispatch.refused', ticket: 'a', blockers: [{ kind: 'claimed' }] },
    {
      type: 'dispatch.refused',
      ticket: 'c',
      blockers: [{ kind: 'dependencyNotLanded' }, { kind: 'sessionsFull', limit: 2 }],
    },
  ]);
});

test('an agent that was to be killed before it was started ends terminated, not failed', async () => {
  const rig = sessionRig();
  await rig.prepare.succeed(PLACE);
  rig.ask({ type: 'session.kill' });
  rig.agent({ type: 'process.spawnFailed', reason: 'it was killed before it was started' });
  await rig.release.succeed(ALL_GIVEN_BACK);
  expect(rig.reports()).toEqual(['session.prepared', 'session.timingOut', 'session.releasing']);
  expect(rig.result()?.ending).toBe('terminated');
});

const REQUEST = {
  type: 'merge.requested',
  session: 's1',
  request: { session: 's1', ticket: 't', title: '', branch: 'b', head: 'h' },
} as const;

test('the error of an actor of a past life does not end the supervisor', async () => {
  const rig = await running({ s1: 'a' });
  await rig.end('s1', { ending: 'merged' });
  rig.send({ type: 'xstate.error.actor.session.s1', actorId: 'session.s1', error: new Error('late') });
  expect(rig.state()).toBe('dispatching');
  rig.dispatch('b', 's2');
  expect(rig.types().at(-1)).toBe('session.dispatched');
});
