import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { isRunOver } from '../domain/cut-off.ts';
import type { RunId } from '../domain/ids.ts';
import { isJournalFinished, readJournal } from '../effects/journal-reader.ts';
import { journalPath } from '../effects/jsonl-journal.ts';
import type { CutOffRun, PastRuns } from '../ports/past-runs.ts';
import { runDir, runsDir } from './state-files.ts';

/** Reads what earlier runs left in a project's state folder; `own` is the run that asks, and is left out. */
export function pastRunsIn(root: string, own: RunId): PastRuns {
  return {
    async cutOff() {
      const runs: CutOffRun[] = [];
      const notes: string[] = [];
      for (const run of (await readdir(runsDir(root))).sort()) {
        if (run === own || isRecovered(root, run)) continue;
        const journal = journalPath(runDir(root, run));
        // Almost all of them, and they may be many: their last line is enough.
        if (isJournalFinished(journal)) continue;
        const reading = await readJournal(journal);
        if (reading.kind !== 'read') {
          notes.push(`the journal of run ${run} was left as it is: ${reading.reason}`);
        } else if (!isRunOver(reading.entries)) {
          runs.push({ run, entries: reading.entries });
        }
      }
      return { runs, notes };
    },
    markRecovered: (run) => writeFile(recoveredMark(root, run), '', { mode: 0o600 }),
  };
}

/** True when a later run has put right what this one left. */
export function isRecovered(root: string, run: RunId): boolean {
  return existsSync(recoveredMark(root, run));
}

/** A run that was cut off gets no last fact from anybody else: that it needs no second look is said beside its journal. */
function recoveredMark(root: string, run: RunId): string {
  return join(runDir(root, run), 'recovered');
}
