import { describe, expect, test } from 'vitest';

import { simulate } from '../../../src/cli/commands/simulate.ts';
import type { Sabotage } from '../../../src/sim/life.ts';
import { fakeIo } from '../../support/fake-io.ts';

const NO_RECOVERY: Sabotage = {
  world: (world) => ({ ...world, recover: async () => ({ notes: [], landed: [] }) }),
};

describe('simulate', () => {
  test('says the seed first and what was seen last, and gives 0 when no promise was broken', async () => {
    const io = fakeIo('/');
    expect(await simulate({ seed: '7', worlds: '20' }, io)).toBe(0);
    expect(io.out()).toMatch(/^seed 7, 20 worlds\nno promise was broken in \d+ runs, \d+ steps\n/);
    expect(io.out()).toMatch(/\n +20 {2}work lands\n/);
    expect(io.err()).toBe('');
  });

  test('tells the whole story of a single world', async () => {
    const io = fakeIo('/');
    expect(await simulate({ seed: '7' }, io)).toBe(0);
    expect(io.out()).toMatch(/^seed 7, 1 world\n +0 ms {2}r1 begins\n/);
    expect(io.out()).toContain('the world heals\n');
  });

  test('chooses a seed when none is given, and says which', async () => {
    const io = fakeIo('/');
    expect(await simulate({ worlds: '1' }, io)).toBe(0);
    expect(io.out()).toMatch(/^seed \d+, 1 world\n/);
  });

  test('ends with the smallest world that breaks the promise and the line that repeats it, and gives 1', async () => {
    const io = fakeIo('/');
    expect(await simulate({ seed: '7', worlds: '100' }, io, NO_RECOVERY)).toBe(1);
    expect(io.out()).toMatch(/^seed 7, 100 worlds\n/);
    expect(io.out()).toMatch(/FAULT the orchestrator dies/);
    expect(io.out()).toMatch(
      /\nS\d+ \w+: .+\nThis is the smallest world like it: \{.+\}\nTo repeat: ralph-actors simulate --seed \d+\n$/,
    );
  });

  test('prints the same as JSON, of a failure too', async () => {
    const good = fakeIo('/');
    expect(await simulate({ seed: '7', worlds: '3', json: true }, good)).toBe(0);
    expect(JSON.parse(good.out())).toMatchObject({ seed: 7, worlds: 3, failed: null });
    const bad = fakeIo('/');
    expect(await simulate({ seed: '7', worlds: '100', json: true }, bad, NO_RECOVERY)).toBe(1);
    expect(JSON.parse(bad.out())).toMatchObject({ failed: { smallest: { violation: {} } } });
  });

  test.each([{ seed: 'x' }, { worlds: '0' }, { seed: '1', worlds: '-3' }])('refuses %j', async (args) => {
    const io = fakeIo('/');
    expect(await simulate(args, io)).toBe(2);
    expect(io.err()).toMatch(/^ralph-actors: --(seed|worlds) must be a whole number, .+\n$/);
    expect(io.out()).toBe('');
  });
});
