import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { isRunOver } from '../domain/cut-off.ts';
import type { RunId } from '../domain/ids.ts';
import { describeGuarding, readGuardianRecord } from '../effects/guardian-record.ts';
import { readJournal } from '../effects/journal-reader.ts';
import { journalPath } from '../effects/jsonl-journal.ts';
import type { CutOffRun, PastRuns } from '../ports/past-runs.ts';
import { runDir, runsDir } from './state-files.ts';

/**
 * Reads what earlier runs left in a project's state folder; `own` is the run that asks, and is left out.
 *
 * Nobody adds a fact to the journal of another run. What later runs did for it is said beside its journal: in `decided`, a
 * session a line, and by the mere presence of `recovered`.
 */
export function pastRunsIn(root: string, own: RunId): PastRuns {
  return {
    async cutOff() {
      const runs: CutOffRun[] = [];
      const notes: string[] = [];
      for (const run of (await readdir(runsDir(root))).sort()) {
        if (run === own || isRecovered(root, run)) continue;
        const reading = await readJournal(journalPath(runDir(root, run)));
        if (reading.kind === 'unreadable') {
          notes.push(`the journal of run ${run} was left as it is: ${reading.reason}`);
          continue;
        }
        const { entries } = reading;
        const isDamaged = reading.kind === 'refused';
        if (reading.kind === 'refused') {
          notes.push(
            `the journal of run ${run} says nothing from line ${reading.line} on (${reading.reason}); what it says before was put right`,
          );
        } else if (isRunOver(entries)) {
          // Almost every run, and they may be many: each is read once, by the first run after it.
          await markRecovered(run);
          continue;
        }
        const record = readGuardianRecord(runDir(root, run));
        if (record !== null && record.found > 0) notes.push(`run ${run}: ${describeGuarding(record)}`);
        runs.push({ run, entries, isDamaged, decided: await linesOf(beside(root, run, 'decided')) });
      }
      return { runs, notes };
    },
    markDecided: (run, session) => appendFile(beside(root, run, 'decided'), `${session}\n`, { mode: 0o600 }),
    markRecovered,
  };

  function markRecovered(run: RunId): Promise<void> {
    return writeFile(beside(root, run, 'recovered'), '', { mode: 0o600 });
  }
}

/** True when a later run has put right what this one left, or has seen that it left nothing. */
export function isRecovered(root: string, run: RunId): boolean {
  return existsSync(beside(root, run, 'recovered'));
}

async function linesOf(path: string): Promise<ReadonlySet<string>> {
  return new Set(existsSync(path) ? (await readFile(path, 'utf8')).split('\n') : []);
}

function beside(root: string, run: RunId, name: 'decided' | 'recovered'): string {
  return join(runDir(root, run), name);
}
