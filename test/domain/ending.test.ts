import { expect, test } from 'vitest';
import { ENDING_MEANINGS, ENDINGS } from '../../src/domain/ending.ts';

test('every ending has a meaning of its own, and nothing else has one', () => {
  expect(Object.keys(ENDING_MEANINGS)).toEqual([...ENDINGS]);
  expect(new Set(Object.values(ENDING_MEANINGS)).size).toBe(9);
});
