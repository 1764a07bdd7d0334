/**
 * What a command knows of the terminal, the environment and the signals around it. Commands take it as a parameter, so a
 * test hands them another one; only `process-io.ts` reads the process itself.
 */
import type { StopReason } from '../domain/run-fact.ts';

/** The signals that ask a command to end. */
export type StopSignal = Extract<StopReason, { kind: 'signal' }>['signal'];

/** A stream that a command writes text to. */
export interface Output {
  /** Never throws, also when nobody reads any more: a run must not die of a closed pipe. */
  write(text: string): void;
  readonly isTTY: boolean;
  /** Whether escape sequences for colour are wanted here. */
  readonly colors: boolean;
  /** Size in characters, 80 x 24 where there is no terminal. Read it at every use: a window can be resized. */
  readonly columns: number;
  readonly rows: number;
}

/** Everything that a command touches beside the project. */
export interface Io {
  /** For results, and nothing else. */
  readonly stdout: Output;
  /** For progress and for what went wrong. */
  readonly stderr: Output;
  readonly stdin: { readonly isTTY: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** Calls the listener for every signal that asks to end, in place of the system's default; gives the way to unsubscribe. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
}
