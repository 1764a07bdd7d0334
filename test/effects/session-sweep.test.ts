import { afterEach, beforeEach, expect, test } from 'vitest';
import { execa } from 'execa';
import { identityOf, isAlive } from '../../src/effects/process-identity.ts';
import { familyOf, sweepSession } from '../../src/effects/session-sweep.ts';
import { signalGroup, signalProcess } from '../../src/effects/signal-process.ts';
import { systemClock } from '../../src/effects/system-clock.ts';
import { openStage, type Puppet, type Stage } from './puppets.ts';

const NOBODY = { survivorsFound: 0, survivorsLeft: 0 };

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(() => stage.close());

test('leaves a stranger alone who leads a group with the number of an agent that is long gone', async () => {
  const stranger = await start('stranger');
  const recycled = { ...identityOf(stranger.pid)!, startTime: '1' };

  expect(await sweepSession({ session: 's', leader: recycled, known: [recycled] }, systemClock)).toEqual(
    NOBODY,
  );
  signalGroup(recycled, 'SIGKILL');
  signalProcess(recycled, 'SIGKILL');

  await stranger.tell({ do: 'print', text: 'alive' });
});

test('leaves a stranger alone whose pid and start time are those of a process of an earlier boot', async () => {
  const stranger = await start('stranger');
  const before = { ...identityOf(stranger.pid)!, bootId: 'an earlier boot' };

  expect(await sweepSession({ session: 's', leader: before, known: [before] }, systemClock)).toEqual(NOBODY);
  signalGroup(before, 'SIGKILL');
  signalProcess(before, 'SIGKILL');

  await stranger.tell({ do: 'print', text: 'alive' });
});

test('leaves the members of a group alone whose number was given away after the session had lost it', async () => {
  // The stranger that took the number has gone too; his child keeps it. Nobody of the session ever saw that child.
  const stranger = await start('stranger');
  const gone = { ...identityOf(stranger.pid)!, startTime: '1' };
  await stranger.tell({ do: 'spawn', child: 'child', stdio: 'ignore' });
  const child = await stage.puppet('child');
  void stranger.tell({ do: 'exit', code: 0 });
  await stranger.reaped;

  expect(await sweepSession({ session: 's', leader: gone, known: [] }, systemClock)).toEqual(NOBODY);
  await child.tell({ do: 'print', text: 'alive' });
});

test('ends a group without its leader when one of its members was seen before', async () => {
  const leader = await start('leader');
  const identity = identityOf(leader.pid)!;
  await leader.tell({ do: 'spawn', child: 'seen', stdio: 'ignore' });
  const seen = await stage.puppet('seen');
  const known = familyOf(identity);
  expect(new Set(known.map(({ pid }) => pid))).toEqual(new Set([leader.pid, seen.pid]));
  await leader.tell({ do: 'spawn', child: 'unseen', stdio: 'ignore' });
  const unseen = await stage.puppet('unseen');
  void leader.tell({ do: 'exit', code: 0 });
  await leader.reaped;

  expect(await sweepSession({ session: 's', leader: identity, known }, systemClock)).toEqual({
    survivorsFound: 2,
    survivorsLeft: 0,
  });
  await Promise.all([seen.gone, unseen.gone]);
});

test('finds the processes of an earlier life by their marker alone', async () => {
  const agent = await start('agent', { RALPH_SESSION_ID: 'earlier' });
  const other = await start('other', { RALPH_SESSION_ID: 'earlier-2', NOT_RALPH_SESSION_ID: 'earlier' });
  expect(await sweepSession({ session: 'earlier', leader: null, known: [] }, systemClock)).toEqual({
    survivorsFound: 1,
    survivorsLeft: 0,
  });
  await agent.gone;
  await other.tell({ do: 'print', text: 'alive' });
});

test('ends the children of a marked process that cleared their environment', async () => {
  const agent = await start('agent', { RALPH_SESSION_ID: 'earlier' });
  await agent.tell({ do: 'spawn', child: 'child', stdio: 'ignore', detached: true, env: {} });
  const child = await stage.puppet('child');
  expect(await sweepSession({ session: 'earlier', leader: null, known: [] }, systemClock)).toEqual({
    survivorsFound: 2,
    survivorsLeft: 0,
  });
  await child.gone;
});

test('never ends the orchestrator itself, whatever marker it carries', async () => {
  const own = identityOf(process.pid)!;
  expect(await sweepSession({ session: 's', leader: null, known: [own] }, systemClock)).toEqual(NOBODY);
  expect(isAlive(own)).toBe(true);
});

/** A puppet that leads a group; `reaped` resolves when its pid is free. */
async function start(name: string, env: Record<string, string> = {}) {
  const [program, ...args] = stage.argv(name);
  const reaped = execa(program, args, { detached: true, env, stdio: 'ignore', reject: false });
  const puppet: Puppet = await stage.puppet(name);
  return { ...puppet, reaped };
}
