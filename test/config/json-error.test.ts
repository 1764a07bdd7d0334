import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { findJsonError } from '../../src/config/json-error.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('finding the place where a text is not JSON', () => {
  test.each([
    ['', 1, 1, 'expected a value, found the end of the file'],
    ['{"a": 1', 1, 8, 'expected a comma or "}", found the end of the file'],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'expected a comma or "}", found "b"'],
    ['{\r\n  "a": 1,\r\n}', 3, 1, 'a comma may not stand before "}"'],
    ['[1, 2, ]', 1, 8, 'a comma may not stand before "]"'],
    ['{ // why\n}', 1, 3, 'JSON has no comments'],
    ["{'a': 1}", 1, 2, 'a text must stand in double quotes'],
    ['{a: 1}', 1, 2, 'expected a key in double quotes or "}", found "a"'],
    ['{"a": 1, b: 1}', 1, 10, 'expected a key in double quotes, found "b"'],
    ['{"a" 1}', 1, 6, 'expected a colon, found "1"'],
    ['{"a": 0123}', 1, 7, 'expected a value, found "0123"'],
    ['{"a": }', 1, 7, 'expected a value, found "}"'],
    ['[,]', 1, 2, 'expected a value or "]", found ","'],
    ['[1}', 1, 3, 'expected a comma or "]", found "}"'],
    ['{} {}', 1, 4, 'expected the end of the file, found "{"'],
    ['{"a": True}', 1, 7, 'expected a value, found "True"'],
    ['{"a\nb": 1}', 1, 2, 'the text that begins here has no end on its line, or a bad escape'],
  ])('names line, column and reason: %j', (text, line, column, reason) => {
    expect(isJson(text)).toBe(false);
    expect(findJsonError(text)).toEqual({ line, column, reason });
  });

  test.prop(
    [
      fc.json({ stringUnit: 'binary' }),
      fc.nat(),
      fc.constantFrom('', ',', ':', '}', '"', ' ', '1', 'é', '\\', '\u007f'),
    ],
    {
      numRuns: 2000,
    },
  )('finds an error exactly where JSON.parse does not accept a text', (json, at, inserted) => {
    const position = at % (json.length + 1);
    const text = json.slice(0, position) + inserted + json.slice(position + (inserted === '' ? 1 : 0));
    expect(findJsonError(text) === null).toBe(isJson(text));
  });
});
