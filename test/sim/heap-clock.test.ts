import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';

import { HeapClock } from '../../src/sim/heap-clock.ts';

/** Fires everything and gives the names in the order in which they fired. */
function run(clock: HeapClock, fired: string[]): readonly string[] {
  while (clock.next());
  return fired;
}

describe('the clock of a world', () => {
  test('fires timers by time, and those of one moment in the order in which they were set', () => {
    const clock = new HeapClock();
    const fired: string[] = [];
    for (const [name, delayMs] of [
      ['c', 20],
      ['a', 10],
      ['d', 20],
      ['b', 10],
    ] as const)
      clock.setTimeout(() => fired.push(`${name}@${clock.nowMs()}`), delayMs);
    expect(run(clock, fired)).toEqual(['a@10', 'b@10', 'c@20', 'd@20']);
    expect(clock.next()).toBe(false);
  });

  test('counts a nested timer from the moment in which it was set', () => {
    const clock = new HeapClock();
    const fired: string[] = [];
    clock.setTimeout(() => clock.setTimeout(() => fired.push(`nested@${clock.nowMs()}`), 5), 10);
    clock.setTimeout(() => fired.push(`late@${clock.nowMs()}`), 100);
    expect(run(clock, fired)).toEqual(['nested@15', 'late@100']);
  });

  test('fires neither a cleared timer nor those of an owner that is gone', () => {
    const clock = new HeapClock();
    const fired: string[] = [];
    const [owner, other] = [{}, {}];
    clock.clearTimeout(clock.setTimeout(() => fired.push('cleared'), 1));
    clock.setTimeout(() => fired.push('gone'), 2, owner);
    clock.setTimeout(() => fired.push('other'), 3, other);
    clock.clearAllOf(owner);
    clock.clearTimeout(undefined);
    expect(run(clock, fired)).toEqual(['other']);
  });

  test.prop([fc.array(fc.nat({ max: 50 }))])('orders any timers as a stable sort does', (delays) => {
    const clock = new HeapClock();
    const fired: string[] = [];
    for (const [index, delayMs] of delays.entries())
      clock.setTimeout(() => fired.push(`${delayMs} ${index}`), delayMs);
    const expected = delays
      .map((delayMs, index) => ({ delayMs, index }))
      .sort((a, b) => a.delayMs - b.delayMs);
    expect(run(clock, fired)).toEqual(expected.map(({ delayMs, index }) => `${delayMs} ${index}`));
  });
});
