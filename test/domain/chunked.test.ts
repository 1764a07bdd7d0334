import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  chunkedFrom,
  chunkedGet,
  chunkedItems,
  chunkedLength,
  chunkedSet,
} from '../../src/domain/chunked.ts';

const items = fc.array(fc.integer(), { maxLength: 200, size: 'max' });

describe('a chunked vector', () => {
  test.prop([items, fc.array(fc.tuple(fc.nat(199), fc.integer()))])(
    'holds what an array would hold after the same changes',
    (start, changes) => {
      const model = [...start];
      let vector = chunkedFrom(start);
      for (const [index, item] of changes) {
        if (index >= model.length) continue;
        model[index] = item;
        vector = chunkedSet(vector, index, item);
      }
      expect([...chunkedItems(vector)]).toEqual(model);
      expect(chunkedLength(vector)).toBe(model.length);
      expect(model.map((_item, index) => chunkedGet(vector, index))).toEqual(model);
    },
  );

  test.prop([items, fc.nat(199)])('keeps its old version as it was', (start, index) => {
    fc.pre(index < start.length);
    const old = chunkedFrom(start);
    const next = chunkedSet(old, index, 1e12);
    expect([...chunkedItems(old)]).toEqual(start);
    expect(chunkedGet(next, index)).toBe(1e12);
  });

  test('shares every chunk but the changed one', () => {
    const old = chunkedFrom(Array.from({ length: 10_000 }, (_item, index) => index));
    const next = chunkedSet(old, 5_000, -1);
    expect(old.length).toBe(157);
    expect(next.filter((chunk, index) => chunk === old[index]).length).toBe(156);
  });

  test('is plain data that survives JSON', () => {
    const vector = chunkedFrom([{ phase: 'pending' }, { phase: 'live' }]);
    expect(JSON.parse(JSON.stringify(vector))).toEqual(vector);
  });

  test.each([-1, 3, 64, 2 ** 32, NaN, 0.5, Infinity])('throws for index %d of three items', (index) => {
    const vector = chunkedFrom(['a', 'b', 'c']);
    expect(() => chunkedGet(vector, index)).toThrow(`no item ${index} in a vector of 3`);
    expect(() => chunkedSet(vector, index, 'd')).toThrow(`no item ${index} in a vector of 3`);
  });

  test('may be empty', () => {
    expect(chunkedLength(chunkedFrom([]))).toBe(0);
    expect(() => chunkedGet(chunkedFrom([]), 0)).toThrow('no item 0 in a vector of 0');
  });
});
