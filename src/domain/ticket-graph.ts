/**
 * The dependency graph of a backlog as plain positions: `deps[i]` lists what ticket `i` waits for.
 *
 * Nothing here recurses, because a chain of 10 000 tickets is a legal backlog and a deep call stack is not. Where a
 * question has no answer on a cyclic graph the function throws: `compileBacklog` blocks every cycle before it is asked.
 */

/** What each position waits for. A position may name itself; none lies outside the graph. */
export type DependencyGraph = readonly (readonly number[])[];

/** Turns the arrows round: who waits for each position, ascending. */
export function dependentsOf(deps: DependencyGraph): number[][] {
  const dependents: number[][] = deps.map(() => []);
  deps.forEach((row, position) => {
    for (const dep of row) listAt(dependents, dep).push(position);
  });
  return dependents;
}

/**
 * Groups positions that wait for each other (Tarjan, with an explicit stack). A group stands after every group it waits
 * for, so the groups laid end to end are a topological order wherever there is one. Members ascend.
 */
export function stronglyConnected(deps: DependencyGraph): number[][] {
  const count = deps.length;
  const groups: number[][] = [];
  const visit = new Int32Array(count); // 0: not visited yet
  const low = new Int32Array(count);
  const nextDep = new Int32Array(count);
  const grouped = new Uint8Array(count);
  const path: number[] = [];
  const open: number[] = [];
  let visits = 0;
  const enter = (position: number): void => {
    visit[position] = low[position] = ++visits;
    path.push(position);
    open.push(position);
  };
  for (let root = 0; root < count; root++) {
    if (visit[root] === 0) enter(root);
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const row = listAt(deps, at);
      const dep = row[nextDep[at]!++];
      if (dep === undefined) {
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[at]!);
        if (low[at] !== visit[at]) continue;
        const group = open.splice(open.lastIndexOf(at));
        for (const member of group) grouped[member] = 1;
        groups.push(group.sort((a, b) => a - b));
      } else if (visit[dep] === 0) {
        enter(dep);
      } else if (grouped[dep] === 0) {
        low[at] = Math.min(low[at]!, visit[dep]!);
      }
    }
  }
  return groups;
}

/** Orders positions so that each stands after everything it waits for. Throws on a cycle. */
export function topologicalOrder(deps: DependencyGraph): number[] {
  const order: number[] = [];
  for (const group of stronglyConnected(deps)) {
    const first = group[0]!;
    if (group.length > 1 || listAt(deps, first).includes(first)) {
      throw new Error(`no order exists: positions ${group.join(', ')} wait for each other`);
    }
    order.push(first);
  }
  return order;
}

/**
 * Finds, for every position that waits for itself, a shortest cycle through it or through an earlier member of it. A
 * cycle is listed from its smallest position on, each position waiting for the next and the last for the first.
 */
export function cyclesByMember(
  deps: DependencyGraph,
  groups: readonly (readonly number[])[] = stronglyConnected(deps),
): ReadonlyMap<number, readonly number[]> {
  const cycles = new Map<number, readonly number[]>();
  for (const group of groups) {
    const members = new Set(group);
    for (const start of group) {
      if (cycles.has(start)) continue;
      const cycle = shortestCycle(deps, start, members);
      for (const member of cycle) if (!cycles.has(member)) cycles.set(member, cycle);
    }
  }
  return cycles;
}

function shortestCycle(
  deps: DependencyGraph,
  start: number,
  members: ReadonlySet<number>,
): readonly number[] {
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (const at of queue) {
    for (const dep of listAt(deps, at)) {
      if (dep === start) return fromSmallest(walkBack(cameFrom, start, at));
      if (!members.has(dep) || cameFrom.has(dep)) continue;
      cameFrom.set(dep, at);
      queue.push(dep);
    }
  }
  return []; // only a group of one that does not name itself
}

function walkBack(cameFrom: ReadonlyMap<number, number>, start: number, last: number): number[] {
  const path = [last];
  for (let at = last; at !== start; path.push(at)) at = cameFrom.get(at)!;
  return path.reverse();
}

function fromSmallest(cycle: readonly number[]): readonly number[] {
  const at = cycle.indexOf(cycle.reduce((smallest, position) => Math.min(smallest, position)));
  return [...cycle.slice(at), ...cycle.slice(0, at)];
}

/** Lists everything that waits for a position, directly or through others, nearest first; never the position itself. */
export function transitiveDependents(
  position: number,
  dependentsAt: (position: number) => readonly number[],
): readonly number[] {
  const seen = new Set([position]);
  for (const at of seen) for (const dependent of dependentsAt(at)) seen.add(dependent); // a Set grows while it is walked
  seen.delete(position);
  return [...seen];
}

/** Numbers the wave in which each position could start if nothing but dependencies counted; 0 goes first. */
export function waves(deps: DependencyGraph): readonly number[] {
  const levels = new Array<number>(deps.length).fill(0);
  for (const position of topologicalOrder(deps)) {
    for (const dep of listAt(deps, position)) {
      levels[position] = Math.max(levels[position]!, levels[dep]! + 1);
    }
  }
  return levels;
}

/**
 * Measures, for each position, the longest chain from it through its dependents, itself included: how much can only
 * happen after it starts. Counted in tickets, or in the unit of `durationOf`. `order` saves the sort where it is known.
 */
export function criticalPathBelow(
  deps: DependencyGraph,
  durationOf: (position: number) => number = () => 1,
  order: readonly number[] = topologicalOrder(deps),
): readonly number[] {
  const below = new Array<number>(deps.length).fill(0);
  for (let i = order.length - 1; i >= 0; i--) {
    const position = order[i]!;
    const length = below[position]! + durationOf(position);
    below[position] = length;
    for (const dep of listAt(deps, position)) if (below[dep]! < length) below[dep] = length;
  }
  return below;
}

/** Lists one longest chain, first to last; of equal ones that with the smallest positions. Empty for an empty graph. */
export function longestPath(
  deps: DependencyGraph,
  durationOf: (position: number) => number = () => 1,
): readonly number[] {
  const below = criticalPathBelow(deps, durationOf);
  const dependents = dependentsOf(deps);
  const path: number[] = [];
  let candidates: readonly number[] = deps.map((_row, position) => position);
  while (candidates.length > 0) {
    const next = candidates.reduce((best, position) => (below[position]! > below[best]! ? position : best));
    path.push(next);
    candidates = listAt(dependents, next);
  }
  return path;
}

function listAt<List extends readonly number[]>(lists: readonly List[], position: number): List {
  const list = lists[position];
  if (list === undefined) throw new RangeError(`no position ${position} in a graph of ${lists.length}`);
  return list;
}
