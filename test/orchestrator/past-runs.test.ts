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

test('reads of a finished run no more than its last line, however many there are', async () => {
  const root = temporaryFolder();
  const write = (run: string, text: string): void => {
    mkdirSync(runDir(root, run), { recursive: true });
    writeFileSync(join(runDir(root, run), 'journal.jsonl'), text);
  };
  // Whoever read more of it than its last line would find the damage.
  write('finished', `no journal\n${lines([FINISHED])}`);
  write('cut-off', lines([started([])]));
  write('damaged', `no journal\n${lines([started([])])}`);
  write('own', lines([started([])]));
  const past = pastRunsIn(root, 'own');
  expect(await past.cutOff()).toMatchObject({
    runs: [{ run: 'cut-off', entries: [{ type: 'run.started' }] }],
    notes: [expect.stringMatching(/^the journal of run damaged was left as it is: /)],
  });
  await past.markRecovered('cut-off');
  expect((await past.cutOff()).runs).toEqual([]);
});
