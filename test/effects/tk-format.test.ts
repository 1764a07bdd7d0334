import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { closeBytes, closeText, parseTicket } from '../../src/effects/tk-format.ts';

function file(frontMatter: string, body = '# Title\n'): string {
  return `---\n${frontMatter}---\n${body}`;
}

function ticketOf(text: string, name = 'a.md') {
  const parsed = parseTicket(name, text);
  if (!parsed.ok) throw new Error(parsed.invalid.reason);
  return parsed.ticket;
}

function reasonOf(text: string, name = 'a.md'): string {
  const parsed = parseTicket(name, text);
  if (parsed.ok) throw new Error('the ticket is valid');
  return parsed.invalid.reason;
}

describe('reading a ticket', () => {
  test('takes every field from a file that tk has written', () => {
    expect(
      ticketOf(
        '---\nid: pt-1\nstatus: in_progress\ndeps: [pt-2, pt-3, pt-2]\nlinks: []\ncreated: 2026-02-07T12:36:41Z\ntype: task\npriority: 0\n' +
          'tags: [component:cli, demo]\n---\n# Make it work\n\nFirst line.\n\n## Notes\n\nLast line.\n\n',
        'pt-1.md',
      ),
    ).toEqual({
      id: 'pt-1',
      title: 'Make it work',
      body: 'First line.\n\n## Notes\n\nLast line.',
      status: 'in_progress',
      deps: ['pt-2', 'pt-3'],
      priority: 0,
      tags: ['component:cli', 'demo'],
      createdMs: Date.UTC(2026, 1, 7, 12, 36, 41),
    });
  });

  test('gives what is absent or empty its default', () => {
    const ticket = {
      id: 'a',
      title: 'a',
      body: '',
      status: 'open',
      deps: [],
      priority: 2,
      tags: [],
      createdMs: null,
    };
    expect(ticketOf(file('id: a\n', ''))).toEqual(ticket);
    expect(ticketOf(file('id: a\nstatus:\ndeps: \ntags: ~\npriority: null\ncreated:\n', '\n \n'))).toEqual(
      ticket,
    );
  });

  test('reads one dependency or tag written without a list', () => {
    const ticket = ticketOf(file('id: a\ndeps: 0123\ntags: component:x\n'));
    expect([ticket.deps, ticket.tags]).toEqual([['0123'], ['component:x']]);
  });

  test('reads CRLF, a byte order mark and quotes', () => {
    const ticket = ticketOf(
      '\uFEFF---\r\nid: "a"\r\ndeps:\r\n  - \'b\'\r\n---\r\n\r\n# Title here\r\nline 1\r\nline 2\r\n',
    );
    expect([ticket.title, ticket.deps, ticket.body]).toEqual(['Title here', ['b'], 'line 1\r\nline 2']);
  });

  test('keeps text before the title in the body and takes control characters out of the title', () => {
    const ticket = ticketOf(
      file('id: a\n', 'before\n\n#  Red \u001b[31mtitle\u0000\nafter\n# Not a title\n'),
    );
    expect([ticket.title, ticket.body]).toEqual(['Red  [31mtitle', 'before\n\nafter\n# Not a title']);
  });

  test.each([
    ['2026-02-07T12:36:41Z', Date.UTC(2026, 1, 7, 12, 36, 41)],
    ['2026-02-07T12:36:41.5+01:00', Date.UTC(2026, 1, 7, 11, 36, 41, 500)],
    ['2026-02-07 12:36', Date.UTC(2026, 1, 7, 12, 36)],
    ['"2026-02-07"', Date.UTC(2026, 1, 7)],
    ['2026-13-07', null],
    ['yesterday', null],
    ['[]', null],
  ])('reads the time of creation %s in any time zone of the reader', (created, ms) => {
    expect(ticketOf(file(`id: a\ncreated: ${created}\n`)).createdMs).toBe(ms);
  });

  test.each([
    ['no id', 'status: open\n', 'the id is missing'],
    ['an id that is a list', 'id: [a]\n', 'the id is not a text'],
    [
      'an id that leaves the folder',
      'id: ../x\n',
      'the id "../x" cannot be used: only letters, digits, ".", "_" and "-" are allowed, and the first must be a letter or a digit',
    ],
    [
      "another file's id",
      'id: b\n',
      'the id is "b" and a ticket is found by its file name: rename the file to b.md',
    ],
    ['an unknown status', 'id: a\nstatus: done\n', 'the status "done" is none of open, in_progress, closed'],
    ['a priority out of range', 'id: a\npriority: 5\n', 'the priority "5" is not a whole number from 0 to 4'],
    [
      'a priority in words',
      'id: a\npriority: {high: 1}\n',
      'the priority {high: 1} is not a whole number from 0 to 4',
    ],
    [
      'a tag with a blank after its colon',
      'id: a\ntags: [component: api]\n',
      'tags has an item that is not a text: component: api (in quotes it would be: "component: api")',
    ],
    [
      'several faults at once',
      'status: done\npriority: -1\n',
      'the id is missing; the status "done" is none of open, in_progress, closed; the priority "-1" is not a whole number from 0 to 4',
    ],
  ])('refuses %s', (_name, frontMatter, reason) => {
    expect(reasonOf(file(frontMatter))).toBe(reason);
  });

  test('names an unusable ticket by its id where there is one, else by its file', () => {
    expect(parseTicket('a.md', file('id: b\n'))).toMatchObject({ invalid: { id: 'b', file: 'a.md' } });
    expect(parseTicket('a.md', 'no ticket')).toMatchObject({ invalid: { id: 'a', file: 'a.md' } });
    expect(parseTicket('a.md', file('a: [\n'))).toMatchObject({ invalid: { id: 'a', file: 'a.md' } });
  });

  test.prop([
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }).map((yaml) => file(`${yaml}\n`)),
    ),
  ])('never throws, whatever the file holds', (text) => {
    expect(typeof parseTicket('a.md', text).ok).toBe('boolean');
    expect(typeof closeText(text).changed).toBe('boolean');
  });
});

describe('closing a ticket', () => {
  test.each([
    ['a plain status', 'id: a\nstatus: open\nx: 1\n', 'id: a\nstatus: closed\nx: 1\n'],
    [
      'a quoted one, with a comment',
      'status: "in_progress"  # now\nid: a\n',
      'status: closed  # now\nid: a\n',
    ],
    ['an empty one', 'id: a\nstatus:\n', 'id: a\nstatus: closed\n'],
    ['an empty one with a comment', 'id: a\nstatus: # none\n', 'id: a\nstatus: closed # none\n'],
    ['an empty one with an anchor', 'id: a\nstatus: &s\n', 'id: a\nstatus: &s closed\n'],
    ['one with a tag', 'id: a\nstatus: !!str open\n', 'id: a\nstatus: !!str closed\n'],
    ['one on the next line', 'status:\n  open\nid: a\n', 'status:\n  closed\nid: a\n'],
    ['a block scalar', 'status: |-\n  open\nid: a\n', 'status: closed\nid: a\n'],
    ['an alias', 'x: &o open\nstatus: *o\nid: a\n', 'x: &o open\nstatus: closed\nid: a\n'],
    ['an explicit key', '? status\n: open\n? id\n: a\n', '? status\n: closed\n? id\n: a\n'],
    ['a flow map', '{"id":"a","status":"open"}\n', '{"id":"a","status":closed}\n'],
    ['an indented map', '  id: a\n  status: open\n', '  id: a\n  status: closed\n'],
    ['no status', 'x: 1\nid: a # me\ny: 2\n', 'x: 1\nid: a # me\nstatus: closed\ny: 2\n'],
    ['no status and CRLF', 'id: a\r\ny: 2\r\n', 'id: a\r\nstatus: closed\r\ny: 2\r\n'],
    ['no status in an indented map', '  id: a\n  y: 2\n', '  id: a\n  status: closed\n  y: 2\n'],
    ['no status after a block scalar', 'id: |-\n  a\ny: 2\n', 'id: |-\n  a\nstatus: closed\ny: 2\n'],
    ['no status in a flow map', '{ id: a }\n', '{ id: a, status: closed }\n'],
    [
      'a status that only looks like one',
      'x: |\n  status: open\nid: a\n',
      'x: |\n  status: open\nid: a\nstatus: closed\n',
    ],
  ])('replaces the value and nothing else: %s', (_name, before, after) => {
    expect(closeText(file(before, 'status: open\n'))).toEqual({
      text: file(after, 'status: open\n'),
      changed: true,
    });
    expect(ticketOf(file(after)).status).toBe('closed');
  });

  test.each([
    ['closed', file('id: a\nstatus: closed\n')],
    ['closed in quotes', file('id: a\nstatus: "closed"\n')],
    ['without front matter', '# status: open\n'],
    ['broken', file('id: [\n')],
    ['without id and status', file('x: 1\n')],
    ['one whose status is a list', file('id: a\nstatus: [open]\n')],
  ])('leaves a file alone that is %s', (_name, text) => {
    expect(closeText(text)).toEqual({ text, changed: false });
  });

  test('says why bytes cannot be closed', () => {
    expect(closeBytes(Buffer.from('hello'))).toEqual({
      ok: false,
      reason: 'no front matter: the first line must be "---"',
    });
    expect(closeBytes(Buffer.from(file('id: a\nstatus: [open]\n')))).toMatchObject({ ok: false });
    expect(closeBytes(Buffer.from(file('x: 1\n')))).toEqual({
      ok: false,
      reason: 'there is neither a status nor an id to write one after',
    });
  });

  const comment = fc.constantFrom('', ' # note', '  # "x": y');
  const otherLine = fc
    .tuple(
      fc.constantFrom('type', 'assignee', 'x-y', '"quoted key"'),
      fc.constantFrom(
        'task',
        '"a # b"',
        "'it''s'",
        '[a, "b"]',
        '{k: status}',
        '',
        '2026-02-07T12:36:41Z',
        'naïve ☃',
      ),
      comment,
    )
    .map(([key, value, note]) => ({ key, line: `${key}: ${value}${note}` }));
  const document = fc.record({
    bom: fc.constantFrom('', '\uFEFF'),
    lineBreak: fc.constantFrom('\n', '\r\n'),
    id: fc.constantFrom('id: a', 'id: "a"', "id: 'a' # me"),
    status: fc.option(
      fc.tuple(fc.constantFrom('open', '"open"', "'in_progress'", 'in_progress', '~'), comment),
      { nil: null },
    ),
    others: fc.uniqueArray(otherLine, { maxLength: 4, selector: ({ key }) => key }),
    statusAt: fc.nat(),
    body: fc.uint8Array({ maxLength: 40 }),
  });

  test.prop([document])('keeps every byte but those of the status, also bytes that are no UTF-8', (parts) => {
    const { bom, lineBreak, id, status, others, statusAt, body } = parts;
    const lines = [id, ...others.map(({ line }) => line)];
    const position = status === null ? 1 : statusAt % (lines.length + 1);
    const build = (statusLine: string | null) => {
      const all = statusLine === null ? lines : lines.toSpliced(position, 0, statusLine);
      const head = `${bom}---${lineBreak}${all.map((line) => line + lineBreak).join('')}---${lineBreak}`;
      return Buffer.concat([Buffer.from(head), body]);
    };
    const before = build(status === null ? null : `status: ${status.join('')}`);
    const after = build(`status: closed${status?.[1] ?? ''}`);

    expect(closeBytes(before)).toEqual({ ok: true, value: { bytes: after, changed: true } });
    expect(closeBytes(after)).toEqual({ ok: true, value: { bytes: after, changed: false } });
    expect(closeText(before.toString('latin1'))).toEqual({ text: after.toString('latin1'), changed: true });
    expect(ticketOf(after.toString('utf8')).status).toBe('closed');
  });

  test.prop(
    [
      fc.string({
        unit: fc.constantFrom(
          'id',
          'status',
          'a',
          'open',
          ':',
          ' ',
          '\n',
          '"',
          '#',
          '&',
          '*',
          '|',
          '-',
          '{',
          '}',
          '[',
          ',',
          '?',
          '!',
        ),
        maxLength: 30,
      }),
    ],
    {
      numRuns: 2000,
    },
  )('either leaves a text as it is or makes it read closed', (yaml) => {
    const text = file(`${yaml}\n`);
    const closed = closeText(text);
    if (!closed.changed) expect(closed.text).toBe(text);
    else {
      expect(closeText(closed.text)).toEqual({ text: closed.text, changed: false });
      expect(parseTicket('a.md', closed.text)).not.toMatchObject({ ticket: { status: 'open' } });
    }
  });
});
