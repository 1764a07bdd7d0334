import { execFileSync } from 'node:child_process';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { unsafeIdReason } from '../../src/domain/ids.ts';

describe('unsafeIdReason', () => {
  test('lets the ids pass that ticket tools make', () => {
    expect(['tic-1a2b', 'A', '0', 'ptf_12.3', 'x'.repeat(100)].map(unsafeIdReason)).toEqual(
      Array(5).fill(null),
    );
  });

  test.each([
    ['', 'it is empty'],
    ['x'.repeat(101), 'it is longer than 100 characters'],
    ['../x', 'only letters'],
    ['a/b', 'only letters'],
    ['-rf', 'only letters'],
    ['.git', 'only letters'],
    ['tic\n', 'only letters'],
    ['tic 1', 'only letters'],
    ['é', 'only letters'],
    ['a..b', 'it contains ".."'],
    ['a.', 'git allows no ref'],
    ['a.lock', 'git allows no ref'],
  ])('refuses %j and says why', (id, reason) => {
    expect(unsafeIdReason(id)).toContain(reason);
  });

  test.prop([
    fc.string({
      unit: fc.constantFrom(
        'a',
        'Z',
        '0',
        '.',
        '-',
        '_',
        '/',
        '~',
        '^',
        ':',
        '@',
        '{',
        '\\',
        ' ',
        '*',
        'é',
        '\0',
        '\n',
      ),
    }),
  ])('lets nothing pass that leaves its folder or means something to a shell or a path', (id) => {
    if (unsafeIdReason(id) === null) expect(id).toMatch(/^[a-zA-Z0-9](?:\.?[a-zA-Z0-9_-])*$/);
  });

  const safeIds = fc
    .string({ unit: fc.constantFrom('a', 'Z', '0', '.', '-', '_', 'lock'), minLength: 1, maxLength: 12 })
    .filter((id) => unsafeIdReason(id) === null);

  test.prop([safeIds], { numRuns: 30 })('lets nothing pass that git refuses in a branch name', (id) => {
    expect(() => execFileSync('git', ['check-ref-format', `refs/heads/ralph/${id}/s1`])).not.toThrow();
    expect(() => execFileSync('git', ['check-ref-format', `refs/heads/${id}`])).not.toThrow();
  });
});
