/**
 * The ticket store under any sequence of loading, closing, and what a person does to the files meanwhile. The model is the
 * text of every file: closing changes the bytes of the status in it, and nothing else in the folder.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';

import { tkTicketStore } from '../../src/effects/tk-ticket-store.ts';
import type { TicketStore } from '../../src/ports/ticket-store.ts';

interface Model {
  readonly texts: Map<string, string>;
}

interface Real {
  readonly folder: string;
  readonly store: TicketStore;
}

type Command = fc.AsyncCommand<Model, Real>;

/** A ticket as a person may have written it. */
interface Draft {
  readonly id: string;
  readonly eol: '\n' | '\r\n';
  readonly status: 'open' | 'in_progress' | 'closed';
  /** Keys that this program does not know. */
  readonly extra: readonly string[];
  readonly body: string;
}

/** By hand: a new ticket, or an old one anew. */
class Write implements Command {
  readonly draft: Draft;
  constructor(draft: Draft) {
    this.draft = draft;
  }
  check = () => true;
  async run({ texts }: Model, { folder }: Real): Promise<void> {
    const { id, eol, status, extra, body } = this.draft;
    const text = ['---', ...extra, `id: ${id}`, `status: ${status}`, '---', `# Do ${id}`, body].join(eol);
    texts.set(id, text);
    writeFileSync(join(folder, `${id}.md`), text);
  }
  toString = () => `write(${JSON.stringify(this.draft)})`;
}

class Delete implements Command {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
  check = ({ texts }: Model) => texts.has(this.id);
  async run({ texts }: Model, { folder }: Real): Promise<void> {
    texts.delete(this.id);
    rmSync(join(folder, `${this.id}.md`));
  }
  toString = () => `delete(${this.id})`;
}

/** Also of a ticket that is closed already, or gone. */
class Close implements Command {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
  check = () => true;
  async run({ texts }: Model, { folder, store }: Real): Promise<void> {
    await store.close(this.id);
    const text = texts.get(this.id);
    if (text !== undefined) texts.set(this.id, text.replace(/(?<=\nstatus: )\w+/, 'closed'));
    expectFiles(texts, folder);
  }
  toString = () => `close(${this.id})`;
}

class Load implements Command {
  check = () => true;
  async run({ texts }: Model, { folder, store }: Real): Promise<void> {
    const { tickets, invalid } = await store.load();
    expect(invalid).toEqual([]);
    expect(tickets.map(({ id, status, title }) => [id, status, title])).toEqual(
      [...texts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, text]) => [id, /\nstatus: (\w+)/.exec(text)?.[1], `Do ${id}`]),
    );
    expectFiles(texts, folder);
  }
  toString = () => 'load';
}

/** The folder holds these bytes and no file besides. */
function expectFiles(texts: ReadonlyMap<string, string>, folder: string): void {
  const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);
  expect(new Map(files)).toEqual(new Map([...texts].map(([id, text]) => [`${id}.md`, text])));
}

const ids = fc.constantFrom('a', 'b', 'c');
const drafts: fc.Arbitrary<Draft> = fc.record({
  id: ids,
  eol: fc.constantFrom('\n', '\r\n'),
  status: fc.constantFrom('open', 'in_progress', 'closed'),
  extra: fc.subarray(['x-note: "status: open"', 'deps: []', 'names: [é, ☃]  # as is', "owner: 'me'"]),
  body: fc.constantFrom('', 'status: open', 'two\nlines\r\n', '---\nid: no\n---\n'),
});
const commands = fc.commands<Model, Real, false>(
  [
    drafts.map((draft) => new Write(draft)),
    ids.map((id) => new Delete(id)),
    ids.map((id) => new Close(id)),
    fc.constant(new Load()),
  ],
  { maxCommands: 15 },
);

function play(open: (folder: string) => TicketStore): Promise<void> {
  return fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const folder = mkdtempSync(join(tmpdir(), 'ralph tickets é-'));
      try {
        await fc.asyncModelRun(
          async () => ({ model: { texts: new Map() }, real: { folder, store: open(folder) } }),
          sequence,
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 60, seed: 3 },
  );
}

test('a store closes tickets by the bytes of their status, whatever a person does meanwhile', async () => {
  await play(tkTicketStore);
});

/** A store that closes in another way. */
const closing =
  (close: (path: string, text: string) => void) =>
  (folder: string): TicketStore => ({
    ...tkTicketStore(folder),
    close: async (id) => {
      const path = join(folder, `${id}.md`);
      const name = readdirSync(folder).find((one) => one === `${id}.md`);
      close(path, name === undefined ? '---\n' : readFileSync(path, 'utf8'));
    },
  });
const closed = (text: string): string => text.replace(/(?<=\nstatus: )\w+/, 'closed');

test.each<[string, (folder: string) => TicketStore]>([
  [
    'makes all lines end alike',
    closing((path, text) => writeFileSync(path, closed(text).replaceAll('\r\n', '\n'))),
  ],
  [
    'closes whatever reads open',
    closing((path, text) => writeFileSync(path, text.replaceAll('open', 'closed'))),
  ],
  ['makes a file of a ticket that is gone', closing((path, text) => writeFileSync(path, closed(text)))],
  ['leaves a copy behind', closing((path, text) => writeFileSync(`${path}~`, text))],
])('a store that %s is found out', async (_what, broken) => {
  await expect(play(broken)).rejects.toThrow('Property failed');
});
