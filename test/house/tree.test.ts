import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const CODE = ['src/**/*.ts', 'machines/**/*.ts', 'actors/**/*.ts'];

describe('the sources', () => {
  const files = tracked(...CODE);

  test('are found', () => {
    expect(files.length).toBeGreaterThan(40);
  });

  test('answer one question a file, in fewer than 300 lines', () => {
    const long = files
      .map((file) => [file, read(file).split('\n').length - 1] as const)
      .filter(([, lines]) => lines >= 300);
    expect(long).toEqual([]);
  });

  test('say of every exported name what it is for', () => {
    expect(
      files.flatMap((file) => undocumentedExports(read(file)).map((name) => `${file}: ${name}`)),
    ).toEqual([]);
  });

  test.each(['src/index.ts', 'machines/index.ts', 'src/verify/index.ts'])(
    'are offered by name in %s',
    (file) => {
      expect(read(file)).toMatch(/^export /m);
      expect(read(file)).not.toMatch(/^export \*/m);
    },
  );
});

describe('the search for undocumented exports', () => {
  test('finds every kind of declaration without a docstring', () => {
    const source = `
/** Says a. */
export function a(): void {}
export function b(): void {}
// no docstring
export const c = 1;
/** Says d. */

export interface d {}
export type e = string;
export async function* f() {}
export abstract class g {}
/**
 * Says h, for a string and for a number.
 */
export function h(x: string): void;
export function h(x: number): void;
export function h(x: unknown): void {}
/** Says k and l. */
export const k = 1;
export const l = 2;

export const m = 3;
export { i } from './i.ts';
`;
    expect(undocumentedExports(source)).toEqual(['b', 'c', 'd', 'e', 'f', 'g', 'm']);
  });
});

describe('the documents', () => {
  const files = tracked('**/*.md');

  test('are found', () => {
    expect(files.length).toBeGreaterThan(2);
  });

  test.each(files)('%s links only to what exists', (file) => {
    expect(brokenLinks(file, read(file))).toEqual([]);
  });
});

describe('the search for broken links', () => {
  test('finds files and headings that do not exist, and leaves code and other sites alone', () => {
    const text = [
      '# The one Heading, with `code`!',
      '[file](package.json) [none](none.md) [site](https://example.org/none) [here](#the-one-heading-with-code)',
      '[gone](#gone) [ok](./LICENSE "title") [folder](src/) [other](test/house/none.md#x) `[code](none2.md)`',
      '```',
      '[fenced](none3.md)',
      '```',
      '[by reference][ref]',
      '',
      '[ref]: ./none4.md',
    ].join('\n');
    expect(brokenLinks('README.md', text)).toEqual([
      'none.md',
      '#gone',
      'test/house/none.md#x',
      './none4.md',
    ]);
  });
});

function tracked(...patterns: string[]): string[] {
  const listing = execFileSync(
    'git',
    ['ls-files', '-z', '--', ...patterns.map((pattern) => `:(glob)${pattern}`)],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  return listing.split('\0').filter((file) => file !== '' && existsSync(join(ROOT, file)));
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/**
 * Names declared by `export` at the start of a line whose line above does not end a docstring. One docstring may speak
 * for several declarations of one line each that follow it without a gap.
 */
function undocumentedExports(source: string): string[] {
  const declaration =
    /^export (?:default |declare |abstract |async )*(?:function\*?|const|let|class|interface|type|enum) (\w+)/;
  const lines = source.split('\n');
  const documented = new Set<string>();
  const missing = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const name = declaration.exec(line)?.[1];
    if (name === undefined || documented.has(name)) continue;
    const above = lines[index - 1]?.trimEnd() ?? '';
    const neighbour = above.endsWith(';') ? declaration.exec(above)?.[1] : undefined;
    if (above.endsWith('*/') || (neighbour !== undefined && documented.has(neighbour))) documented.add(name);
    else missing.add(name);
  }
  return [...missing];
}

/** Relative targets of a Markdown file that do not exist, as they are written there. */
function brokenLinks(file: string, text: string): string[] {
  const plain = withoutFences(text).replaceAll(/`[^`\n]*`/g, '');
  const inline = [...plain.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)];
  const references = [...plain.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
  return [...inline, ...references]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target))
    .filter((target) => !exists(file, text, target));
}

function withoutFences(text: string): string {
  return text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '');
}

function exists(file: string, text: string, target: string): boolean {
  const [path = '', heading] = target.split('#');
  const full = join(ROOT, dirname(file), decodeURIComponent(path));
  if (path !== '' && !existsSync(full)) return false;
  if (heading === undefined) return true;
  return headings(path === '' ? text : readFileSync(full, 'utf8')).has(heading);
}

/** The anchors that a Markdown file offers, as GitHub makes them from its headings. */
function headings(text: string): ReadonlySet<string> {
  const titles = [...withoutFences(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map((match) => match[1] ?? '');
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
