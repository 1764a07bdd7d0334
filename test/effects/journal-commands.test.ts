/**
 * The journal under any sequence of what may happen to it, on a real file whose power can be cut: what was synced stays, and
 * of what was only written any number of bytes.
 *
 * A journal is never opened again: the next run makes its own, which begins at 0.
 */
import { mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';

import type { RunFact } from '../../src/domain/run-fact.ts';
import { readJournal } from '../../src/effects/journal-reader.ts';
import { journalOn } from '../../src/effects/jsonl-journal.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { manualClock } from './manual-clock.ts';

/** What should be on record of the run that writes now. */
interface Model {
  appended: RunFact[];
  flushed: number;
}

/** The journal of the run that writes now. */
interface Writer {
  readonly journal: Journal;
  readonly path: string;
  /** How much of the file no power cut takes. */
  readonly syncedBytes: () => number;
}

/** Runs one after the other, each with its journal. */
interface Real {
  now: Writer;
  next(): Promise<Writer>;
}

type Command = fc.AsyncCommand<Model, Real>;

class Append implements Command {
  readonly facts: readonly RunFact[];
  constructor(facts: readonly RunFact[]) {
    this.facts = facts;
  }
  check = () => true;
  async run(model: Model, { now }: Real): Promise<void> {
    for (const fact of this.facts) {
      expect(now.journal.append(fact)).toEqual({ v: 1, seq: model.appended.length, at: 7, ...fact });
      model.appended.push(fact);
    }
  }
  toString = () => `append(${this.facts.length})`;
}

class Flush implements Command {
  check = () => true;
  async run(model: Model, { now }: Real): Promise<void> {
    await now.journal.flushed();
    model.flushed = model.appended.length;
  }
  toString = () => 'flush';
}

class Read implements Command {
  check = () => true;
  async run(model: Model, { now }: Real): Promise<void> {
    await expectOnRecord(model, now);
  }
  toString = () => 'read';
}

/** The power is cut, and another run begins. */
class Cut implements Command {
  /** Which part of the bytes that were not synced was on the disk all the same. */
  readonly part: number;
  constructor(part: number) {
    this.part = part;
  }
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    const { now } = real;
    const kept = now.syncedBytes();
    // The process is gone at the same moment; here it must have let go of its file first.
    await now.journal.close();
    truncateSync(now.path, kept + Math.floor(this.part * (statSync(now.path).size - kept)));
    await expectOnRecord(model, now);
    model.appended = [];
    model.flushed = 0;
    real.now = await real.next();
  }
  toString = () => `cut(${this.part})`;
}

/** Reading gives a beginning of what was appended, all that was flushed in it, and says where a line is torn. */
async function expectOnRecord(model: Model, { path }: Writer): Promise<void> {
  const size = statSync(path).size;
  const reading = await readJournal(path);
  if (reading.kind !== 'read') throw new Error(reading.reason);
  const all = model.appended.map((fact, seq) => ({ v: 1, seq, at: 7, ...fact }));
  expect(reading.entries).toEqual(all.slice(0, reading.entries.length));
  expect(reading.entries.length).toBeGreaterThanOrEqual(model.flushed);
  const wholeBytes = Buffer.byteLength(reading.entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  if (reading.torn !== null) expect(reading.torn.byteOffset).toBe(wholeBytes);
  else expect(wholeBytes).toBeGreaterThanOrEqual(size);
}

const facts: fc.Arbitrary<RunFact> = fc.oneof(
  fc.record({ type: fc.constant('session.completed' as const), session: fc.string({ unit: 'binary' }) }),
  fc.record({
    type: fc.constant('run.recovered' as const),
    notes: fc.array(fc.string({ unit: 'grapheme' })),
  }),
);
const commands = fc.commands<Model, Real, false>(
  [
    fc.array(facts, { minLength: 1, maxLength: 4 }).map((some) => new Append(some)),
    fc.constant(new Flush()),
    fc.constant(new Read()),
    fc.double({ min: 0, max: 1, noNaN: true }).map((part) => new Cut(part)),
  ],
  { maxCommands: 15 },
);

/** Plays sequences of commands; throws the first that goes wrong, as small as it can be. */
function play(make: (journal: Journal) => Journal): Promise<void> {
  return fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const folder = mkdtempSync(join(tmpdir(), 'ralph journal é-'));
      try {
        await fc.asyncModelRun(async () => begin(folder, make), sequence);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 60, seed: 3 },
  );
}

async function begin(
  folder: string,
  make: (journal: Journal) => Journal,
): Promise<{ readonly model: Model; readonly real: Real }> {
  let runs = 0;
  const next = async (): Promise<Writer> => {
    runs += 1;
    const path = join(folder, `${runs}.jsonl`);
    const file = await open(path, 'ax', 0o600);
    let synced = 0;
    const datasync = file.datasync.bind(file);
    file.datasync = async () => {
      const { size } = statSync(path);
      await datasync();
      synced = size;
    };
    return { path, journal: make(journalOn(file, path, manualClock(7))), syncedBytes: () => synced };
  };
  return { model: { appended: [], flushed: 0 }, real: { now: await next(), next } };
}

test('a journal keeps what was flushed, in order, whatever happens and whenever the power is cut', async () => {
  await play((journal) => journal);
});

test.each<[string, (journal: Journal) => Journal]>([
  ['says flushed before it is', (journal) => ({ ...journal, flushed: () => Promise.resolve() })],
  ['forgets a fact', (journal) => ({ ...journal, append: forgetful(journal.append) })],
  [
    'writes what was not said',
    (journal) => ({
      ...journal,
      flushed: () => {
        journal.append({ type: 'run.paused' });
        return journal.flushed();
      },
    }),
  ],
])('a journal that %s is found out', async (_what, broken) => {
  await expect(play(broken)).rejects.toThrow('Property failed');
});

/** Loses the third fact, and numbers it all the same. */
function forgetful(append: Journal['append']): Journal['append'] {
  let count = 0;
  return (fact) => {
    count += 1;
    return count === 3 ? { v: 1, seq: count - 1, at: 7, ...fact } : append(fact);
  };
}
