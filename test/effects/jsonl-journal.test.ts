import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { RunFact } from '../../src/domain/run-fact.ts';
import { readJournal } from '../../src/effects/journal-reader.ts';
import { createJsonlJournal, journalOn, journalPath } from '../../src/effects/jsonl-journal.ts';
import { manualClock } from './manual-clock.ts';

type Step =
  | { readonly do: 'append'; readonly facts: readonly RunFact[] }
  | { readonly do: 'flush' }
  | { readonly do: 'read' }
  | { readonly do: 'create again' };

const anyFact: fc.Arbitrary<RunFact> = fc.oneof(
  fc.record({ type: fc.constant('session.completed' as const), session: fc.string({ unit: 'binary' }) }),
  fc.record({
    type: fc.constant('run.recovered' as const),
    notes: fc.array(fc.string({ unit: 'grapheme' })),
  }),
  fc.constant({ type: 'run.paused' as const }),
);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('append' as const), facts: fc.array(anyFact, { maxLength: 4 }) }),
  fc.constant({ do: 'flush' as const }),
  fc.constant({ do: 'read' as const }),
  fc.constant({ do: 'create again' as const }),
);

describe('a journal', () => {
  test.prop([fc.array(anyStep, { maxLength: 12 })], { numRuns: 40 })(
    'read back at any time is what was appended, up to a point that no flush is behind',
    async (steps) => {
      await inFolder(async (folder) => {
        const runDir = join(folder, 'run');
        const journal = await createJsonlJournal(runDir, manualClock(7));
        const appended: RunFact[] = [];
        let flushed = 0;
        for (const step of steps) {
          switch (step.do) {
            case 'append':
              for (const fact of step.facts) journal.append(fact);
              appended.push(...step.facts);
              break;
            case 'flush':
              await journal.flushed();
              flushed = appended.length;
              break;
            case 'read': {
              const entries = await entriesOf(runDir);
              expect(entries).toEqual(expectedEntries(appended).slice(0, entries.length));
              expect(entries.length).toBeGreaterThanOrEqual(flushed);
              break;
            }
            case 'create again':
              await expect(createJsonlJournal(runDir, manualClock())).rejects.toThrow('EEXIST');
              break;
          }
        }
        await journal.close();
        expect(await readJournal(journalPath(runDir))).toEqual({
          kind: 'read',
          entries: expectedEntries(appended),
          torn: null,
        });
      });
    },
  );

  test.prop([fc.array(anyFact, { minLength: 1, maxLength: 4 })], { numRuns: 15 })(
    'cut off at any byte reads as what was whole before the cut, and says where it is torn',
    async (facts) => {
      await inFolder(async (folder) => {
        const path = await journalOf(folder, facts);
        const bytes = readFileSync(path);
        for (let length = bytes.length; length >= 0; length -= 1) {
          truncateSync(path, length);
          const lineEnds = bytes.subarray(0, length).lastIndexOf(0x0a) + 1;
          const whole = bytes.subarray(0, lineEnds).toString().split('\n').length - 1;
          expect(await readJournal(path)).toEqual({
            kind: 'read',
            entries: expectedEntries(facts).slice(0, whole),
            torn: lineEnds === length ? null : { byteOffset: lineEnds },
          });
        }
      });
    },
  );

  test('numbers and times its entries when they are appended, not when they are written', async () => {
    await inFolder(async (folder) => {
      const clock = manualClock(1000);
      const journal = await createJsonlJournal(folder, clock);
      journal.append({ type: 'run.paused' });
      clock.advance(5);
      journal.append({ type: 'run.resumed' });
      clock.advance(5);
      await journal.close();
      expect(readFileSync(journalPath(folder), 'utf8')).toBe(
        '{"v":1,"seq":0,"at":1000,"type":"run.paused"}\n{"v":1,"seq":1,"at":1005,"type":"run.resumed"}\n',
      );
    });
  });

  test('may be read by its owner only, and so may its folder', async () => {
    await inFolder(async (folder) => {
      const runDir = join(folder, 'runs', 'run');
      await (await createJsonlJournal(runDir, manualClock())).close();
      expect(statSync(journalPath(runDir)).mode & 0o777).toBe(0o600);
      expect(statSync(runDir).mode & 0o777).toBe(0o700);
    });
  });

  test('resolves every flush in the order in which they were asked for', async () => {
    await inFolder(async (folder) => {
      const journal = await createJsonlJournal(folder, manualClock());
      const order: number[] = [];
      await Promise.all(
        [0, 1, 2, 3].map(async (index) => {
          journal.append({ type: 'run.paused' });
          await journal.flushed();
          order.push(index);
        }),
      );
      expect(order).toEqual([0, 1, 2, 3]);
      await journal.flushed();
      await journal.close();
    });
  });

  // /dev/full is a disk without room: every write to it fails with ENOSPC.
  test.runIf(process.platform === 'linux')(
    'on a full disk rejects the flush that waits and every later one, and never throws from append',
    async () => {
      const journal = journalOn(await open('/dev/full', 'a'), '/dev/full', manualClock());
      await journal.flushed();
      journal.append({ type: 'run.paused' });
      await expect(journal.flushed()).rejects.toThrow(/the journal \/dev\/full cannot be written.*ENOSPC/);
      journal.append({ type: 'run.resumed' });
      await expect(journal.flushed()).rejects.toThrow('ENOSPC');
      await journal.close();
    },
  );

  test('rejects a flush when something was appended after it was closed', async () => {
    await inFolder(async (folder) => {
      const journal = await createJsonlJournal(folder, manualClock());
      await journal.close();
      await journal.flushed();
      journal.append({ type: 'run.paused' });
      await expect(journal.flushed()).rejects.toThrow('file closed');
      expect(await entriesOf(folder)).toEqual([]);
    });
  });
});

describe('reading a journal', () => {
  const ENTRY = '{"v":1,"seq":0,"at":1,"type":"run.paused"}\n';

  test.each([
    ['a gap', `${ENTRY}{"v":1,"seq":2,"at":1,"type":"run.paused"}\n`, 2, 'it has number 2 where 1 is next'],
    ['a repeated entry', `${ENTRY}${ENTRY}`, 2, 'it has number 0 where 1 is next'],
    ['a later version', ENTRY.replace('"v":1', '"v":2'), 1, 'it has version 2; this program reads version 1'],
    ['no version', ENTRY.replace('"v":1,', ''), 1, 'it has version undefined'],
    ['an unknown fact', ENTRY.replace('run.paused', 'toString'), 1, 'it tells of "toString"'],
    ['no time', ENTRY.replace('"at":1,', ''), 1, 'it has no time'],
    ['a damaged middle', `{"v":1,\n${ENTRY}`, 1, 'it is no JSON, and lines follow it'],
    ['an empty line', `${ENTRY}\n${ENTRY}`, 2, 'it is no JSON, and lines follow it'],
    ['something else', `${ENTRY}7\n`, 2, 'it is no journal entry'],
  ])('refuses %s, naming the line', async (_case, text, line, reason) => {
    await inFolder(async (folder) => {
      writeFileSync(journalPath(folder), text);
      const reading = await readJournal(journalPath(folder));
      expect(reading).toMatchObject({ kind: 'refused', line });
      expect(reading).toHaveProperty('reason', expect.stringContaining(reason));
      expect(reading).toHaveProperty('entries.length', line - 1);
    });
  });

  test('takes a last line of lost blocks for torn', async () => {
    await inFolder(async (folder) => {
      writeFileSync(journalPath(folder), `${ENTRY}\0\0\0\0\n`);
      expect(await readJournal(journalPath(folder))).toMatchObject({
        kind: 'read',
        torn: { byteOffset: ENTRY.length },
      });
    });
  });

  test('says when there is none', async () => {
    expect(await readJournal('/no/such/journal.jsonl')).toEqual({
      kind: 'unreadable',
      reason: expect.stringMatching(/journal\.jsonl: ENOENT/) as unknown,
    });
  });
});

function expectedEntries(facts: readonly RunFact[]): unknown[] {
  return facts.map((fact, seq) => ({ v: 1, seq, at: 7, ...fact }));
}

async function journalOf(folder: string, facts: readonly RunFact[]): Promise<string> {
  const journal = await createJsonlJournal(folder, manualClock(7));
  for (const fact of facts) journal.append(fact);
  await journal.close();
  return journalPath(folder);
}

async function entriesOf(folder: string) {
  const reading = await readJournal(journalPath(folder));
  if (reading.kind !== 'read') throw new Error(`the journal is ${reading.kind}: ${reading.reason}`);
  return reading.entries;
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ralph-journal-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
