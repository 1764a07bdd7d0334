/**
 * Which tickets of a scope nothing tells apart, so that states that only exchange them need be visited once.
 *
 * Tickets that are linked, by a dependency or by a component that both need, form a *block*. Two blocks of one shape may be
 * exchanged as a whole; inside a block its own symmetries apply. A state is written with every block in its smallest form
 * and blocks of one shape in order, so states that are the same up to an exchange are written alike, and no others.
 * Exchanging tickets exchanges their sessions and components with them.
 */
import type { Backlog } from '../domain/backlog.ts';
import { EVERYTHING } from '../domain/locks.ts';

/** Rewrites the integers of the tickets, which a row begins with, so that states which only exchange tickets become equal. */
export type TicketOrder = (row: Int32Array) => void;

/** Leaves out what only exchanges tickets of this backlog; null when nothing can be exchanged. */
export function upToSymmetry(backlog: Backlog): TicketOrder | null {
  if (countSymmetries(backlog) === 1) return null;
  const classes = classesOf(backlog);
  const written = new Int32Array(backlog.tickets.length);
  return (row) => {
    let start = 0;
    for (const { blocks, symmetries } of classes) {
      for (const [index, block] of blocks.entries()) {
        writeSmallestForm(block, symmetries, row, written, start + index * block.length);
        sink(written, start, start + index * block.length, block.length);
      }
      start += blocks.length * blocks[0]!.length;
    }
    row.set(written);
  };
}

/** Counts the exchanges that {@link upToSymmetry} sees through, the one that changes nothing included. */
export function countSymmetries(backlog: Backlog): number {
  let count = 1;
  for (const { blocks, symmetries } of classesOf(backlog)) {
    blocks.forEach((_block, index) => (count *= symmetries.length * (index + 1)));
  }
  return count;
}

/** Blocks of one shape: position k of each plays the same part. */
interface BlockClass {
  readonly blocks: (readonly number[])[];
  /** Orders of the places of a block that leave its shape as it is. */
  readonly symmetries: readonly (readonly number[])[];
}

function writeSmallestForm(
  block: readonly number[],
  symmetries: BlockClass['symmetries'],
  row: Int32Array,
  into: Int32Array,
  start: number,
): void {
  let smallest = symmetries[0]!;
  for (const symmetry of symmetries) {
    let place = 0;
    while (place < block.length && row[block[symmetry[place]!]!] === row[block[smallest[place]!]!])
      place += 1;
    if (place < block.length && row[block[symmetry[place]!]!]! < row[block[smallest[place]!]!]!) {
      smallest = symmetry;
    }
  }
  for (let place = 0; place < block.length; place += 1) {
    into[start + place] = row[block[smallest[place]!]!]!;
  }
}

/** Exchanges the form at `at` with those before it, down to `first`, until it stands behind a smaller one. */
function sink(forms: Int32Array, first: number, at: number, length: number): void {
  for (let form = at; form > first && isSmaller(forms, form, form - length, length); form -= length) {
    for (let place = form; place < form + length; place += 1) {
      const item = forms[place]!;
      forms[place] = forms[place - length]!;
      forms[place - length] = item;
    }
  }
}

function isSmaller(forms: Int32Array, a: number, b: number, length: number): boolean {
  let place = 0;
  while (place < length && forms[a + place] === forms[b + place]) place += 1;
  return place < length && forms[a + place]! < forms[b + place]!;
}

function classesOf(backlog: Backlog): readonly BlockClass[] {
  const classes: { readonly shape: string; readonly blocks: (readonly number[])[] }[] = [];
  for (const block of blocksOf(backlog)) {
    const orders = permutations(block);
    const match = classes.flatMap((known) => {
      const order = orders.find((candidate) => shapeOf(backlog, candidate) === known.shape);
      return order === undefined ? [] : [{ known, order }];
    })[0];
    if (match === undefined) classes.push({ shape: shapeOf(backlog, block), blocks: [block] });
    else match.known.blocks.push(match.order);
  }
  return classes.map(({ shape, blocks }) => {
    const [block = []] = blocks;
    const symmetries = permutations(block.map((_position, place) => place)).filter(
      (places) =>
        shapeOf(
          backlog,
          places.map((place) => block[place]!),
        ) === shape,
    );
    return { blocks, symmetries };
  });
}

/** Tickets that are linked, directly or through others. Who runs alone is linked to nobody: it meets all alike. */
function blocksOf({ tickets }: Backlog): readonly (readonly number[])[] {
  const blocks: number[][] = [];
  const placed = new Set<number>();
  tickets.forEach((_ticket, start) => {
    if (placed.has(start)) return;
    const block = [start];
    placed.add(start);
    for (const at of block) {
      tickets.forEach((other, position) => {
        if (placed.has(position)) return;
        const { deps, dependents, components } = tickets[at]!;
        const isLinked =
          deps.includes(position) ||
          dependents.includes(position) ||
          other.components.some((name) => name !== EVERYTHING && components.includes(name));
        if (!isLinked) return;
        placed.add(position);
        block.push(position);
      });
    }
    blocks.push(block.sort((a, b) => a - b));
  });
  return blocks;
}

/** What distinguishes a block from others, with its tickets in a certain order and its components without names. */
function shapeOf({ tickets }: Backlog, order: readonly number[]): string {
  const holders = new Map<string, number[]>();
  const rows = order.map((position, place) => {
    const { deps, components, standing } = tickets[position]!;
    for (const component of components) {
      holders.set(component, [...(holders.get(component) ?? []), place]);
    }
    const waitsFor = deps.map((dep) => order.indexOf(dep)).sort((a, b) => a - b);
    return [waitsFor, components.includes(EVERYTHING), standing];
  });
  return JSON.stringify([rows, [...holders.values()].map((places) => places.join()).sort()]);
}

function permutations(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
