import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  criticalPathBelow,
  cyclesByMember,
  dependentsOf,
  longestPath,
  stronglyConnected,
  topologicalOrder,
  transitiveDependents,
  waves,
  type DependencyGraph,
} from '../../src/domain/ticket-graph.ts';
import { acyclicGraphs, graphs } from '../support/backlogs.ts';

/** Who is reached from whom in one step or more: Floyd and Warshall's three loops. */
function reachability(deps: DependencyGraph): boolean[][] {
  const reaches = deps.map((row) => deps.map((_row, to) => row.includes(to)));
  for (let via = 0; via < deps.length; via++) {
    for (const row of reaches) {
      if (row[via]) for (let to = 0; to < deps.length; to++) row[to] ||= reaches[via]![to]!;
    }
  }
  return reaches;
}

/** Every chain that begins at a position and goes on to a dependent, by recursion. */
function chainsFrom(position: number, dependents: DependencyGraph): number[][] {
  const longer = dependents[position]!.flatMap((next) => chainsFrom(next, dependents));
  return [[position], ...longer.map((chain) => [position, ...chain])];
}

const CHAIN: DependencyGraph = Array.from({ length: 10_000 }, (_row, position) =>
  position === 0 ? [] : [position - 1],
);
const RING: DependencyGraph = CHAIN.map((row, position) => (position === 0 ? [9_999] : row));

describe('dependentsOf', () => {
  test.prop([graphs(12)])('turns every arrow round', (deps) => {
    const arrows = (graph: DependencyGraph): [number, number][] =>
      graph.flatMap((row, from) => row.map((to): [number, number] => [from, to]));
    const turned = arrows(dependentsOf(deps)).map(([from, to]) => `${to}-${from}`);
    expect(turned.toSorted()).toEqual(
      arrows(deps)
        .map(([from, to]) => `${from}-${to}`)
        .toSorted(),
    );
  });

  test('throws for an arrow that leaves the graph', () => {
    expect(() => dependentsOf([[1]])).toThrow('no position 1 in a graph of 1');
  });
});

describe('stronglyConnected', () => {
  test.prop([graphs(12)])('groups exactly those who wait for each other, dependencies first', (deps) => {
    const reaches = reachability(deps);
    const groups = stronglyConnected(deps);
    expect(groups.flat().toSorted((a, b) => a - b)).toEqual(deps.map((_row, position) => position));
    const groupOf = (position: number): number => groups.findIndex((group) => group.includes(position));
    for (const a of deps.keys()) {
      for (const b of deps.keys()) {
        const together = a === b || (reaches[a]![b]! && reaches[b]![a]!);
        expect(groupOf(a) === groupOf(b)).toBe(together);
        if (deps[a]!.includes(b)) expect(groupOf(b)).toBeLessThanOrEqual(groupOf(a));
      }
    }
  });

  test('takes a chain and a ring of 10 000 without a deep stack', () => {
    expect(stronglyConnected(CHAIN).length).toBe(10_000);
    expect(stronglyConnected(RING).length).toBe(1);
  });
});

describe('cyclesByMember', () => {
  test.prop([graphs(12)])(
    'finds a real cycle for each that waits for itself, and for nobody else',
    (deps) => {
      const reaches = reachability(deps);
      const cycles = cyclesByMember(deps);
      for (const position of deps.keys()) expect(cycles.has(position)).toBe(reaches[position]![position]);
      for (const [member, cycle] of cycles) {
        expect(cycle).toContain(member);
        expect(new Set(cycle).size).toBe(cycle.length);
        expect(cycle[0]).toBe(Math.min(...cycle));
        cycle.forEach((at, index) => expect(deps[at]).toContain(cycle[(index + 1) % cycle.length]));
      }
    },
  );

  //  0 -> 1 -> 2 -> 0     3 -> 3     4 -> 0
  test('names a ring from its smallest member on, a self-dependency alone, and no mere dependent', () => {
    const cycles = cyclesByMember([[1], [2], [0], [3], [0]]);
    expect([...cycles]).toEqual([
      [0, [0, 1, 2]],
      [1, [0, 1, 2]],
      [2, [0, 1, 2]],
      [3, [3]],
    ]);
  });

  test('lets the members of a ring of 10 000 share one list', () => {
    expect(new Set(cyclesByMember(RING).values()).size).toBe(1);
  });
});

describe('topologicalOrder', () => {
  test.prop([acyclicGraphs(20)])('puts each position after everything it waits for', (deps) => {
    const order = topologicalOrder(deps);
    expect(order.toSorted((a, b) => a - b)).toEqual(deps.map((_row, position) => position));
    deps.forEach((row, position) => {
      for (const dep of row) expect(order.indexOf(dep)).toBeLessThan(order.indexOf(position));
    });
  });

  test('throws on a cycle and names its members', () => {
    expect(() => topologicalOrder([[2], [], [0]])).toThrow('positions 0, 2 wait for each other');
    expect(() => topologicalOrder([[], [1]])).toThrow('positions 1 wait for each other');
  });
});

describe('transitiveDependents', () => {
  test.prop([graphs(12), fc.nat(11)])('lists whoever reaches the position, once each', (deps, position) => {
    fc.pre(position < deps.length);
    const dependents = dependentsOf(deps);
    const listed = transitiveDependents(position, (at) => dependents[at]!);
    const reaches = reachability(deps);
    const expected = [...deps.keys()].filter((from) => from !== position && reaches[from]![position]);
    expect(listed.toSorted((a, b) => a - b)).toEqual(expected);
  });

  //  1 -> 0, 2 -> 0, 3 -> 1
  test('lists the nearest first', () => {
    const dependents = dependentsOf([[], [0], [0], [1]]);
    expect(transitiveDependents(0, (at) => dependents[at]!)).toEqual([1, 2, 3]);
  });

  test('takes a chain of 10 000 without a deep stack', () => {
    const dependents = dependentsOf(CHAIN);
    expect(transitiveDependents(0, (at) => dependents[at]!).length).toBe(9_999);
  });
});

describe('waves', () => {
  test.prop([acyclicGraphs(12)])('counts the longest chain of dependencies before each', (deps) => {
    const level = (position: number): number => Math.max(-1, ...deps[position]!.map(level)) + 1;
    expect(waves(deps)).toEqual(deps.map((_row, position) => level(position)));
  });

  test('takes a chain of 10 000 without a deep stack', () => {
    expect(waves(CHAIN).at(-1)).toBe(9_999);
  });
});

describe('criticalPathBelow and longestPath', () => {
  const weighed = acyclicGraphs(10).chain((deps) =>
    fc.tuple(fc.constant(deps), fc.array(fc.nat(9), { minLength: deps.length, maxLength: deps.length })),
  );

  test.prop([weighed])(
    'measure the longest of all chains, found by trying every one',
    ([deps, durations]) => {
      const dependents = dependentsOf(deps);
      const lengthOf = (chain: readonly number[]): number =>
        chain.reduce((sum, at) => sum + durations[at]!, 0);
      const longest = deps.map((_row, position) =>
        Math.max(...chainsFrom(position, dependents).map(lengthOf)),
      );
      expect(criticalPathBelow(deps, (position) => durations[position]!)).toEqual(longest);
      const path = longestPath(deps, (position) => durations[position]!);
      expect(lengthOf(path)).toBe(Math.max(...longest));
      path.slice(1).forEach((at, index) => expect(deps[at]).toContain(path[index]));
    },
  );

  test('count tickets when no durations are given', () => {
    //  3 -> 1 -> 0, 2 -> 0
    const deps = [[], [0], [0], [1]];
    expect(criticalPathBelow(deps)).toEqual([3, 2, 1, 1]);
    expect(longestPath(deps)).toEqual([0, 1, 3]);
    expect(longestPath([])).toEqual([]);
  });

  test('take a chain of 10 000 without a deep stack', () => {
    expect(criticalPathBelow(CHAIN)[0]).toBe(10_000);
    expect(longestPath(CHAIN).length).toBe(10_000);
  });
});
