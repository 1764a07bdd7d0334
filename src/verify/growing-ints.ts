/** A list of 32-bit integers for millions of them: 4 bytes each, where an array would take twice that or more. */
export class GrowingInts {
  #items = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: number): void {
    if (this.#length === this.#items.length) {
      const grown = new Int32Array(this.#items.length * 2);
      grown.set(this.#items);
      this.#items = grown;
    }
    this.#items[this.#length++] = item;
  }

  at(index: number): number {
    const item = this.#items[index];
    if (item === undefined || index >= this.#length)
      throw new RangeError(`no item ${index} of ${this.#length}`);
    return item;
  }
}
