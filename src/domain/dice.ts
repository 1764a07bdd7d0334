/** Chance with a seed: the same seed throws the same numbers, on every machine. */
export interface Dice {
  /** A whole number from 0 up to and without `limit`. */
  below(limit: number): number;
  /** True in `percent` of a hundred throws. */
  chance(percent: number): boolean;
  /** One of a list that is not empty. */
  pick<Item>(items: readonly Item[]): Item;
}

/** Makes dice: mulberry32, which is small, fast and good enough to choose delays and faults. */
export function dice(seed: number): Dice {
  let state = seed | 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return {
    below,
    chance: (percent) => below(100) < percent,
    pick: (items) => items[below(items.length)]!,
  };
}
