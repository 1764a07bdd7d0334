import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TicketsFolderMissing, tkTicketStore } from '../../src/effects/tk-ticket-store.ts';

function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ralph tickets é-'));
  folder = join(root, '.tickets');
  mkdirSync(folder);
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(
  name: string,
  content: string | Buffer = `---\nid: ${name.replace(/\.md$/, '')}\n---\n# ${name}\n`,
) {
  writeFileSync(join(folder, name), content);
}

async function load() {
  const { tickets, invalid } = await tkTicketStore(folder).load();
  return { ids: tickets.map(({ id }) => id), invalid };
}

describe('loading', () => {
  test('gives the tickets in the order of their names and looks at Markdown files of the folder only', async () => {
    for (const name of ['b.md', 'a.md', 'B.md', 'notes.txt', '.hidden.md', 'c.md.tmp']) write(name);
    mkdirSync(join(folder, 'archive.md'));
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub', 'd.md'), '---\nid: d\n---\n');
    expect(await load()).toEqual({ ids: ['B', 'a', 'b'], invalid: [] });
  });

  test('reads more tickets than one slice holds', async () => {
    const names = Array.from({ length: 700 }, (_, index) => `t-${String(index).padStart(3, '0')}`);
    for (const name of names) write(`${name}.md`);
    expect(await load()).toEqual({ ids: names, invalid: [] });
  });

  test('reports every file it cannot use and goes on with the rest', async () => {
    write('good.md');
    write('README.md', '# About tickets\n');
    write('yaml.md', '---\nid: yaml\ndeps: [a\n---\n');
    write('other.md', '---\nid: ../x\n---\n');
    write('large.md', `---\nid: large\n---\n${'x'.repeat(1024 * 1024)}`);
    execFileSync('mkfifo', [join(folder, 'pipe.md')]);
    symlinkSync('nowhere.md', join(folder, 'broken.md'));
    writeFileSync(join(root, 'secret.md'), '---\nid: secret\n---\n');
    symlinkSync('../secret.md', join(folder, 'secret.md'));

    const { ids, invalid } = await load();

    expect(ids).toEqual(['good']);
    expect(invalid).toEqual([
      { id: 'README', file: 'README.md', reason: 'no front matter: the first line must be "---"' },
      { id: 'broken', file: 'broken.md', reason: matching(/^it cannot be read: ENOENT/) },
      { id: 'large', file: 'large.md', reason: 'it is larger than 1 MiB' },
      { id: '../x', file: 'other.md', reason: matching(/^the id "\.\.\/x" cannot be used: /) },
      { id: 'pipe', file: 'pipe.md', reason: 'it is not a regular file' },
      {
        id: 'secret',
        file: 'secret.md',
        reason: 'it is a symbolic link that leads outside the tickets folder',
      },
      {
        id: 'yaml',
        file: 'yaml.md',
        reason: matching(/^the front matter is not valid YAML, line \d: /),
      },
    ]);
  });

  test('uses neither of two files that have the same id', async () => {
    write('a.md');
    write('b.md', '---\nid: a\n---\n');
    write('c.md');
    expect(await load()).toEqual({
      ids: ['c'],
      invalid: [
        { id: 'a', file: 'a.md', reason: 'duplicate id: a.md and b.md have the same one' },
        {
          id: 'a',
          file: 'b.md',
          reason:
            'the id is "a" and a ticket is found by its file name: rename the file to a.md; duplicate id: a.md and b.md have the same one',
        },
      ],
    });
  });

  test('follows links that stay inside the folder, and a folder that is itself a link', async () => {
    mkdirSync(join(folder, 'store'));
    writeFileSync(join(folder, 'store', 'kept.md'), '---\nid: a\n---\n');
    symlinkSync('store/kept.md', join(folder, 'a.md'));
    const link = join(root, 'link');
    symlinkSync(folder, link);
    const { tickets, invalid } = await tkTicketStore(link).load();
    expect([tickets.map(({ id }) => id), invalid]).toEqual([['a'], []]);
  });

  test('says what to do when there is no tickets folder', async () => {
    const store = tkTicketStore(join(root, 'elsewhere'));
    await expect(store.load()).rejects.toThrow(TicketsFolderMissing);
    await expect(store.load()).rejects.toThrow(
      /there is no tickets folder at .*elsewhere: run this in the root/,
    );
  });

  test('throws when the folder is no folder', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(tkTicketStore(join(root, 'file')).load()).rejects.toThrow(
      /the tickets folder .* cannot be read: ENOTDIR/,
    );
  });
});

describe('closing', () => {
  const close = (ticket: string) => tkTicketStore(folder).close(ticket);

  test('changes the status and no other byte, keeps the mode and leaves nothing beside the file', async () => {
    const body = Buffer.from([0x0a, 0xff, 0xfe, 0x00, 0x80]);
    write('a.md', Buffer.concat([Buffer.from('---\r\nid: a\r\nstatus: "open" # x\r\n---\r\n'), body]));
    chmodSync(join(folder, 'a.md'), 0o666);

    await close('a');

    expect(readFileSync(join(folder, 'a.md'))).toEqual(
      Buffer.concat([Buffer.from('---\r\nid: a\r\nstatus: closed # x\r\n---\r\n'), body]),
    );
    expect(statSync(join(folder, 'a.md')).mode & 0o777).toBe(0o666);
    expect(readdirSync(folder)).toEqual(['a.md']);
  });

  test('replaces the file instead of writing into it, so that a reader never sees half of it', async () => {
    write('a.md');
    linkSync(join(folder, 'a.md'), join(root, 'before'));
    await close('a');
    expect(readFileSync(join(root, 'before'), 'utf8')).toBe('---\nid: a\n---\n# a.md\n');
    expect(readFileSync(join(folder, 'a.md'), 'utf8')).toBe('---\nid: a\nstatus: closed\n---\n# a.md\n');
  });

  test('does nothing to a ticket that is closed, or gone', async () => {
    write('a.md', '---\nid: a\nstatus: closed\n---\n');
    const before = statSync(join(folder, 'a.md'));
    await close('a');
    await close('b');
    expect(statSync(join(folder, 'a.md'))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
    rmSync(folder, { recursive: true });
    await close('a');
    expect(readdirSync(root)).toEqual([]);
  });

  test('keeps a link a link and closes the file that it leads to', async () => {
    mkdirSync(join(folder, 'store'));
    writeFileSync(join(folder, 'store', 'kept.md'), '---\nid: a\n---\n');
    symlinkSync('store/kept.md', join(folder, 'a.md'));
    await close('a');
    expect(lstatSync(join(folder, 'a.md')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'store', 'kept.md'), 'utf8')).toBe('---\nid: a\nstatus: closed\n---\n');
  });

  test('says which ticket cannot be closed and why, and leaves its file as it was', async () => {
    write('a.md', 'an agent was here');
    writeFileSync(join(root, 'secret.md'), '---\nid: secret\n---\n');
    symlinkSync('../secret.md', join(folder, 'secret.md'));
    await expect(close('a')).rejects.toThrow(
      `ticket a cannot be closed in ${join(folder, 'a.md')}: no front matter: the first line must be "---"`,
    );
    await expect(close('secret')).rejects.toThrow(/leads outside the tickets folder/);
    await expect(close('../secret')).rejects.toThrow(/whose id is unsafe/);
    expect(readFileSync(join(folder, 'a.md'), 'utf8')).toBe('an agent was here');
    expect(readFileSync(join(root, 'secret.md'), 'utf8')).toBe('---\nid: secret\n---\n');
  });
});
