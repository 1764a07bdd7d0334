import type { RunId, SessionId } from '../domain/ids.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';

/** A run whose journal stops without its last fact, or has it while a session is without its end. */
export interface CutOffRun {
  readonly run: RunId;
  /** What is on record of it, in order. */
  readonly entries: readonly JournalEntry[];
  /** Sessions whose completed work an earlier recovery has merged, or found that it does not merge. */
  readonly decided: ReadonlySet<SessionId>;
  /** Sessions that a later run has adopted and followed: what became of them is in its journal. */
  readonly takenOver?: ReadonlySet<SessionId>;
  /** True when its journal goes on after `entries` in a way that cannot be read: more may have happened. */
  readonly isDamaged: boolean;
}

/** What earlier runs of a project left on record. */
export interface PastRuns {
  /** Finds the runs that were cut off and not recovered yet, oldest first, with a note for each that cannot be read. */
  cutOff(): Promise<{ readonly runs: readonly CutOffRun[]; readonly notes: readonly string[] }>;
  /** Remembers that it is settled what becomes of a session's completed work: a second try could merge it twice. */
  markDecided(run: RunId, session: SessionId): Promise<void>;
  /** Remembers that a run needs no second look. */
  markRecovered(run: RunId): Promise<void>;
}
