/**
 * An explicit-state explorer: visits every state that a model can reach, breadth first, and judges what it sees.
 *
 * It knows nothing of runs or machines. A model says where it begins, what may happen next, when two states are the same,
 * and what must hold; the explorer owns the search, the counts and the shortest way to what is wrong.
 *
 * X1  Breadth first: the first bad step found is a nearest one, so its path is a shortest counterexample.
 * X2  A search that met its budget is `incomplete`, which is never a pass.
 * X3  Only the frontier's states are kept. A path is rebuilt from parent pointers by asking the model again, so a
 *     model must list the successors of a state always in the same order.
 * X4  A goal is judged on the finished graph: from *every* state reached, steps that may be relied on must still lead to
 *     a state where it is met (AG EF). The nearest state from which none does is the counterexample.
 */
import { GrowingInts } from './growing-ints.ts';
import { IntRows } from './int-rows.ts';

/** A transition system as the explorer asks for it. */
export interface Model<State, Action> {
  readonly initial: State;
  /** Calls back for everything that may happen next, always in the same order. */
  successors(state: State, visit: (step: Step<State, Action>) => void): void;
  /** Integers in a key. */
  readonly keyWidth: number;
  /** Writes the key of a state. The same key for two states means that they need not be told apart. */
  writeKey(state: State, row: Int32Array): void;
  /** Says what is wrong with a state; asked once for each. */
  judge(state: State): Wrong | null;
  /** What must stay reachable from everywhere. */
  readonly goals: readonly Goal<State>[];
}

/** One thing that may happen. */
export interface Step<State, Action> {
  readonly action: Action;
  readonly next: State;
  /** What is wrong with the step itself. */
  readonly wrong: Wrong | null;
  /** True when progress may rely on it; false for what nobody owes anybody, as a fault or a request to stop. */
  readonly isOwed: boolean;
}

/** A property that does not hold, and the facts of it. */
export interface Wrong {
  readonly property: string;
  readonly message: string;
}

/** Something that must stay reachable from every state. */
export interface Goal<State> {
  readonly name: string;
  readonly describe: string;
  isMet(state: State): boolean;
}

/** What a search found. */
export interface Exploration<State, Action> {
  readonly verdict: 'pass' | 'violation' | 'incomplete';
  readonly states: number;
  readonly transitions: number;
  /** Steps to the farthest state. */
  readonly depth: number;
  readonly counterexample: Counterexample<State, Action> | null;
}

/** The shortest way to what is wrong. */
export interface Counterexample<State, Action> extends Wrong {
  readonly path: readonly PathStep<State, Action>[];
}

/** One step of a path, with the state that it leads to. */
export interface PathStep<State, Action> {
  readonly action: Action;
  readonly state: State;
}

/** States that are visited when nothing else is said. */
const BUDGET_DEFAULT = 5_000_000;

/** Searches a model until something is wrong, everything has been seen, or the budget of states is spent. */
export function explore<State, Action>(
  model: Model<State, Action>,
  { budget = BUDGET_DEFAULT }: { readonly budget?: number } = {},
): Exploration<State, Action> {
  const seen = new IntRows(model.keyWidth);
  const parents = new GrowingInts();
  const ordinals = new GrowingInts();
  const owedFrom = new GrowingInts();
  const owedTo = new GrowingInts();
  const met = model.goals.map(() => new GrowingInts());
  let transitions = 0;
  let depth = 0;
  let found: { readonly at: number; readonly ordinal: number | null; readonly wrong: Wrong } | null = null;
  let isSpent = false;

  const arrive = (state: State, index: number, parent: number, ordinal: number): void => {
    parents.push(parent);
    ordinals.push(ordinal);
    model.goals.forEach((goal, at) => {
      if (goal.isMet(state)) met[at]!.push(index);
    });
    const wrong = model.judge(state);
    if (wrong !== null) found = { at: index, ordinal: null, wrong };
  };
  const end = (verdict: 'pass' | 'violation' | 'incomplete'): Exploration<State, Action> => ({
    verdict,
    states: seen.size,
    transitions,
    depth,
    counterexample:
      found === null
        ? null
        : { ...found.wrong, path: pathTo(model, parents, ordinals, found.at, found.ordinal) },
  });

  model.writeKey(model.initial, seen.row);
  arrive(model.initial, seen.intern(), -1, 0);
  let level: State[] = [model.initial];
  let first = 0;
  while (found === null && level.length > 0 && !isSpent) {
    const next: State[] = [];
    for (let offset = 0; offset < level.length && found === null && !isSpent; offset += 1) {
      const from = first + offset;
      let ordinal = -1;
      model.successors(level[offset]!, (step) => {
        if (found !== null || isSpent) return;
        ordinal += 1;
        transitions += 1;
        if (step.wrong !== null) {
          found = { at: from, ordinal, wrong: step.wrong };
          return;
        }
        model.writeKey(step.next, seen.row);
        const known = seen.size;
        const to = known < budget ? seen.intern() : seen.find();
        if (to < 0) {
          isSpent = true;
          return;
        }
        if (to === known) {
          arrive(step.next, to, from, ordinal);
          next.push(step.next);
        }
        if (step.isOwed && to !== from) {
          owedFrom.push(from);
          owedTo.push(to);
        }
      });
    }
    first += level.length;
    level = next;
    if (level.length > 0) depth += 1;
  }
  if (found !== null) return end('violation');
  if (isSpent) return end('incomplete');

  const firstWithoutWay = waysBack(seen.size, owedFrom, owedTo);
  model.goals.forEach((goal, at) => {
    if (found !== null) return;
    const lost = firstWithoutWay(met[at]!);
    if (lost === null) return;
    const wrong = { property: goal.name, message: `from here on it cannot come about that ${goal.describe}` };
    found = { at: lost, ordinal: null, wrong };
  });
  return end(found === null ? 'pass' : 'violation');
}

/**
 * Turns the steps round. What comes of it walks backwards from the states where a goal is met, and gives the first state
 * that has no way to any of them.
 */
function waysBack(count: number, from: GrowingInts, to: GrowingInts): (met: GrowingInts) => number | null {
  const starts = new Int32Array(count + 1);
  for (let edge = 0; edge < to.length; edge += 1) starts[to.at(edge) + 1]! += 1;
  for (let state = 0; state < count; state += 1) starts[state + 1]! += starts[state]!;
  const fill = starts.slice();
  const sources = new Int32Array(to.length);
  for (let edge = 0; edge < to.length; edge += 1) sources[fill[to.at(edge)]!++] = from.at(edge);

  return (met) => {
    const hasWay = new Uint8Array(count);
    const open = new Int32Array(count);
    let opened = 0;
    const mark = (state: number): void => {
      if (hasWay[state] === 1) return;
      hasWay[state] = 1;
      open[opened++] = state;
    };
    for (let at = 0; at < met.length; at += 1) mark(met.at(at));
    for (let at = 0; at < opened; at += 1) {
      const state = open[at]!;
      for (let edge = starts[state]!; edge < starts[state + 1]!; edge += 1) mark(sources[edge]!);
    }
    const lost = hasWay.indexOf(0);
    return lost === -1 ? null : lost;
  };
}

/** Walks up to the beginning by parent pointers and down again by asking the model. */
function pathTo<State, Action>(
  model: Model<State, Action>,
  parents: GrowingInts,
  ordinals: GrowingInts,
  last: number,
  further: number | null,
): readonly PathStep<State, Action>[] {
  const taken: number[] = further === null ? [] : [further];
  for (let at = last; at !== 0; at = parents.at(at)) taken.push(ordinals.at(at));
  let state = model.initial;
  return taken.reverse().map((wanted) => {
    const step = nthSuccessor(model, state, wanted);
    state = step.next;
    return { action: step.action, state };
  });
}

function nthSuccessor<State, Action>(
  model: Model<State, Action>,
  state: State,
  wanted: number,
): Step<State, Action> {
  let taken: Step<State, Action> | null = null;
  let ordinal = -1;
  model.successors(state, (step) => {
    ordinal += 1;
    if (ordinal === wanted) taken = step;
  });
  if (taken === null) throw new Error(`the model lists fewer steps than before: no step ${wanted}`);
  return taken;
}
