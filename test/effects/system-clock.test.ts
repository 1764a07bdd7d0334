import { expect, test } from 'vitest';
import { systemClock } from '../../src/effects/system-clock.ts';

test('wakes its caller, and does not when it was told not to', async () => {
  const woken: string[] = [];
  systemClock.clearTimeout(systemClock.setTimeout(() => woken.push('cleared'), 0));
  await new Promise<void>((resolve) => {
    systemClock.setTimeout(resolve, 1);
  });
  expect(woken).toEqual([]);
});

test.each([2 ** 31, 1e12, Infinity])(
  'does not wake its caller at once after a delay of %d ms',
  async (delayMs) => {
    const woken: string[] = [];
    const id = systemClock.setTimeout(() => woken.push('too long'), delayMs);
    // Node would turn such a delay into 1 ms; this timer, set later, would then fire after it.
    await new Promise<void>((resolve) => {
      systemClock.setTimeout(resolve, 2);
    });
    systemClock.clearTimeout(id);
    expect(woken).toEqual([]);
  },
);

test('tells the time of the system', () => {
  const before = Date.now();
  const nowMs = systemClock.nowMs();
  expect(nowMs).toBeGreaterThanOrEqual(before);
  expect(nowMs).toBeLessThanOrEqual(Date.now());
});
