/**
 * Many worlds, one after the other, and what they came to. A batch can be cut into slices that are simulated anywhere, in
 * any order: put together again they come to the same, up to the failing world with the lowest seed.
 *
 * A batch that is large enough must have seen everything and been struck by everything: a run in which nothing happened is
 * not a pass.
 */
import { SIGHTINGS } from '../domain/sightings.ts';
import type { Simulate } from './simulate.ts';
import { FAULT_KINDS, worldOf } from './world-plan.ts';

/** Consecutive seeds. */
export interface Seeds {
  readonly seed: number;
  readonly worlds: number;
}

/** What a batch came to, or a slice of one. */
export interface Tally extends Seeds {
  readonly steps: number;
  readonly runs: number;
  /** In how many worlds each thing was seen. */
  readonly seen: Readonly<Record<string, number>>;
  /** In how many worlds each kind of fault struck. */
  readonly struck: Readonly<Record<string, number>>;
  /** Seed of the first world that broke a promise; nothing after it counts. */
  readonly failedSeed: number | null;
}

/** Simulates the worlds of consecutive seeds, until one breaks a promise. */
export async function simulateSeeds(simulate: Simulate, { seed, worlds }: Seeds): Promise<Tally> {
  const seen: Record<string, number> = {};
  const struck: Record<string, number> = {};
  let steps = 0;
  let runs = 0;
  for (let at = seed; at < seed + worlds; at += 1) {
    const world = await simulate(worldOf(at));
    steps += world.steps;
    runs += world.runs;
    for (const name of world.seen) seen[name] = (seen[name] ?? 0) + 1;
    for (const kind of world.struck) struck[kind] = (struck[kind] ?? 0) + 1;
    if (world.violation !== null)
      return { seed, worlds: at - seed + 1, steps, runs, seen, struck, failedSeed: at };
  }
  return { seed, worlds, steps, runs, seen, struck, failedSeed: null };
}

/** Cuts a batch into slices of about a second. */
export function slicesOf({ seed, worlds }: Seeds): readonly Seeds[] {
  return Array.from({ length: Math.ceil(worlds / SLICE) }, (_slice, number) => ({
    seed: seed + number * SLICE,
    worlds: Math.min(SLICE, worlds - number * SLICE),
  }));
}

/** Puts slices together in the order of their seeds, up to the first that failed. */
export function joined(slices: readonly Tally[]): Tally {
  const failing = slices.findIndex(({ failedSeed }) => failedSeed !== null);
  const counted = failing === -1 ? slices : slices.slice(0, failing + 1);
  const sum = (count: (tally: Tally) => number): number =>
    counted.reduce((total, tally) => total + count(tally), 0);
  return {
    seed: slices[0]?.seed ?? 0,
    worlds: sum(({ worlds }) => worlds),
    steps: sum(({ steps }) => steps),
    runs: sum(({ runs }) => runs),
    seen: added(counted.map(({ seen }) => seen)),
    struck: added(counted.map(({ struck }) => struck)),
    failedSeed: counted.at(-1)?.failedSeed ?? null,
  };
}

/** Names what never happened in a batch that is large enough for it to happen: then its silence means nothing. */
export function missingIn({ worlds, seen, struck }: Tally): readonly string[] {
  if (worlds < WORLDS_THAT_SHOW_ALL) return [];
  return [
    ...SIGHTINGS.map(({ name }) => name).filter((name) => seen[name] === undefined),
    ...new Set(FAULT_KINDS.filter((kind) => struck[kind] === undefined)),
  ];
}

const SLICE = 100;

/** The rarest sighting is made in about three worlds of a hundred. */
const WORLDS_THAT_SHOW_ALL = 1000;

function added(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const total: Record<string, number> = {};
  for (const count of counts)
    for (const [name, times] of Object.entries(count)) total[name] = (total[name] ?? 0) + times;
  return total;
}
