import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { outputTail } from '../../src/effects/output-tail.ts';

test.prop([
  fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 40 })),
  fc.integer({ min: 1, max: 30 }),
  fc.integer({ min: 0, max: 40 }),
])('keeps exactly the last bytes, whatever the pieces they came in', (pieces, capacity, asked) => {
  const tail = outputTail(capacity);
  for (const piece of pieces) tail.push(Buffer.from(piece));
  const all = pieces.join('');
  expect(tail.text()).toBe(all.slice(Math.max(0, all.length - capacity)));
  expect(tail.text(asked)).toBe(all.slice(Math.max(0, all.length - Math.min(capacity, asked))));
});

test.prop([fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 4, max: 40 })])(
  'begins with a whole character where the cut went through one',
  (text, capacity) => {
    const tail = outputTail(capacity);
    tail.push(Buffer.from(text));
    expect(Buffer.from(text).toString().endsWith(tail.text())).toBe(true);
  },
);

test('shows what is not UTF-8 as replacement characters', () => {
  const tail = outputTail(8);
  tail.push(Buffer.from([0x61, 0xff, 0x62]));
  expect(tail.text()).toBe('a\ufffdb');
});
