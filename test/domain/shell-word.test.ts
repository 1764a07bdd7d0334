import { execFileSync } from 'node:child_process';
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';

import { shellWord } from '../../src/domain/shell-word.ts';

// No argument of a process can hold a NUL, nor half a character.
const texts = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
const hard = fc.string({
  unit: fc.constantFrom("'", '"', '\\', '$', '`', ' ', '\n', '!', '*', '~', '-', 'a'),
});

test.prop([fc.array(fc.oneof(texts, hard), { minLength: 1 })], { numRuns: 30 })(
  'a shell reads from each word the text that it was written from',
  (all) => {
    const script = `printf '%s\\0' ${all.map(shellWord).join(' ')}`;
    expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0')).toEqual([...all, '']);
  },
);
