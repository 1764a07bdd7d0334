import { expect, test } from 'vitest';

import { Codes } from '../../src/verify/codes.ts';

test('gives every text one character, the same for the same', () => {
  const codes = new Codes('texts');
  const given = ['a', 'b', 'a'].map((text) => codes.of(text));
  expect(given).toEqual(['0', '1', '0']);
});

test('gives no character twice, and refuses loudly when none is left', () => {
  const codes = new Codes('texts');
  const given = new Set<string>();
  for (let index = 0; index < 65_488; index += 1) given.add(codes.of(`text ${index}`));
  expect(given.size).toBe(65_488);
  expect(() => codes.of('one more')).toThrow('there are more than 65488 texts');
  expect(codes.of('text 65487')).toHaveLength(1);
});
