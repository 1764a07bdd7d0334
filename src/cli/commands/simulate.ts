/**
 * `simulate`: whole runs in worlds of virtual time, where everything that can go wrong does. The seed is printed first and
 * the line that repeats a failure last. Exit code 0 when no promise was broken, 1 when one was.
 */
import { systemClock } from '../../effects/system-clock.ts';
import type { Sabotage } from '../../sim/life.ts';
import { minimise } from '../../sim/minimise.ts';
import { createSimulator, type Simulated } from '../../sim/simulate.ts';
import { worldOf } from '../../sim/world-plan.ts';
import { checkTrace } from '../../verify/trace-check.ts';
import type { Io } from '../io.ts';
import { refuse } from '../refuse.ts';

/** What `simulate` was asked for. */
export interface SimulateArguments {
  /** Seed of the first world; each further world has the next number. Chosen by the clock when absent. */
  readonly seed?: string | undefined;
  /** How many worlds: 1 with a seed, 1000 without. */
  readonly worlds?: string | undefined;
  readonly json?: boolean | undefined;
}

/** What a batch of worlds came to. */
interface Batch {
  readonly seed: number;
  readonly worlds: number;
  readonly steps: number;
  readonly runs: number;
  /** In how many worlds each thing was seen. */
  readonly seen: Readonly<Record<string, number>>;
  /** The first world that broke a promise, told, and the smallest like it. */
  readonly failed: { readonly seed: number; readonly world: Simulated; readonly smallest: Simulated } | null;
}

/** Simulates and reports. A `sabotage` breaks a copy of the orchestrator first, to see how that is reported. */
export async function simulate(args: SimulateArguments, io: Io, sabotage: Sabotage = {}): Promise<number> {
  const wrong = (['seed', 'worlds'] as const).filter((name) => !/^\d{1,9}$/.test(args[name] ?? '1'));
  if (wrong.length > 0 || args.worlds === '0')
    return refuse(io, [`--${wrong[0] ?? 'worlds'} must be a whole number, as in --seed 7 --worlds 100`]);
  const seed = args.seed === undefined ? systemClock.nowMs() % SEEDS : Number(args.seed);
  const worlds = Number(args.worlds ?? (args.seed === undefined ? WORLDS : 1));
  if (args.json !== true) io.stdout.write(`seed ${seed}, ${worlds} world${worlds === 1 ? '' : 's'}\n`);

  const { batch, story } = await simulateBatch({ seed, worlds, sabotage });
  if (args.json === true) io.stdout.write(`${JSON.stringify(batch, null, 2)}\n`);
  else io.stdout.write(batch.failed === null ? success(batch, story) : failure(batch.failed));
  return batch.failed === null ? 0 : 1;
}

const SEEDS = 1e9;
const WORLDS = 1000;

async function simulateBatch({
  seed,
  worlds,
  sabotage,
}: {
  readonly seed: number;
  readonly worlds: number;
  readonly sabotage: Sabotage;
}): Promise<{ readonly batch: Batch; readonly story: readonly string[] }> {
  const run = createSimulator({ checkTrace, sabotage });
  const seen: Record<string, number> = {};
  let story: readonly string[] = [];
  let steps = 0;
  let runs = 0;
  for (let world = seed; world < seed + worlds; world += 1) {
    const simulated = await run(worldOf(world), { isTold: worlds === 1 });
    if (simulated.violation !== null) {
      const smallest = await minimise(run, simulated);
      const failed = {
        seed: world,
        world: await run(simulated.plan, { isTold: true }),
        smallest: await run(smallest.plan, { isTold: true }),
      };
      return { batch: { seed, worlds: world - seed + 1, steps, runs, seen, failed }, story };
    }
    story = simulated.story;
    steps += simulated.steps;
    runs += simulated.runs;
    for (const sighting of simulated.seen) seen[sighting] = (seen[sighting] ?? 0) + 1;
  }
  return { batch: { seed, worlds, steps, runs, seen, failed: null }, story };
}

function success({ worlds, steps, runs, seen }: Batch, story: readonly string[]): string {
  const sightings = Object.entries(seen)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `  ${String(count).padStart(6)}  ${name}\n`);
  return [
    ...story.map((line) => `${line}\n`),
    `no promise was broken in ${runs} runs, ${steps} steps\n`,
    ...(worlds === 1 ? [] : ['worlds in which this was seen:\n', ...sightings]),
  ].join('');
}

function failure({ seed, world, smallest }: NonNullable<Batch['failed']>): string {
  return [
    ...smallest.story,
    '',
    `${world.violation?.property}: ${world.violation?.message}`,
    `This is the smallest world like it: ${JSON.stringify(smallest.plan)}`,
    `To repeat: ralph-actors simulate --seed ${seed}`,
    '',
  ].join('\n');
}
