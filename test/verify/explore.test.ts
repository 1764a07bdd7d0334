import { describe, expect, test } from 'vitest';

import { explore, type Model, type Step, type Wrong } from '../../src/verify/explore.ts';
import { GrowingInts } from '../../src/verify/growing-ints.ts';
import { IntRows, PairTable } from '../../src/verify/int-rows.ts';

/** A graph as a model: numbers are states, and every arrow may be relied on but those to negative numbers. */
function graph(
  arrows: Readonly<Record<number, readonly number[]>>,
  given: { readonly bad?: readonly number[]; readonly goal?: readonly number[] } = {},
): Model<number, string> {
  return {
    initial: 0,
    keyWidth: 1,
    writeKey: (state, row) => {
      row[0] = state;
    },
    successors: (from, visit) => {
      for (const to of arrows[from] ?? []) {
        const next = Math.abs(to);
        visit({ action: `${from}-${next}`, next, wrong: null, isOwed: to > 0 } satisfies Step<
          number,
          string
        >);
      }
    },
    judge: (state): Wrong | null =>
      given.bad?.includes(state) ? { property: 'good', message: `${state} is bad` } : null,
    goals:
      given.goal === undefined
        ? []
        : [{ name: 'goal', describe: 'the goal is met', isMet: (state) => given.goal!.includes(state) }],
  };
}

const actionsOf = (result: ReturnType<typeof explore<number, string>>): readonly string[] | undefined =>
  result.counterexample?.path.map(({ action }) => action);

describe('explore', () => {
  test('visits every reachable state once and counts every transition', () => {
    const result = explore(graph({ 0: [1, 2], 1: [3], 2: [3], 3: [1], 4: [0] }));
    expect(result).toEqual({ verdict: 'pass', states: 4, transitions: 5, depth: 2, counterexample: null });
  });

  test('gives the shortest path to a bad state, although a longer one is listed first', () => {
    const result = explore(graph({ 0: [1, 5], 1: [2], 2: [9], 5: [9] }, { bad: [9] }));
    expect(result.verdict).toBe('violation');
    expect(actionsOf(result)).toEqual(['0-5', '5-9']);
    expect(result.counterexample).toMatchObject({ property: 'good', message: '9 is bad' });
  });

  test('finds a beginning that is bad, with an empty path', () => {
    expect(actionsOf(explore(graph({}, { bad: [0] })))).toEqual([]);
  });

  test('reports a step that is wrong, even where its state is known', () => {
    const model = graph({ 0: [1], 1: [2] });
    const result = explore<number, string>({
      ...model,
      successors: (from, visit) =>
        model.successors(from, (step) =>
          visit({ ...step, next: 0, wrong: from === 0 ? null : { property: 'p', message: 'm' } }),
        ),
    });
    expect(result.verdict).toBe('pass');
    const other = explore<number, string>({
      ...model,
      successors: (from, visit) =>
        model.successors(from, (step) =>
          visit({ ...step, wrong: from === 1 ? { property: 'p', message: 'm' } : null }),
        ),
    });
    expect(actionsOf(other)).toEqual(['0-1', '1-2']);
  });

  test('says incomplete, never pass, when the budget of states is spent', () => {
    const endless: Model<number, string> = {
      ...graph({}),
      successors: (from, visit) => visit({ action: '+', next: from + 1, wrong: null, isOwed: true }),
    };
    expect(explore(endless, { budget: 50 })).toMatchObject({ verdict: 'incomplete', states: 50 });
  });

  test('says pass when the budget is exactly enough', () => {
    expect(explore(graph({ 0: [1], 1: [2] }), { budget: 3 }).verdict).toBe('pass');
  });
});

describe('a goal', () => {
  test('is kept when it can be reached from everywhere, although some path goes round for ever', () => {
    expect(explore(graph({ 0: [1], 1: [0, 2], 2: [2] }, { goal: [2] })).verdict).toBe('pass');
  });

  test('is lost at the nearest state from which no path leads to it', () => {
    const result = explore(graph({ 0: [1, 3], 1: [2], 3: [4], 4: [3] }, { goal: [2] }));
    expect(result.counterexample).toMatchObject({
      property: 'goal',
      message: 'from here on it cannot come about that the goal is met',
    });
    expect(actionsOf(result)).toEqual(['0-3']);
  });

  test('may not rely on steps that nobody owes', () => {
    expect(explore(graph({ 0: [1], 1: [-2] }, { goal: [2] })).verdict).toBe('violation');
    expect(explore(graph({ 0: [1], 1: [-2, 2] }, { goal: [2] })).verdict).toBe('pass');
  });

  test('is lost at a dead end', () => {
    expect(actionsOf(explore(graph({ 0: [1, 2], 1: [] }, { goal: [2] })))).toEqual(['0-1']);
  });
});

test('a list of integers grows as it must and refuses what it does not hold', () => {
  const list = new GrowingInts();
  for (let item = 0; item < 5000; item += 1) list.push(item);
  expect([list.length, list.at(0), list.at(4999)]).toEqual([5000, 0, 4999]);
  expect(() => list.at(5000)).toThrow('no item 5000 of 5000');
});

describe('rows of integers', () => {
  const intern = (rows: IntRows, ...items: readonly number[]): number => {
    rows.row.set(items);
    return rows.intern();
  };

  test('are numbered as they come in, and equal ones are the same', () => {
    const rows = new IntRows(3);
    const numbers = new Map<string, number>();
    // Six thousand rows, so that many meet at one place of a table; none may be taken for another.
    for (let round = 0; round < 2; round += 1) {
      for (let a = -20; a < 20; a += 1) {
        for (let b = 0; b < 40; b += 1) {
          for (const c of [0, 1, 0x7fff_ffff, -0x8000_0000]) {
            const index = intern(rows, a, b, c);
            const key = `${a} ${b} ${c}`;
            expect(index).toBe(numbers.get(key) ?? numbers.size);
            numbers.set(key, index);
          }
        }
      }
    }
    expect(rows.size).toBe(40 * 40 * 4);
    expect([rows.at(1, 0), rows.at(1, 1), rows.at(1, 2)]).toEqual([-20, 0, 1]);
  });

  test('that are not there are not found, and not added by looking', () => {
    const rows = new IntRows(2);
    rows.row.set([1, 2]);
    expect([rows.find(), rows.size]).toEqual([-1, 0]);
    expect([rows.intern(), rows.find(), rows.size]).toEqual([0, 0, 1]);
    rows.row.set([2, 1]);
    expect(rows.find()).toBe(-1);
    expect(() => rows.at(1, 0)).toThrow('no row 1 of 1');
  });

  test('make a table of pairs', () => {
    const table = new PairTable<string>();
    table.set(1, 2, 'a');
    table.set(2, 1, 'b');
    table.set(1, 2, 'c');
    expect([table.get(1, 2), table.get(2, 1), table.get(1, 1)]).toEqual(['c', 'b', undefined]);
  });
});
