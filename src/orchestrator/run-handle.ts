import type { RunId, SessionId } from '../domain/ids.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';
import type { StopReason } from '../domain/run-fact.ts';
import type { Breach } from '../domain/run-judge.ts';
import type { RunReport } from '../domain/run-report.ts';
import type { RunView } from '../domain/run-view.ts';
import type { Logger } from '../ports/logger.ts';
import type { Project } from './project.ts';

/** What a run is started with. */
export interface RunOptions {
  readonly project: Project;
  /** The environment that agents inherit from, by allow-list. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An empty view, which the run keeps up to date for its caller and writes its report from. */
  readonly view: RunView;
  /** Told every entry of the journal as it is announced, in order, when the view has it. Must not throw. */
  readonly onEntry: (entry: JournalEntry) => void;
  /** Told what is no fact of the run and still of use to a person. */
  readonly log: Logger;
}

/** A run under way. */
export interface RunHandle {
  readonly run: RunId;
  /** Folder of the run's journal and its sessions' output. */
  readonly dir: string;
  /** Resolves when everything is taken down: no process, no lock, the journal closed. */
  readonly finished: Promise<RunReport>;
  /** The last line that a live session's agent printed, for display. */
  lastLine(session: SessionId): string;
  /** The first promise that this run has broken, which stops it; null while it keeps them all. */
  breach(): Breach | null;
  /** No new dispatch; what runs is let finish. */
  drain(reason: StopReason): void;
  /** No new dispatch; what runs is asked to end; what is completed still merges. */
  stop(reason: StopReason): void;
  /** As stop, without grace, for gates too: the work that they judge stays on its branch. */
  kill(reason: StopReason): void;
}

/** A run, or why it could not start. Nothing was written then. */
export type StartedRun =
  | { readonly kind: 'started'; readonly handle: RunHandle }
  | { readonly kind: 'refused'; readonly reason: string };
