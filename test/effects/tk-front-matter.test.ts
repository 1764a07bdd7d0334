import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  findFrontMatter,
  readFields,
  readPlainFields,
  readYamlFields,
} from '../../src/effects/tk-front-matter.ts';

function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

function fieldsOf(yaml: string): unknown {
  const reading = readFields(yaml);
  return reading.ok ? reading.value : reading.reason;
}

describe('finding front matter', () => {
  test.each([
    ['LF', '---\nid: a\n---\nbody', [4, 10, 14]],
    ['CRLF', '---\r\nid: a\r\n---\r\nbody', [5, 12, 17]],
    ['a byte order mark', '\uFEFF---\nid: a\n---\n', [5, 11, 15]],
    ['blanks after the dashes', '--- \nid: a\n---\t\n', [5, 11, 16]],
    ['no line break at the end of the file', '---\nid: a\n---', [4, 10, 13]],
    ['nothing between the dashes', '---\n---\n', [4, 4, 8]],
  ])('is done with %s', (_name, text, [yamlStart, yamlEnd, bodyStart]) => {
    expect(findFrontMatter(text)).toEqual({ ok: true, value: { yamlStart, yamlEnd, bodyStart } });
  });

  test.each([
    ['an empty file', '', 'no front matter: the first line must be "---"'],
    ['a plain document', '# Title\n', 'no front matter: the first line must be "---"'],
    ['dashes on the second line', '\n---\nid: a\n---\n', 'no front matter: the first line must be "---"'],
    ['no second line of dashes', '---\nid: a\n----\n', 'the front matter has no end: no second "---" line'],
    [
      'a front matter beyond all reason',
      `---\n${'a'.repeat(16_385)}\n---\n`,
      'the front matter is longer than 16384 characters',
    ],
  ])('says why there is none in %s', (_name, text, reason) => {
    expect(findFrontMatter(text)).toEqual({ ok: false, reason });
  });
});

describe('reading fields', () => {
  test('keeps ids as they are written, whatever YAML takes them for', () => {
    expect(fieldsOf('id: 0123\ndeps: [1e5, 0x10, true, 12:30, "007"]\n')).toEqual({
      id: '0123',
      deps: ['1e5', '0x10', 'true', '12:30', '007'],
    });
  });

  test('reads quoted texts, block lists, comments, aliases and flow maps', () => {
    expect(
      fieldsOf(
        `# a comment\nid: 'it''s' # more\nstatus: &s "op\\u0065n"\npriority: *s\ntags:\n  - a b\n  - "c: d"\ndeps:\n- x\n`,
      ),
    ).toEqual({ id: "it's", status: 'open', priority: 'open', tags: ['a b', 'c: d'], deps: ['x'] });
    expect(fieldsOf('{ id: a, deps: [b], other: {} }\n')).toEqual({ id: 'a', deps: ['b'] });
  });

  test('reads nothing, a tilde and null as no value, and a quoted "null" as a text', () => {
    expect(fieldsOf('deps:\ntags: ~\npriority: null\nstatus: # later\nid: "null"\n')).toEqual({
      deps: null,
      tags: null,
      priority: null,
      status: null,
      id: 'null',
    });
    expect(fieldsOf('')).toEqual({});
    expect(fieldsOf('# nothing yet\n')).toEqual({});
  });

  test('hands on the source of what is not a text', () => {
    expect(fieldsOf('tags: [component: api, b]\nid: {}\ndeps: [*x]\n')).toEqual({
      tags: [{ notText: 'component: api' }, 'b'],
      id: { notText: '{}' },
      deps: [{ notText: '*x' }],
    });
  });

  test.each([
    ['an unclosed list', 'id: a\ndeps: [b\n', /^the front matter is not valid YAML, line [34]: /],
    ['a key twice', 'id: a\nid: b\n', 'the front matter is not valid YAML, line 3: Map keys must be unique'],
    ['two documents', 'id: a\n...\nid: b\n', /^the front matter is not valid YAML, line 4: /],
    ['a list', '- a\n', 'the front matter is not made of "key: value" lines'],
    ['a sentence', 'hello there\n', 'the front matter is not made of "key: value" lines'],
    [
      'brackets nested without end',
      `id: ${'['.repeat(16_000)}\n`,
      /^the front matter (cannot be parsed|is not valid YAML)/,
    ],
  ])('refuses %s with a reason', (_name, yaml, reason) => {
    expect(readFields(yaml)).toEqual({
      ok: false,
      reason: typeof reason === 'string' ? reason : matching(reason),
    });
  });

  const atoms =
    'a pt-1 0123 1e5 . .. ... ~ null Null true a:b a: :a -a #a "a" [ ] , {a} *a &a !a | > %a @a `a é ? ---';
  const atom = fc.constantFrom(...atoms.split(' '), '', 'a b', ' a', 'a ', '- a', 'a #b', "'a'", '? a');
  const value = fc.oneof(
    atom,
    fc.array(atom, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc.array(atom, { maxLength: 3 }).map((items) => items.join(' ')),
    fc.array(atom, { maxLength: 2 }).map((items) => `[${items.join(',')}]`),
  );
  const line = fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(
          fc.constantFrom('id', 'status', 'deps', 'tags', 'x', 'x-y', 'null', '<<', ' id'),
          fc.constantFrom(': ', ':', ':  '),
          value,
        )
        .map((parts) => parts.join('')),
    },
    { weight: 1, arbitrary: atom },
  );
  const yaml = fc
    .tuple(fc.array(line, { maxLength: 5 }), fc.constantFrom('\n', '\r\n'))
    .map(([lines, lineBreak]) => lines.map((text) => text + lineBreak).join(''));

  test.prop([yaml], { numRuns: 3000 })(
    'reads flat lines as the YAML parser does, or leaves them to it',
    (text) => {
      const plain = readPlainFields(text);
      if (plain !== null) expect(readYamlFields(text)).toEqual({ ok: true, value: plain });
    },
  );

  test('takes the fast path for what tk writes', () => {
    expect(
      readPlainFields(
        'id: pt-0nqq\nstatus: open\ndeps: [pt-1, pt-2]\nlinks: []\ncreated: 2026-02-07T12:36:41Z\ntype: task\npriority: 2\n' +
          'assignee: Jane Doe\nexternal-ref: gh-12\nparent: pt-9\ntags: [component:cli, a/b]\n',
      ),
    ).toEqual({
      id: 'pt-0nqq',
      status: 'open',
      deps: ['pt-1', 'pt-2'],
      created: '2026-02-07T12:36:41Z',
      priority: '2',
      tags: ['component:cli', 'a/b'],
    });
  });
});
