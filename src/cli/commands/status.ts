/**
 * `status`: the last run, or one under way, as its journal tells it. Exit code 0 when there was something to show or no
 * run yet, 1 when the journal is damaged, 2 when there is no such run.
 */
import type { JournalEntry } from '../../domain/journal-entry.ts';
import { runSnapshot } from '../../domain/run-snapshot.ts';
import { emptyRunView, foldRunView, type RunView } from '../../domain/run-view.ts';
import { describeGuarding, readGuardianRecord, type GuardianRecord } from '../../effects/guardian-record.ts';
import { readJournal } from '../../effects/journal-reader.ts';
import { journalPath } from '../../effects/jsonl-journal.ts';
import { isAlive } from '../../effects/process-identity.ts';
import { systemClock } from '../../effects/system-clock.ts';
import { runDir } from '../../orchestrator/state-files.ts';
import { listRuns, noSuchRun } from '../find-runs.ts';
import type { Io } from '../io.ts';
import { complain, refuse } from '../refuse.ts';
import { statusText } from '../render/status.ts';
import { workTreeRoot } from '../work-tree-root.ts';

/** What `status` was asked for. */
export interface StatusArguments {
  readonly run?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Shows a run. */
export async function status(args: StatusArguments, io: Io): Promise<number> {
  const root = workTreeRoot(io.cwd) ?? io.cwd;
  const runs = await listRuns(root);
  if (args.run !== undefined && !runs.includes(args.run)) return refuse(io, [noSuchRun(args.run, runs)]);
  const run = args.run ?? runs.at(-1);
  if (run === undefined) return tellNothing('no run has been started here yet: ralph-actors run', args, io);

  const journal = journalPath(runDir(root, run));
  const reading = await readJournal(journal);
  if (reading.kind === 'unreadable') {
    complain(io, `the journal of run ${run} cannot be read: ${reading.reason}`);
    return 1;
  }
  if (reading.kind === 'refused') {
    complain(io, `the journal ${journal} is damaged in line ${reading.line}: ${reading.reason}`);
  }
  const view = reading.entries.reduce<RunView>(
    (folded, entry: JournalEntry) => foldRunView(folded, entry),
    emptyRunView(),
  );
  if (view.header === null) return tellNothing(`run ${run} ended before its first entry`, args, io);
  show(view, { args, io, journal, guardian: readGuardianRecord(runDir(root, run)) });
  return reading.kind === 'refused' ? 1 : 0;
}

function tellNothing(text: string, { json }: StatusArguments, io: Io): number {
  io.stdout.write(json === true ? 'null\n' : `${text}\n`);
  return 0;
}

interface Showing {
  readonly args: StatusArguments;
  readonly io: Io;
  readonly journal: string;
  /** What the run's guardian did; null when it had nothing to do. */
  readonly guardian: GuardianRecord | null;
}

function show(view: RunView, { args, io, journal, guardian }: Showing): void {
  // The journal names its writer by pid, start time and boot: a stranger with the same pid is not taken for it.
  const isOwnerAlive = view.finishedAtMs === null && view.header !== null && isAlive(view.header.owner);
  const { colors, columns: width } = io.stdout;
  const guarding = guardian === null ? null : describeGuarding(guardian);
  io.stdout.write(
    args.json === true
      ? `${JSON.stringify({ ...runSnapshot(view), isOwnerAlive, journal, guardian }, null, 2)}\n`
      : statusText(view, { nowMs: systemClock.nowMs(), colors, width, isOwnerAlive, guarding }),
  );
}
