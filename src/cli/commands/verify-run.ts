/**
 * `verify --run`: judges the journal of a run, also one that goes on or was cut off. Reads that file and nothing else, so a
 * journal can be judged where there is no project. Exit code 0 when every entry holds, 1 when one does not or the journal is
 * damaged, 2 when there is no such journal.
 */
import pc from 'picocolors';

import type { JournalEntry } from '../../domain/journal-entry.ts';
import { readJournal, type JournalReading } from '../../effects/journal-reader.ts';
import { isAlive } from '../../effects/process-identity.ts';
import { systemClock } from '../../effects/system-clock.ts';
import { checkRun } from '../../verify/check-run.ts';
import { findJournal } from '../find-runs.ts';
import type { Io } from '../io.ts';
import { refuse } from '../refuse.ts';
import { renderRunVerdict, runJunit } from '../render/verify-run.ts';
import { runVerdictOf, type RunVerdict } from '../run-verdict.ts';
import { writeReports } from '../write-reports.ts';

/** What `verify --run` was asked for. */
export interface VerifyRunArguments {
  /** The id of a run, `last`, or a path. */
  readonly run: string;
  readonly json?: boolean | undefined;
  /** A file for the results as JUnit XML. */
  readonly junit?: string | undefined;
}

/** Judges and reports. */
export async function verifyRun({ run, json, junit }: VerifyRunArguments, io: Io): Promise<number> {
  const found = await findJournal(run, io.cwd);
  if (!found.ok) return refuse(io, [found.reason]);
  const reading = await readJournal(found.path);
  if (reading.kind === 'unreadable') return refuse(io, [`the journal cannot be read: ${reading.reason}`]);
  const since = systemClock.nowMs();
  const verdict = verdictOf(found.path, reading);
  const tookMs = systemClock.nowMs() - since;
  io.stdout.write(
    json === true
      ? `${JSON.stringify(verdict, null, 2)}\n`
      : renderRunVerdict(verdict, reading.entries, {
          width: io.stdout.columns,
          colors: pc.createColors(io.stdout.colors),
        }),
  );
  const file = { flag: '--junit', file: junit, text: () => runJunit(verdict, tookMs) };
  return writeReports([file], verdict.verdict === 'pass' ? 0 : 1, io);
}

function verdictOf(journal: string, reading: Exclude<JournalReading, { kind: 'unreadable' }>): RunVerdict {
  const { entries } = reading;
  return runVerdictOf({
    journal,
    entries,
    trace: checkRun(entries),
    isTorn: reading.kind === 'read' && reading.torn !== null,
    damage: reading.kind === 'refused' ? { line: reading.line, reason: reading.reason } : null,
    isOwnerAlive: isWriterAlive(entries[0]),
  });
}

/** The first entry names its writer by pid, start time and boot: a stranger with the same pid is not taken for it. */
function isWriterAlive(first: JournalEntry | undefined): boolean {
  return first?.type === 'run.started' && isAlive(first.owner);
}
