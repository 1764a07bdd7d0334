/**
 * A set of rows of integers that numbers its rows: the n-th row that came in is row n, and an equal row is the same one.
 *
 * States, steps and surroundings are all told apart by a few small integers. Kept here, such a row costs its own 4 bytes an
 * integer and about 8 for finding it, and to look one up costs a handful of comparisons, where a text as the key of a `Map`
 * costs a hundred bytes and has to be built first. Rows are compared integer by integer: a hash only says where to look.
 */
export class IntRows {
  /** Where a row is written before it is looked up. */
  readonly row: Int32Array;
  readonly #width: number;
  #rows: Int32Array;
  /** By hash: one more than the number of a row, 0 for a free place. Its length is a power of two. */
  #places = new Int32Array(64);
  #size = 0;

  constructor(width: number) {
    this.#width = width;
    this.row = new Int32Array(width);
    this.#rows = new Int32Array(16 * width);
  }

  /** How many rows there are. */
  get size(): number {
    return this.#size;
  }

  /** What the rows and the way to them take. */
  get bytes(): number {
    return this.#rows.byteLength + this.#places.byteLength;
  }

  /** The number of the row that is written in {@link row}; -1 when it is not there. */
  find(): number {
    return this.#places[this.#placeOf(this.row, 0)]! - 1;
  }

  /** The number of the row that is written in {@link row}, which is added when it is new. */
  intern(): number {
    const place = this.#placeOf(this.row, 0);
    const known = this.#places[place]! - 1;
    if (known >= 0) return known;
    const index = this.#size++;
    if (index * this.#width === this.#rows.length) this.#rows = grown(this.#rows);
    this.#rows.set(this.row, index * this.#width);
    this.#places[place] = this.#size;
    if (this.#size * 3 > this.#places.length * 2) this.#spread();
    return index;
  }

  /** One integer of a row. */
  at(index: number, column: number): number {
    const item =
      index < this.#size && column < this.#width ? this.#rows[index * this.#width + column] : undefined;
    if (item === undefined) throw new RangeError(`no row ${index} of ${this.#size}, or no column ${column}`);
    return item;
  }

  /** The place of the row that begins at `start` of `row`: where it stands, or the free place where it would. */
  #placeOf(row: Int32Array, start: number): number {
    const width = this.#width;
    const rows = this.#rows;
    const places = this.#places;
    let hash = 0;
    for (let column = 0; column < width; column += 1) {
      hash = Math.imul(hash ^ row[start + column]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    for (let place = hash & (places.length - 1); ; place = (place + 1) & (places.length - 1)) {
      const index = places[place]! - 1;
      if (index < 0) return place;
      let column = 0;
      while (column < width && rows[index * width + column] === row[start + column]) column += 1;
      if (column === width) return place;
    }
  }

  #spread(): void {
    this.#places = new Int32Array(this.#places.length * 2);
    for (let index = 0; index < this.#size; index += 1) {
      this.#places[this.#placeOf(this.#rows, index * this.#width)] = index + 1;
    }
  }
}

/** What is known of pairs of small integers. */
export class PairTable<Value> {
  readonly #pairs = new IntRows(2);
  readonly #values: Value[] = [];

  get(a: number, b: number): Value | undefined {
    this.#write(a, b);
    const index = this.#pairs.find();
    return index < 0 ? undefined : this.#values[index];
  }

  set(a: number, b: number, value: Value): void {
    this.#write(a, b);
    this.#values[this.#pairs.intern()] = value;
  }

  #write(a: number, b: number): void {
    this.#pairs.row[0] = a;
    this.#pairs.row[1] = b;
  }
}

function grown(items: Int32Array): Int32Array {
  const twice = new Int32Array(items.length * 2);
  twice.set(items);
  return twice;
}
