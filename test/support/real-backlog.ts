/**
 * A backlog as a real project had it: hard for a scheduler, because almost everything shares a component with the rest.
 */
import { cpSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';

import type { TicketSpec } from './e2e.ts';

/** Where the real backlog may lie; it is not part of this repository. */
const PLACE =
  process.env['RALPH_ACTORS_REAL_BACKLOG'] ?? resolve(import.meta.dirname, '../../../shared/data/backlog');

/** True where the real backlog is at hand. */
export const HAS_REAL_BACKLOG = existsSync(resolve(PLACE, '.tickets'));

/** Copies the real tickets into a project. */
export function copyRealBacklog(root: string): void {
  cpSync(resolve(PLACE, '.tickets'), resolve(root, '.tickets'), { recursive: true });
}

/** How often each component is claimed in the real backlog. */
const COMPONENTS: readonly (readonly [name: string, weight: number])[] = [
  ['workflow', 148],
  ['cli', 91],
  ['docs', 79],
  ['config', 56],
  ['tests', 43],
  ['api', 43],
  ['agents', 24],
  ['reliability', 2],
];

/** How many of its tickets claim how many components. */
const CLAIMS: readonly number[] = [73, 19, 47, 45, 33, 17, 4];

/** Above 1, the frequent components are claimed together more often: tuned to how many pairs share one. */
const CLUSTERING = 2.25;

const DEPENDENCIES = 166;

/** Makes a backlog of the shape of the real one: the same at every call. */
export function backlogLikeTheRealOne(): readonly TicketSpec[] {
  const random = numbers(20_260_214);
  const claims = CLAIMS.flatMap((tickets, components) => Array<number>(tickets).fill(components));
  const specs = shuffled(claims, random).map((count, index) => ({
    id: `t${String(index).padStart(3, '0')}`,
    priority: random() < 0.9 ? 2 : Math.floor(random() * 4),
    components: someComponents(count, random),
    deps: new Set<string>(),
  }));
  for (let left = DEPENDENCIES; left > 0;) {
    const [from, to] = [Math.floor(random() * specs.length), Math.floor(random() * specs.length)];
    // From a later ticket to an earlier one, so that there is no cycle.
    if (from <= to || specs[from]!.deps.has(specs[to]!.id)) continue;
    specs[from]!.deps.add(specs[to]!.id);
    left -= 1;
  }
  return specs.map((spec) => ({ ...spec, deps: [...spec.deps] }));
}

function someComponents(count: number, random: () => number): readonly string[] {
  const left = COMPONENTS.map(([name, weight]) => [name, weight ** CLUSTERING] as const);
  return Array.from({ length: count }, () => {
    let at = random() * left.reduce((sum, [, weight]) => sum + weight, 0);
    const index = left.findIndex(([, weight]) => (at -= weight) < 0);
    return left.splice(index, 1)[0]![0];
  });
}

function shuffled<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Numbers from 0 to 1 that only look random (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
