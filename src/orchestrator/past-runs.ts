import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { isRunOver, takenOverSessions } from '../domain/cut-off.ts';
import type { RunId, SessionId } from '../domain/ids.ts';
import { describeGuarding, readGuardianRecord } from '../effects/guardian-record.ts';
import { readJournal } from '../effects/journal-reader.ts';
import { journalPath } from '../effects/jsonl-journal.ts';
import type { CutOffRun, PastRuns } from '../ports/past-runs.ts';
import { runDir, runsDir } from './state-files.ts';

/**
 * Reads what earlier runs left in a project's state folder; `own` is the run that asks, and is left out.
 *
 * Nobody adds a fact to the journal of another run. What later runs did for it is said beside its journal: in `decided` and
 * `takenOver`, a session a line, and by the mere presence of `recovered`.
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
        // Before this run can be marked as one that needs no second look: nobody would read it again.
        for (const { session, from } of takenOverSessions(entries)) await noteTakenOver(from, session);
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
      return { runs: await Promise.all(runs.map(withTakenOver)), notes };
    },
    markDecided: (run, session) => appendFile(beside(root, run, 'decided'), `${session}\n`, { mode: 0o600 }),
    markRecovered,
  };

  async function noteTakenOver(run: RunId, session: SessionId): Promise<void> {
    // Its folder may be gone by now, as old ones go.
    if (!existsSync(runDir(root, run))) return;
    await appendFile(beside(root, run, 'takenOver'), `${session}\n`, { mode: 0o600 });
  }

  async function withTakenOver(run: CutOffRun): Promise<CutOffRun> {
    return { ...run, takenOver: await linesOf(beside(root, run.run, 'takenOver')) };
  }

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

function beside(root: string, run: RunId, name: 'decided' | 'takenOver' | 'recovered'): string {
  return join(runDir(root, run), name);
}
