/**
 * A binary heap of small integers that can also take one out of its middle: the smallest key is on top, and of equal
 * keys the smallest item.
 *
 * Keys live outside, one per item, and slots too, so that heaps which never share an item can share both arrays: the
 * ready queue keeps thousands of lanes over one backlog.
 */
export class IndexedHeap {
  readonly #keys: Float64Array;
  /** One more than where an item stands in `#items`; 0 for an item that is in no heap. */
  readonly #slots: Int32Array;
  readonly #items: number[] = [];

  constructor(keys: Float64Array, slots: Int32Array = new Int32Array(keys.length)) {
    this.#keys = keys;
    this.#slots = slots;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The item with the smallest key, or undefined when there is none. */
  top(): number | undefined {
    return this.#items[0];
  }

  /** Adds an item, or moves it to where its changed key belongs. */
  put(item: number): void {
    if (this.#slots[item] === 0) this.#slots[item] = this.#items.push(item);
    this.#settle(this.#slots[item]! - 1);
  }

  /** Takes an item out; one that is not there is left alone. */
  remove(item: number): void {
    const slot = this.#slots[item]!;
    if (slot === 0) return;
    this.#slots[item] = 0;
    const last = this.#items.pop()!;
    if (last === item) return;
    this.#items[slot - 1] = last;
    this.#slots[last] = slot;
    this.#settle(slot - 1);
  }

  #settle(from: number): void {
    const items = this.#items;
    const slots = this.#slots;
    const item = items[from]!;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(item, items[parent]!)) break;
      items[at] = items[parent]!;
      slots[items[at]!] = at + 1;
      at = parent;
    }
    for (let child = 2 * at + 1; child < items.length; child = 2 * at + 1) {
      if (child + 1 < items.length && this.#isBefore(items[child + 1]!, items[child]!)) child += 1;
      if (!this.#isBefore(items[child]!, item)) break;
      items[at] = items[child]!;
      slots[items[at]!] = at + 1;
      at = child;
    }
    items[at] = item;
    slots[item] = at + 1;
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#keys[a]! - this.#keys[b]!;
    return difference < 0 || (difference === 0 && a < b);
  }
}
