/**
 * `simulate`: whole runs in worlds of virtual time, where everything that can go wrong does. The seed is printed first and
 * the line that repeats a failure last. Exit code 0 when no promise was broken, 1 when one was, 3 when so little happened
 * that this means nothing.
 */
import { systemClock } from '../../effects/system-clock.ts';
import { inThreads } from '../../effects/thread-pool.ts';
import { joined, missingIn, simulateSeeds, slicesOf, type Seeds, type Tally } from '../../sim/batch.ts';
import type { Sabotage } from '../../sim/life.ts';
import { createSimulator, type Simulate, type Simulated } from '../../sim/simulate.ts';
import { worldOf } from '../../sim/world-plan.ts';
import { checkTrace } from '../../verify/trace-check.ts';
import type { Io } from '../io.ts';
import { refuse } from '../refuse.ts';
import { readWorld } from '../world-argument.ts';

/** What `simulate` was asked for. */
export interface SimulateArguments {
  /** Seed of the first world; each further world has the next number. Chosen by the clock when absent. */
  readonly seed?: string | undefined;
  /** How many worlds: 1 with a seed, 1000 without. */
  readonly worlds?: string | undefined;
  /** One world as data: JSON, or a file that holds it. Then there is no seed to choose. */
  readonly world?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The first world that broke a promise, told, and the smallest like it. */
interface Failed {
  readonly seed: number;
  readonly world: Simulated;
  readonly smallest: Simulated;
}

/** Simulates and reports. A `sabotage` breaks a copy of the orchestrator first, to see how that is reported. */
export async function simulate(args: SimulateArguments, io: Io, sabotage: Sabotage = {}): Promise<number> {
  const run = createSimulator({ checkTrace, sabotage });
  if (args.world !== undefined) return simulateOne(run, args.world, args.json === true, io);
  const wrong = (['seed', 'worlds'] as const).filter((name) => !/^\d{1,9}$/.test(args[name] ?? '1'));
  if (wrong.length > 0 || args.worlds === '0')
    return refuse(io, [`--${wrong[0] ?? 'worlds'} must be a whole number, as in --seed 7 --worlds 100`]);
  const seed = args.seed === undefined ? systemClock.nowMs() % SEEDS : Number(args.seed);
  const worlds = Number(args.worlds ?? (args.seed === undefined ? WORLDS : 1));
  if (args.json !== true) io.stdout.write(`seed ${seed}, ${worlds} world${worlds === 1 ? '' : 's'}\n`);

  const isBroken = sabotage.world !== undefined || sabotage.machine !== undefined;
  const tally = await (isBroken ? simulateSeeds(run, { seed, worlds }) : onAllCores(run, { seed, worlds }));
  const failed = tally.failedSeed === null ? null : await told(run, tally.failedSeed);
  const missing = failed === null ? missingIn(tally) : [];
  if (args.json === true) {
    const { failedSeed: _seed, ...totals } = tally;
    io.stdout.write(`${JSON.stringify({ ...totals, missing, failed }, null, 2)}\n`);
    // Standard output stays JSON.
    if (failed !== null) io.stderr.write(`${repeat(failed)}\n`);
  } else if (failed !== null) io.stdout.write(failure(failed));
  else {
    const { story } = worlds === 1 ? await run(worldOf(seed), { isTold: true }) : { story: [] };
    io.stdout.write([...story.map((line) => `${line}\n`), success(tally), shortfall(missing)].join(''));
  }
  if (failed !== null) return 1;
  return missing.length > 0 ? 3 : 0;
}

const SEEDS = 1e9;
const WORLDS = 1000;

/** Slices are handed to threads, one each for every core; a batch of one slice needs none. */
async function onAllCores(run: Simulate, seeds: Seeds): Promise<Tally> {
  const slices = slicesOf(seeds);
  if (slices.length === 1) return simulateSeeds(run, seeds);
  return joined(await inThreads<Tally>(new URL('../simulate-thread.js', import.meta.url), slices, () => {}));
}

async function told(run: Simulate, seed: number): Promise<Failed> {
  const world = await run(worldOf(seed), { isTold: true });
  const { shrink } = await import('../../sim/shrink.ts');
  const { plan } = await shrink(run, world);
  return { seed, world, smallest: await run(plan, { isTold: true }) };
}

async function simulateOne(run: Simulate, argument: string, isJson: boolean, io: Io): Promise<number> {
  const read = await readWorld(argument, io.cwd);
  if (!read.ok)
    return refuse(io, [`--world is no world that simulate has printed, nor a file of one: ${read.reason}`]);
  const world = await run(read.plan, { isTold: true });
  const { violation, steps, runs, story, plan } = world;
  if (isJson) io.stdout.write(`${JSON.stringify({ plan, violation, steps, runs, story }, null, 2)}\n`);
  else {
    const verdict = violation === null ? inWords({ steps, runs }) : broken(violation);
    io.stdout.write([...story, verdict, ''].join('\n'));
  }
  return violation === null ? 0 : 1;
}

function success({ worlds, steps, runs, seen, struck }: Tally): string {
  const tables = [
    'worlds in which this was seen:\n',
    ...counts(seen),
    'worlds in which this struck:\n',
    ...counts(struck),
  ];
  return [`${inWords({ steps, runs })}\n`, ...(worlds === 1 ? [] : tables)].join('');
}

function inWords({ runs, steps }: Pick<Tally, 'runs' | 'steps'>): string {
  return `no promise was broken in ${runs} runs, ${steps} steps`;
}

function broken({ property, message }: NonNullable<Simulated['violation']>): string {
  return `${property}: ${message}`;
}

function counts(named: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(named)
    .sort(([a, times], [b, others]) => others - times || (a < b ? -1 : 1))
    .map(([name, count]) => `  ${String(count).padStart(6)}  ${name}\n`);
}

function shortfall(missing: readonly string[]): string {
  return missing.length === 0 ? '' : `not a pass: in none of these worlds: ${missing.join(', ')}\n`;
}

function repeat({ seed }: Pick<Failed, 'seed'>): string {
  return `To repeat: ralph-actors simulate --seed ${seed}`;
}

function failure({ seed, world, smallest }: Failed): string {
  return [
    ...smallest.story,
    '',
    ...(world.violation === null ? [] : [broken(world.violation)]),
    `The smallest world like it: ralph-actors simulate --world '${JSON.stringify(smallest.plan)}'`,
    repeat({ seed }),
    '',
  ].join('\n');
}
