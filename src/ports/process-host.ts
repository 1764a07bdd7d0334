import type { SessionId } from '../domain/ids.ts';
import type { ProcessIdentity } from '../domain/run-fact.ts';
import type { SweepReport } from '../domain/work.ts';

/** What to start for a session. Ids and data only, so that a host on another machine can serve it. */
export interface LaunchCommand {
  readonly session: SessionId;
  /** argv, never a shell line; the first element is the executable. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** The child's whole environment; nothing is inherited beside it. Holds the marker `RALPH_SESSION_ID`. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder for the session's output file; made when absent. */
  readonly outputDir: string;
  /** Bytes of output kept on disk, at least; up to twice as much may be there. */
  readonly outputBytesMax: number;
  /** Silence in milliseconds after which `process.stalled` is reported once; 0 never does. */
  readonly stallTimeoutMs: number;
}

/** What a host reports about a session's process. `spawned` or `spawnFailed` first, `exited` last. */
export type ProcessEvent =
  | { readonly type: 'process.spawned'; readonly session: SessionId; readonly process: ProcessIdentity }
  | { readonly type: 'process.spawnFailed'; readonly session: SessionId; readonly reason: string }
  | { readonly type: 'process.stalled'; readonly session: SessionId; readonly silentMs: number }
  | {
      readonly type: 'process.exited';
      readonly session: SessionId;
      /** Exit code, or null when a signal ended the process. */
      readonly code: number | null;
      readonly signal: string | null;
      /** The last output, at most 64 KiB, decoded leniently. */
      readonly outputTail: string;
    };

/** Signals that a session's process group may be sent. */
export type AgentSignal = 'SIGINT' | 'SIGTERM' | 'SIGKILL';

/**
 * Runs agent processes. It keeps its own registry of what it started, so that stopping every actor leaves no process
 * behind: the orchestrator closes the host last.
 */
export interface ProcessHost {
  /** Starts a process group and reports to `listener`; never throws: a failure is `process.spawnFailed`. */
  launch(command: LaunchCommand, listener: (event: ProcessEvent) => void): void;
  /** Signals the whole process group of a session; an ended or unknown session is left alone. */
  signal(session: SessionId, signal: AgentSignal): void;
  /** Ends every process that still belongs to the session (its group, and whoever carries its marker) and confirms. */
  sweep(session: SessionId): Promise<SweepReport>;
  /** The last non-empty line of a live session's output, for display. */
  lastLine(session: SessionId): string;
  /** Kills and sweeps whatever is still registered. Called once, when the run is over, however it is over. */
  close(): Promise<SweepReport>;
}
