/**
 * Virtual time: timers in a heap, ordered by their time and then by when they were set. Nothing passes but by `next`.
 *
 * A timer may have an owner. When the owner dies, its timers die with it, and those of everybody else stay.
 */
interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
  readonly owner: object | null;
  isCleared: boolean;
}

/** A clock that a simulation moves. */
export class HeapClock {
  #nowMs = 0;
  #set = 0;
  #heap: Timer[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number, owner: object | null = null): unknown {
    const atMs = this.#nowMs + Math.max(delayMs, 0);
    const timer: Timer = { atMs, order: (this.#set += 1), callback, owner, isCleared: false };
    let slot = this.#heap.push(timer) - 1;
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (!isBefore(timer, this.#heap[parent]!)) break;
      this.#heap[slot] = this.#heap[parent]!;
      slot = parent;
    }
    this.#heap[slot] = timer;
    return timer;
  }

  /** Clears a timer that {@link setTimeout} gave; anything else is left alone. */
  clearTimeout(timer: unknown): void {
    if (timer !== undefined && timer !== null) (timer as Timer).isCleared = true;
  }

  /** Clears every timer of an owner. */
  clearAllOf(owner: object): void {
    for (const timer of this.#heap) if (timer.owner === owner) timer.isCleared = true;
  }

  /** Lets time pass until the next timer and fires it; false when there is none. */
  next(): boolean {
    for (let timer = this.#pop(); timer !== undefined; timer = this.#pop()) {
      if (timer.isCleared) continue;
      this.#nowMs = timer.atMs;
      timer.callback();
      return true;
    }
    return false;
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    const [top] = heap;
    const last = heap.pop();
    if (last === undefined || last === top) return top;
    let slot = 0;
    for (;;) {
      let child = 2 * slot + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[slot] = heap[child]!;
      slot = child;
    }
    heap[slot] = last;
    return top;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
