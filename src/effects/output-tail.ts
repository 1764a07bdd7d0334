/** The most recent output of a process, in memory of a fixed size. */
export interface OutputTail {
  push(bytes: Buffer): void;
  /** The last output as text, at most `bytesMax` bytes of it; what is not UTF-8 becomes a replacement character. */
  text(bytesMax?: number): string;
}

/** Makes a tail that keeps the last `capacity` bytes. */
export function outputTail(capacity: number): OutputTail {
  const ring = Buffer.allocUnsafe(capacity);
  let total = 0;

  return {
    push: (bytes) => {
      const kept = bytes.subarray(Math.max(0, bytes.length - capacity));
      total += bytes.length;
      const start = (total - kept.length) % capacity;
      const untilEnd = kept.subarray(0, capacity - start);
      ring.set(untilEnd, start);
      ring.set(kept.subarray(untilEnd.length), 0);
    },
    text: (bytesMax = capacity) => {
      const length = Math.min(total, capacity, bytesMax);
      const start = (total - length) % capacity;
      const bytes = Buffer.concat([
        ring.subarray(start, Math.min(capacity, start + length)),
        ring.subarray(0, Math.max(0, start + length - capacity)),
      ]);
      return bytes.toString('utf8', length < total ? continuationBytes(bytes) : 0);
    },
  };
}

/** Counts the bytes at the start that belong to a character whose beginning was cut off: at most three in UTF-8. */
function continuationBytes(bytes: Buffer): number {
  let count = 0;
  while (count < 3 && ((bytes[count] ?? 0) & 0xc0) === 0x80) count += 1;
  return count;
}
