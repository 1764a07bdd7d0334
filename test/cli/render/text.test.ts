import { fc, test } from '@fast-check/vitest';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';

import {
  counted,
  duration,
  fit,
  left,
  line,
  oneLine,
  right,
  widthOf,
  wrap,
} from '../../../src/cli/render/text.ts';

const anyText = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(fc.constantFrom('a', ' ', '日', '👩‍💻', 'é', '🇨🇭', '한'), { maxLength: 20 })
      .map((parts) => parts.join('')),
  );

describe('text in columns', () => {
  it('counts two columns for CJK characters and emoji, one for a letter with its accent', () => {
    expect([widthOf('abc'), widthOf('日本'), widthOf('👩‍💻'), widthOf('e\u0301'), widthOf('')]).toEqual([
      3, 4, 2, 1, 0,
    ]);
  });

  it('cuts between characters and says that it did', () => {
    expect(fit('parser', 6)).toBe('parser');
    expect(fit('parsers', 6)).toBe('parse…');
    expect(fit('日本語', 5)).toBe('日本…');
    expect(fit('日本語', 4)).toBe('日…');
    expect(fit('a👩‍💻b', 3)).toBe('a…');
    expect(fit('ab', 1)).toBe('…');
    expect(fit('ab', 0)).toBe('');
  });

  test.prop([anyText(), fc.nat({ max: 30 })])(
    'never takes more columns than it is given',
    (text, columns) => {
      expect(widthOf(fit(oneLine(text), columns))).toBeLessThanOrEqual(columns);
      expect(widthOf(left(oneLine(text), columns))).toBe(columns);
      expect(widthOf(right(oneLine(text), columns))).toBe(columns);
      expect(widthOf(line([[oneLine(text)], ['  '], [oneLine(text)]], columns))).toBeLessThanOrEqual(columns);
    },
  );

  test.prop([anyText(), anyText()])(
    'draws a line in colour over exactly what it draws without',
    (one, two) => {
      const { red, bold } = pc.createColors(true);
      const plain = line([[oneLine(one)], ['  '], [oneLine(two)]], 20);
      const coloured = line([[oneLine(one), red], ['  '], [oneLine(two), bold]], 20);
      expect(widthOf(coloured)).toBe(widthOf(plain));
      // eslint-disable-next-line no-control-regex -- colours are control characters
      expect(coloured.replaceAll(/\u001b\[\d+m/g, '').trimEnd()).toBe(plain);
    },
  );

  it('leaves out what comes after a cell that was cut', () => {
    expect(line([['ticket  '], ['a long title'], ['  took 3s']], 14)).toBe('ticket  a lon…');
  });

  it('takes control characters and marks that turn the direction out of a text from elsewhere', () => {
    expect(oneLine('  red \u001b[31malert\u0007\nnext\tline\u202Eevil ')).toBe(
      'red  [31malert next lineevil',
    );
  });

  it('wraps between words and keeps a path whole', () => {
    expect(wrap('see the log at /a/very/long/path/to/output.log please', 16)).toEqual([
      'see the log at',
      '/a/very/long/path/to/output.log',
      'please',
    ]);
    expect(wrap('', 10)).toEqual([]);
  });
});

describe('words for amounts', () => {
  it.each([
    [0, '0s'],
    [-5, '0s'],
    [59_999, '59s'],
    [60_000, '1m 00s'],
    [3_599_000, '59m 59s'],
    [3_600_000, '1h 00m'],
    [86_399_000, '23h 59m'],
    [86_400_000, '1d 00h'],
    [99 * 86_400_000, '99d 00h'],
  ])('says %i ms as %s', (spanMs, words) => {
    expect(duration(spanMs)).toBe(words);
  });

  it('counts one thing and many', () => {
    expect([counted(0, 'ticket'), counted(1, 'ticket'), counted(2, 'ticket')]).toEqual([
      '0 tickets',
      '1 ticket',
      '2 tickets',
    ]);
  });
});
