/**
 * A persistent vector of plain arrays, so that a context of 10 000 tickets costs the same to change as one of 10.
 *
 * Copying a flat array (or spreading a record) on every event is linear in the backlog; a two-level vector copies one
 * chunk and one spine. It stays plain data on purpose: it can be fingerprinted, cloned, inspected and written as JSON,
 * which a collection library's objects cannot.
 */
const CHUNK_SIZE = 64;

/** An immutable sequence; make it with {@link chunkedFrom}, change it with {@link chunkedSet}. */
export type Chunked<Item> = readonly (readonly Item[])[];

/** Builds a vector holding the items in order. */
export function chunkedFrom<Item>(items: readonly Item[]): Chunked<Item> {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += CHUNK_SIZE)
    chunks.push(items.slice(start, start + CHUNK_SIZE));
  return chunks;
}

/** Reads one item. An index outside the vector is a bug in the caller and throws. */
export function chunkedGet<Item>(vector: Chunked<Item>, index: number): Item {
  // Not bit operations: they would turn NaN and 2 ** 32 into a valid index and read item 0.
  const item = vector[Math.floor(index / CHUNK_SIZE)]?.[index % CHUNK_SIZE];
  if (item === undefined) throw new RangeError(`no item ${index} in a vector of ${chunkedLength(vector)}`);
  return item;
}

/** Returns a vector with one item replaced; shares every other chunk with the old one. */
export function chunkedSet<Item>(vector: Chunked<Item>, index: number, item: Item): Chunked<Item> {
  const chunkIndex = Math.floor(index / CHUNK_SIZE);
  const chunk = vector[chunkIndex];
  if (chunk?.[index % CHUNK_SIZE] === undefined) {
    throw new RangeError(`no item ${index} in a vector of ${chunkedLength(vector)}`);
  }
  const nextChunk = chunk.slice();
  nextChunk[index % CHUNK_SIZE] = item;
  const next = vector.slice();
  next[chunkIndex] = nextChunk;
  return next;
}

/** Counts the items. */
export function chunkedLength<Item>(vector: Chunked<Item>): number {
  const last = vector.at(-1);
  return last === undefined ? 0 : (vector.length - 1) * CHUNK_SIZE + last.length;
}

/** Lists the items in order. Those of one chunk are that chunk: a small vector is listed for nothing. */
export function chunkedItems<Item>(vector: Chunked<Item>): readonly Item[] {
  return vector.length === 1 ? vector[0]! : vector.flat();
}
