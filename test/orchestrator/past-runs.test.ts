import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { pastRunsIn } from '../../src/orchestrator/past-runs.ts';
import { runDir } from '../../src/orchestrator/state-files.ts';
import { journalOf, started } from '../support/journal-of.ts';
import { temporaryFolder } from '../support/repo.ts';

const lines = (...facts: Parameters<typeof journalOf>[0][]): string =>
  journalOf(facts.flat())
    .map((entry) => `${JSON.stringify(entry)}\n`)
    .join('');

const FINISHED = { type: 'run.finished', publication: null, exitCode: 0 } as const;

test('reads the journal of a run that is over once, however many there are', async () => {
  const root = temporaryFolder();
  const write = (run: string, text: string): void => {
    mkdirSync(runDir(root, run), { recursive: true });
    writeFileSync(join(runDir(root, run), 'journal.jsonl'), text);
  };
  write('cut-off', lines([started([])]));
  write('finished', lines([started([]), FINISHED]));
  write('own', lines([started([])]));
  const past = pastRunsIn(root, 'own');
  expect(await past.cutOff()).toMatchObject({
    runs: [{ run: 'cut-off', isDamaged: false, entries: [{ type: 'run.started' }] }],
    notes: [],
  });
  // Whoever read it again would find the damage.
  write('finished', 'no journal\nat all\n');
  await past.markRecovered('cut-off');
  expect(await past.cutOff()).toEqual({ runs: [], notes: [] });
});
