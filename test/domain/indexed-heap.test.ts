import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { IndexedHeap } from '../../src/domain/indexed-heap.ts';

const SIZE = 30;
const item = fc.nat(SIZE - 1);
const step = fc.oneof(
  fc.record({ do: fc.constant('put' as const), item, key: fc.nat(9) }),
  fc.record({ do: fc.constant('remove' as const), item }),
);

describe('IndexedHeap', () => {
  test.prop([fc.array(step, { maxLength: 100, size: 'max' })])(
    'has on top what a sorted list would have first, after any sequence of putting, moving and removing',
    (steps) => {
      const keys = new Float64Array(SIZE);
      const heap = new IndexedHeap(keys);
      const model = new Set<number>();
      for (const each of steps) {
        if (each.do === 'put') {
          keys[each.item] = each.key;
          heap.put(each.item);
          model.add(each.item);
        } else {
          heap.remove(each.item);
          model.delete(each.item);
        }
        const sorted = [...model].toSorted((a, b) => keys[a]! - keys[b]! || a - b);
        expect(heap.top()).toBe(sorted[0]);
        expect(heap.size).toBe(sorted.length);
      }
      const drained: number[] = [];
      for (let top = heap.top(); top !== undefined; top = heap.top()) {
        drained.push(top);
        heap.remove(top);
      }
      expect(drained).toEqual([...model].toSorted((a, b) => keys[a]! - keys[b]! || a - b));
    },
  );

  test('shares its slots with another heap whose items are not its own', () => {
    const keys = Float64Array.of(3, 2, 1, 0);
    const slots = new Int32Array(4);
    const even = new IndexedHeap(keys, slots);
    const odd = new IndexedHeap(keys, slots);
    for (const each of [0, 2]) even.put(each);
    for (const each of [1, 3]) odd.put(each);
    even.remove(2);
    expect([even.top(), odd.top(), even.size, odd.size]).toEqual([0, 3, 1, 2]);
  });
});
