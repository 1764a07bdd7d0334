import { describe, expect, test } from 'vitest';

import type { MergeOutcome } from '../../src/domain/run-fact.ts';
import { aBacklog, aTicket } from '../support/backlogs.ts';
import { runRig, SIGINT, type RunRig } from '../support/run-rig.ts';

const LANDED: MergeOutcome = {
  kind: 'landed',
  commit: 'c1',
  publication: { kind: 'published', commit: 'c1' },
};

/** a and b share component x; c waits for a; d has its own component. */
const backlog = aBacklog([
  aTicket('a', { tags: ['component:x'] }),
  aTicket('b', { tags: ['component:x'] }),
  aTicket('c', { tags: ['component:y'], deps: ['a'] }),
  aTicket('d', { tags: ['component:z'] }),
]);

async function dispatching(rig: RunRig): Promise<RunRig> {
  await rig.recovered();
  return rig;
}

describe('recovery', () => {
  test('takes what it has merged as landed, and readies what waited for it', async () => {
    const rig = runRig(backlog);
    await rig.recovered(
      { ticket: 'a', session: 's0', commit: 'c0' },
      { ticket: 'nowhere', session: 's9', commit: 'c9' },
    );
    expect(rig.facts).toEqual([
      expect.objectContaining({ type: 'run.started' }),
      { type: 'ticket.recovered', ticket: 'a', earlierSession: 's0', commit: 'c0' },
      { type: 'ticket.readied', ticket: 'c' },
      { type: 'run.recovered', notes: [] },
    ]);
    rig.dispatch('a', 's1');
    rig.dispatch('c', 's2');
    expect(rig.types().slice(-2)).toEqual(['dispatch.refused', 'session.dispatched']);
  });

  test('that has finished every ticket ends the run', async () => {
    const rig = runRig(backlog);
    const landed = ['a', 'b', 'c', 'd'].map((ticket) => ({ ticket, session: `of-${ticket}`, commit: 'c0' }));
    await rig.recovered(...landed);
    expect(rig.state()).toBe('closing');
    expect(rig.types().filter((type) => type === 'ticket.readied')).toEqual([]);
  });
});

describe('dispatch', () => {
  test('is refused with every reason that stands in its way', async () => {
    const rig = await dispatching(runRig(backlog, { workers: 1 }));
    rig.dispatch('a', 's1');
    rig.dispatch('a', 's2');
    rig.dispatch('b', 's3');
    rig.dispatch('c', 's4');
    rig.dispatch('nowhere', 's5');
    expect(rig.facts.slice(3)).toEqual([
      { type: 'dispatch.refused', ticket: 'a', blockers: [{ kind: 'claimed', session: 's1' }] },
      {
        type: 'dispatch.refused',
        ticket: 'b',
        blockers: [
          { kind: 'componentHeld', component: 'x', holder: 's1' },
          { kind: 'workersBusy', workers: 1 },
        ],
      },
      {
        type: 'dispatch.refused',
        ticket: 'c',
        blockers: [
          { kind: 'dependencyNotLanded', dependency: 'a' },
          { kind: 'workersBusy', workers: 1 },
        ],
      },
      {
        type: 'dispatch.refused',
        ticket: 'nowhere',
        blockers: [{ kind: 'dependencyUnknown', dependency: 'nowhere' }],
      },
    ]);
  });

  test('does nothing before recovery is over', () => {
    const rig = runRig(backlog);
    rig.dispatch('a', 's1');
    expect(rig.types()).toEqual([]);
  });

  test('frees the worker when the agent is gone, and the component when the session is over', async () => {
    const rig = await dispatching(runRig(backlog, { workers: 1 }));
    rig.dispatch('a', 's1');
    rig.report('s1', 'session.exited');
    rig.dispatch('d', 's2');
    rig.dispatch('b', 's3');
    expect(rig.types().slice(1)).toEqual([
      'session.dispatched',
      'session.exited',
      'session.dispatched',
      'dispatch.refused',
    ]);
  });

  test('bounds the sessions that wait for their merge', async () => {
    const rig = await dispatching(runRig(backlog, { workers: 1 }));
    rig.dispatch('a', 's1');
    rig.report('s1', 'session.exited');
    rig.dispatch('d', 's2');
    rig.report('s2', 'session.exited');
    rig.dispatch('b', 's3');
    expect(rig.types().at(-1)).toBe('dispatch.refused');
  });
});

describe('landing', () => {
  test('readies the dependents at once and keeps the component until the session is over', async () => {
    const rig = await dispatching(runRig(backlog));
    rig.dispatch('a', 's1');
    await rig.merge('s1', LANDED);
    expect(rig.types().slice(2)).toEqual([
      'merge.requested',
      'merge.started',
      'merge.finished',
      'ticket.readied',
    ]);
    expect(rig.told('s1')).toEqual(['merge.finished']);
    rig.dispatch('b', 's2');
    expect(rig.types().at(-1)).toBe('dispatch.refused');
    await rig.end('s1', { ending: 'merged' });
    expect(rig.types().at(-1)).toBe('session.ended');
    rig.dispatch('b', 's2');
    expect(rig.types().at(-1)).toBe('session.dispatched');
  });

  test('forgets the actor of a finished session', async () => {
    const rig = await dispatching(runRig(backlog));
    rig.dispatch('a', 's1');
    expect(rig.live()).toContain('session.s1');
    await rig.end('s1', { ending: 'failed' });
    expect(rig.live()).not.toContain('session.s1');
  });
});

describe('failing', () => {
  test('blocks the dependents only, and says why', async () => {
    const rig = await dispatching(runRig(backlog));
    rig.dispatch('a', 's1');
    await rig.end('s1', { ending: 'failed', reason: 'exit code 1' });
    expect(rig.facts.slice(3)).toEqual([
      {
        type: 'session.ended',
        session: 's1',
        ending: 'failed',
        reason: 'exit code 1',
        keptBranch: null,
        keptWorktree: null,
      },
      { type: 'ticket.failed', ticket: 'a', ending: 'failed', attempts: 1 },
      {
        type: 'ticket.blocked',
        ticket: 'c',
        blockers: [{ kind: 'dependencyFailed', dependency: 'a', ending: 'failed' }],
      },
    ]);
    rig.dispatch('b', 's2');
    expect(rig.types().at(-1)).toBe('session.dispatched');
  });

  test('tries again within the limit, with the next attempt number', async () => {
    const rig = await dispatching(runRig(backlog, { attemptsMax: 2 }));
    rig.dispatch('a', 's1');
    await rig.end('s1', { ending: 'failed' });
    expect(rig.types().at(-1)).toBe('ticket.requeued');
    rig.dispatch('a', 's2');
    expect(rig.facts.at(-1)).toMatchObject({ type: 'session.dispatched', attempt: 2 });
    await rig.end('s2', { ending: 'timedOut' });
    expect(rig.types().slice(-2)).toEqual(['ticket.failed', 'ticket.blocked']);
  });
});

describe('messages from a past life', () => {
  test('change nothing', async () => {
    const rig = await dispatching(runRig(backlog));
    rig.dispatch('a', 's1');
    await rig.end('s1', { ending: 'failed' });
    const before = rig.facts.length;
    rig.report('s1', 'session.launched');
    rig.send({ type: 'merge.finished', session: 's1', outcome: LANDED });
    rig.send({ type: 'merge.started', session: 'never' });
    expect(rig.facts).toHaveLength(before);
    expect(rig.state()).toBe('dispatching');
  });
});

describe('stopping', () => {
  test('asks every session to end, dispatches nothing more, and finishes when all are over', async () => {
    const rig = await dispatching(runRig(backlog));
    rig.dispatch('a', 's1');
    rig.dispatch('d', 's2');
    rig.send({ type: 'run.stop', reason: SIGINT });
    rig.dispatch('b', 's3');
    expect(rig.told('s1')).toEqual(['session.terminate']);
    expect(rig.told('s2')).toEqual(['session.terminate']);
    await rig.end('s1', { ending: 'terminated' });
    await rig.end('s2', { ending: 'terminated' });
    expect(rig.state()).toBe('closing');
    await rig.closed();
    expect(rig.facts.at(-1)).toEqual({ type: 'run.finished', publication: null, exitCode: 130 });
    expect(rig.types()).not.toContain('ticket.failed');
  });

  test('twice kills', async () => {
    const rig = await dispatching(runRig(backlog));
    rig.dispatch('a', 's1');
    rig.send({ type: 'run.stop', reason: SIGINT });
    rig.send({ type: 'run.kill', reason: SIGINT });
    expect(rig.told('s1')).toEqual(['session.terminate', 'session.kill']);
    expect(rig.types().at(-1)).toBe('run.killing');
  });

  test('in recovery lets recovery finish and dispatches nothing', async () => {
    const rig = runRig(backlog);
    rig.send({ type: 'run.stop', reason: SIGINT });
    await rig.recovered();
    expect(rig.state()).toBe('closing');
    expect(rig.types()).toEqual(['run.stopping', 'run.recovered']);
  });

  test('by draining lets what runs finish', async () => {
    const rig = await dispatching(runRig(backlog));
    rig.dispatch('a', 's1');
    rig.send({ type: 'run.drain', reason: SIGINT });
    expect(rig.told('s1')).toEqual([]);
    await rig.merge('s1', LANDED);
    await rig.end('s1', { ending: 'merged' });
    expect(rig.state()).toBe('closing');
  });

  test('the first reason stays', async () => {
    const rig = await dispatching(runRig(backlog));
    rig.dispatch('a', 's1');
    rig.send({ type: 'run.drain', reason: SIGINT });
    rig.send({ type: 'run.stop', reason: { kind: 'signal', signal: 'SIGTERM' } });
    expect(rig.facts.at(-1)).toEqual({ type: 'run.stopping', reason: SIGINT });
  });

  test('while paused dispatches nothing and goes on after resume', async () => {
    const rig = await dispatching(runRig(backlog));
    rig.send({ type: 'run.pause' });
    rig.dispatch('a', 's1');
    rig.send({ type: 'run.resume' });
    rig.dispatch('a', 's2');
    expect(rig.types().slice(1)).toEqual(['run.paused', 'run.resumed', 'session.dispatched']);
  });
});

describe('the end of a run', () => {
  test('comes at once when there is nothing to do', async () => {
    const rig = await dispatching(runRig(aBacklog([])));
    await rig.closed();
    expect(rig.facts.at(-1)).toMatchObject({ type: 'run.finished', exitCode: 0 });
    expect(rig.state()).toBe('finished');
  });

  test('comes with exit code 4 when the limit of dispatches is reached', async () => {
    const rig = await dispatching(runRig(backlog, { dispatchesMax: 1 }));
    rig.dispatch('d', 's1');
    expect(rig.state()).toBe('draining');
    await rig.merge('s1', LANDED);
    await rig.end('s1', { ending: 'merged' });
    await rig.closed();
    expect(rig.facts.at(-1)).toMatchObject({ exitCode: 4 });
  });

  test('comes with exit code 1 when recovery fails', async () => {
    const rig = runRig(backlog);
    await rig.recoveryFails('disk full');
    await rig.closed();
    expect(rig.facts).toContainEqual({
      type: 'run.stopping',
      reason: { kind: 'internalError', message: 'disk full' },
    });
    expect(rig.facts.at(-1)).toMatchObject({ exitCode: 1 });
  });
});

describe('a broken child', () => {
  test('a session whose machine breaks is ended and released by a stand-in', async () => {
    const rig = await dispatching(runRig(backlog));
    rig.dispatch('a', 's1');
    await rig.breakSession('s1');
    expect(rig.facts).toContainEqual({
      type: 'session.ended',
      session: 's1',
      ending: 'lost',
      reason: 'boom',
      keptBranch: null,
      keptWorktree: null,
    });
    rig.dispatch('b', 's2');
    expect(rig.types().at(-1)).toBe('session.dispatched');
  });

  test('a broken merge fails its session and the queue goes on', async () => {
    const rig = await dispatching(runRig(backlog));
    rig.dispatch('a', 's1');
    rig.dispatch('d', 's2');
    await rig.merge('s1', { kind: 'failed', reason: 'no space' });
    await rig.merge('s2', LANDED);
    expect(rig.told('s1')).toEqual(['merge.finished']);
    expect(rig.told('s2')).toEqual(['merge.finished']);
  });

  test('a broken merge queue stops the run and answers whoever waits for it', async () => {
    const rig = await dispatching(runRig(backlog));
    rig.dispatch('a', 's1');
    rig.send({
      type: 'merge.requested',
      session: 's1',
      request: { session: 's1', ticket: 'a', title: '', branch: 'b', head: 'h' },
    });
    rig.send({
      type: 'xstate.error.actor.mergeQueue',
      actorId: 'mergeQueue',
      error: new Error('boom'),
    } as never);
    expect(rig.told('s1')).toEqual(['session.terminate', 'merge.finished']);
    expect(rig.state()).toBe('stopping');
    await rig.end('s1', { ending: 'failed' });
    await rig.closed();
    expect(rig.facts.at(-1)).toMatchObject({ exitCode: 1 });
  });
});
