import { afterEach, beforeEach, expect, test } from 'vitest';
import { execa } from 'execa';
import { endRun } from '../../src/effects/guardian-duty.ts';
import { identityOf } from '../../src/effects/process-identity.ts';
import { systemClock } from '../../src/effects/system-clock.ts';
import { manualClock } from './manual-clock.ts';
import { openStage, type Puppet, type Stage } from './puppets.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(() => stage.close());

test('leaves strangers alone who bear the numbers of processes that are gone', async () => {
  const stranger = await start('stranger', { RALPH_RUN_ID: 'another' });
  const now = identityOf(stranger.pid)!;
  const recycled = [
    { ...now, startTime: '1' },
    { ...now, bootId: 'an earlier boot' },
    { ...now, startTime: '' },
  ];
  const sessions = recycled.map((leader) => ({ leader, known: [leader] }));
  expect(await endRun({ run: 'r', sessions, gracePeriodMs: 600_000 }, systemClock)).toMatchObject({
    found: 0,
    killed: 0,
    left: 0,
  });
  await stranger.tell({ do: 'ignore', signal: 'SIGTERM' });
});

test('finds who was never told of by the marker of the run, and only by the whole of it', async () => {
  const unknown = await start('unknown', { RALPH_RUN_ID: 'r' });
  const other = await start('other', { RALPH_RUN_ID: 'r2' });
  expect(await endRun({ run: 'r', sessions: [], gracePeriodMs: 600_000 }, systemClock)).toEqual({
    v: 1,
    run: 'r',
    at: expect.any(Number) as number,
    found: 1,
    killed: 1,
    left: 0,
  });
  await unknown.gone;
  await other.tell({ do: 'ignore', signal: 'SIGTERM' });
});

test('asks an agent to end of which it was told that it starts, and not yet who it is', async () => {
  const agent = await start('agent', { RALPH_RUN_ID: 'r' });
  const sessions = [{ leader: null, known: [] }];
  expect(await endRun({ run: 'r', sessions, gracePeriodMs: 600_000 }, systemClock)).toMatchObject({
    found: 1,
    killed: 0,
    left: 0,
  });
  await agent.gone;
});

test('knows the children of an agent before it asks it to end, whatever they have cleared', async () => {
  const agent = await start('agent');
  await agent.tell({ do: 'spawn', child: 'child', stdio: 'ignore', detached: true, env: {} });
  const child = await stage.puppet('child');
  const sessions = [{ leader: identityOf(agent.pid)!, known: [] }];
  // The agent ends at SIGTERM; its child has then no marker, no group and no parent that would give it away.
  expect(await endRun({ run: 'r', sessions, gracePeriodMs: 600_000 }, systemClock)).toMatchObject({
    found: 2,
    killed: 1,
    left: 0,
  });
  await Promise.all([agent.gone, child.gone]);
});

test('ends a child that was seen before the orchestrator died, when its agent is gone', async () => {
  const agent = await start('agent');
  await agent.tell({ do: 'spawn', child: 'child', stdio: 'ignore', detached: true, env: {} });
  const child = await stage.puppet('child');
  const sessions = [{ leader: identityOf(agent.pid)!, known: [identityOf(child.pid)!] }];
  void agent.tell({ do: 'exit', code: 0 });
  await agent.reaped;
  expect(await endRun({ run: 'r', sessions, gracePeriodMs: 600_000 }, systemClock)).toMatchObject({
    found: 1,
    killed: 1,
  });
  await child.gone;
});

test('gives the agents their whole grace period before it kills them', async () => {
  const clock = manualClock(0);
  const agent = await start('agent');
  await agent.tell({ do: 'ignore', signal: 'SIGTERM' });
  const asked = agent.caught('SIGTERM');
  const sessions = [{ leader: identityOf(agent.pid)!, known: [] }];
  const ended = endRun({ run: 'r', sessions, gracePeriodMs: 1000 }, clock);
  await asked;
  clock.advance(999);
  await agent.tell({ do: 'ignore', signal: 'SIGINT' });
  let isOver = false;
  void ended.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    clock.advance(1);
    // A turn of the agent, and one of ours.
    await Promise.race([agent.tell({ do: 'ignore', signal: 'SIGINT' }), agent.gone]);
  }
  expect(await ended).toMatchObject({ found: 1, killed: 1, left: 0 });
});

/** A puppet that leads a group, with no marker but those given; `reaped` resolves when its pid is free. */
async function start(name: string, env: Record<string, string> = {}) {
  const [program, ...args] = stage.argv(name);
  const reaped = execa(program, args, { detached: true, env, stdio: 'ignore', reject: false });
  const puppet: Puppet = await stage.puppet(name);
  return { ...puppet, reaped };
}
