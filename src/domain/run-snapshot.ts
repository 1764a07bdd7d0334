/**
 * A moment of a run as plain JSON, for `status --json` and for whoever draws a run that is going on.
 *
 * It is the report so far, and what only a run that is going on has: its phase and its live sessions.
 */
import type { JournalEntry } from './journal-entry.ts';
import { runReport, type RunReport } from './run-report.ts';
import type { RunPhase } from './run-phase.ts';
import type { RunView } from './run-view.ts';
import type { LiveSessionView } from './session-view.ts';

/** What `status --json` prints. Additions come without notice; other changes raise `snapshotVersion`. */
export interface RunSnapshot {
  readonly snapshotVersion: 1;
  readonly phase: RunPhase;
  /** The journal entry that this moment is after. */
  readonly seq: JournalEntry['seq'];
  readonly atMs: number | null;
  /** The orchestrator's process; it may be long gone. */
  readonly ownerPid: number | null;
  readonly liveSessions: readonly LiveSessionView[];
  readonly report: RunReport;
}

/** Takes the snapshot of a view, which must have seen the run's first entry. */
export function runSnapshot(view: RunView): RunSnapshot {
  return {
    snapshotVersion: 1,
    phase: view.system.phase,
    seq: view.seq,
    atMs: view.lastAtMs,
    ownerPid: view.header?.owner.pid ?? null,
    liveSessions: [...view.sessions.values()],
    report: runReport(view),
  };
}
