import { expect, test } from 'vitest';
import { matcherOf, whyNoGlob } from '../../src/config/globs.ts';

test.each([
  ['src/api/**', 'src/api/deep/x.ts', true],
  ['src/api/**', 'src/apis/x.ts', false],
  ['src/*', 'src/x.ts', true],
  ['src/*', 'src/deep/x.ts', false],
  ['*.md', 'README.md', true],
  ['*.md', 'docs/README.md', false],
  ['**/*.md', 'README.md', true],
  ['**/*.md', 'docs/a b/größer.md', true],
  ['.github/**', '.github/workflows/ci.yml', true],
  ['src/**', 'src/.hidden/.env', true],
  ['{api,web}/**', 'web/x', true],
  ['src/api/**', 'SRC/api/x', false],
])('%s and %s: %s', (glob, path, isMatched) => {
  expect(whyNoGlob(glob)).toBeNull();
  expect(matcherOf([glob])(path)).toBe(isMatched);
});

test('one of several globs is enough, and none matches nothing', () => {
  expect(matcherOf(['docs/**', '*.md'])('README.md')).toBe(true);
  expect(matcherOf([])('README.md')).toBe(false);
});

test.each([
  ['', 'a glob that is not empty'],
  ['!src/**', 'a glob that says what belongs to the component, without "!"'],
  ['/src/**', 'a glob from the root of the repository, without "/", "./" or "../" in front'],
  ['./src/**', 'a glob from the root of the repository, without "/", "./" or "../" in front'],
  ['../src/**', 'a glob from the root of the repository, without "/", "./" or "../" in front'],
  ['src/', 'a glob for files: "src/**" is all that is in the folder'],
  ['src/[ab', 'a glob: Missing closing: "]" - use "\\\\]" to match literal characters'],
])('what cannot match is refused: %j', (glob, reason) => {
  expect(whyNoGlob(glob)).toBe(reason);
});
