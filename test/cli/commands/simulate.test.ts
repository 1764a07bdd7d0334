import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

import { simulate } from '../../../src/cli/commands/simulate.ts';
import { readWorld } from '../../../src/cli/world-argument.ts';
import { simulateSeeds } from '../../../src/sim/batch.ts';
import type { Sabotage } from '../../../src/sim/life.ts';
import { createSimulator } from '../../../src/sim/simulate.ts';
import { worldOf } from '../../../src/sim/world-plan.ts';
import { checkTrace } from '../../../src/verify/trace-check.ts';
import { fakeIo } from '../../support/fake-io.ts';
import { temporaryFolder } from '../../support/repo.ts';

const MAIN = fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));

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
      /\nS\d+ \w+: .+\nThe smallest world like it: ralph-actors simulate --world '\{.+\}'\nTo repeat: ralph-actors simulate --seed \d+\n$/,
    );
  });

  test('prints the same as JSON, of a failure too', async () => {
    const good = fakeIo('/');
    expect(await simulate({ seed: '7', worlds: '3', json: true }, good)).toBe(0);
    expect(JSON.parse(good.out())).toMatchObject({ seed: 7, worlds: 3, failed: null });
    const bad = fakeIo('/');
    expect(await simulate({ seed: '7', worlds: '100', json: true }, bad, NO_RECOVERY)).toBe(1);
    expect(JSON.parse(bad.out())).toMatchObject({ failed: { smallest: { violation: {} } } });
    expect(bad.err()).toMatch(/^To repeat: ralph-actors simulate --seed \d+\n$/);
  });

  test('lives in the smallest world again, from the line it printed or from a file', async () => {
    const first = fakeIo('/');
    await simulate({ seed: '7', worlds: '100' }, first, NO_RECOVERY);
    const [, world = ''] = /--world '(.+)'\n/.exec(first.out()) ?? [];
    const again = fakeIo('/');
    expect(await simulate({ world }, again, NO_RECOVERY)).toBe(1);
    expect(first.out()).toContain(again.out().split('\n').slice(0, -2).join('\n'));
    const path = join(temporaryFolder(), 'world.json');
    writeFileSync(path, world);
    const healthy = fakeIo('/');
    expect(await simulate({ world: path }, healthy)).toBe(0);
    expect(healthy.out()).toMatch(/\nno promise was broken in \d+ runs, \d+ steps\n$/);
  });

  test.each([
    ['{"seed":1}', /tickets/],
    ['{', /JSON/],
    ['nowhere.json', /ENOENT/],
    [
      JSON.stringify({ ...worldOf(1), faults: [{ atStep: 1, fault: { kind: 'meteor' } }] }),
      /faults\.0\.fault/,
    ],
  ])('refuses the world %s', async (world, reason) => {
    const io = fakeIo('/');
    expect(await simulate({ world }, io)).toBe(2);
    expect(io.err()).toMatch(/^ralph-actors: --world is no world .+\n$/);
    expect(io.err()).toMatch(reason);
  });

  test('reads every world that a seed can make', async () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const plan = worldOf(seed);
      expect(await readWorld(JSON.stringify(plan), '/')).toEqual({ ok: true, plan });
    }
  });

  test('comes to the same in threads as in one', async () => {
    const { stdout } = await execa(process.execPath, [
      MAIN,
      'simulate',
      '--seed',
      '7',
      '--worlds',
      '101',
      '--json',
    ]);
    const { failedSeed, ...tally } = await simulateSeeds(createSimulator({ checkTrace }), {
      seed: 7,
      worlds: 101,
    });
    expect(failedSeed).toBeNull();
    expect(JSON.parse(stdout)).toEqual({ ...tally, missing: [], failed: null });
  });

  test.each([{ seed: 'x' }, { worlds: '0' }, { seed: '1', worlds: '-3' }])('refuses %j', async (args) => {
    const io = fakeIo('/');
    expect(await simulate(args, io)).toBe(2);
    expect(io.err()).toMatch(/^ralph-actors: --(seed|worlds) must be a whole number, .+\n$/);
    expect(io.out()).toBe('');
  });
});
