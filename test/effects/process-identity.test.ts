import { once } from 'node:events';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { identityOf, isAlive, liveness, ownIdentity } from '../../src/effects/process-identity.ts';

/** Beyond what any system gives out. */
const NO_PID = 2 ** 30;

test('this process is alive, under a start time and a boot that the system shows', () => {
  const own = ownIdentity();
  expect(own.pid).toBe(process.pid);
  expect(own.startTime).not.toBe('');
  expect(isAlive(own)).toBe(true);
});

test('a process with the same pid and another start time is dead', () => {
  expect(liveness({ ...ownIdentity(), startTime: '1' })).toBe('dead');
});

test.runIf(process.platform === 'linux')('a process of another boot is dead', () => {
  expect(liveness({ ...ownIdentity(), bootId: 'an earlier boot' })).toBe('dead');
});

test('a pid that nobody has is dead, and has no identity', () => {
  expect(identityOf(NO_PID)).toBeNull();
  expect(liveness({ pid: NO_PID, startTime: '1', bootId: '' })).toBe('dead');
  expect(liveness({ pid: NO_PID, startTime: '', bootId: '' })).toBe('dead');
});

test('of a pid in use without a start time nothing is proven', () => {
  const unproven = { ...ownIdentity(), startTime: '' };
  expect(liveness(unproven)).toBe('unknown');
  expect(isAlive(unproven)).toBe(false);
});

test('a zombie is dead, and keeps its identity', async () => {
  // The shell becomes a program that never asks for its child.
  const parent = execa('sh', ['-c', 'sh -c "echo \\$\\$" & exec sleep 1000'], {
    reject: false,
    buffer: false,
  });
  const [said] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(said.toString());
  // It has said its pid and has nothing left to do but to exit; only the table shows when it has.
  while (isAlive(identityOf(pid)!)) await nextTurn();
  expect(identityOf(pid)).not.toBeNull();
  expect(liveness(identityOf(pid)!)).toBe('dead');
  parent.kill('SIGKILL');
  await parent;
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
