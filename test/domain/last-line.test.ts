import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { lastLineOf } from '../../src/domain/last-line.ts';

test.each([
  ['', ''],
  ['\n \r\n\t\n', ''],
  ['one\ntwo\n\n', 'two'],
  ['one\r\ntwo\r\n', 'two'],
  ['downloading 10%\rdownloading 20%\r', 'downloading 20%'],
  ['\u001b[1;32mok\u001b[0m\n', 'ok'],
  ['\u001b]0;a window title\u0007text', 'text'],
  ['\u001b]8;;https://example.org\u001b\\a link\u001b]8;;\u001b\\', 'a link'],
  ['text\n\u001b[2K\u001b[1A\u001b[?25h', 'text'],
  ['a\tb\u0007\u202ec', 'a bc'],
])('of %j is %j', (output, line) => {
  expect(lastLineOf(output)).toBe(line);
});

test('is cut to 200 characters, never within one', () => {
  expect(lastLineOf('x'.repeat(200))).toBe('x'.repeat(200));
  expect(lastLineOf('x'.repeat(201))).toBe(`${'x'.repeat(199)}…`);
  expect(lastLineOf('😀'.repeat(200))).toBe('😀'.repeat(200));
  expect(lastLineOf('😀'.repeat(201))).toBe(`${'😀'.repeat(199)}…`);
});

test.prop([fc.string({ unit: 'binary', maxLength: 500 })])(
  'holds nothing that could move a cursor, and is the last one that says something',
  (output) => {
    const line = lastLineOf(output);
    expect(line).not.toMatch(/\p{Cc}/u);
    expect(Array.from(line).length).toBeLessThanOrEqual(200);
    expect(lastLineOf(`${output}\nthe end\n\n`)).toBe('the end');
  },
);
