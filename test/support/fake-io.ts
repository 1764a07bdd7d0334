import type { Io, Output, StopSignal } from '../../src/cli/io.ts';

/** The world around a command in a test. */
export interface FakeIo extends Io {
  /** All that was written to stdout. */
  out(): string;
  /** All that was written to stderr, unless another output stands there. */
  err(): string;
  /** Delivers a signal to whoever listens; false when nobody does. */
  signal(signal: StopSignal): boolean;
}

/** Makes the world of a command that runs in a folder, without a terminal. */
export function fakeIo(cwd: string, given: Partial<Pick<Io, 'env' | 'stderr' | 'stdin'>> = {}): FakeIo {
  const stdout = capture();
  const stderr = capture();
  const listeners = new Set<(signal: StopSignal) => void>();
  return {
    stdout,
    stderr,
    stdin: { isTTY: false },
    env: { PATH: process.env['PATH'] },
    cwd,
    ...given,
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    out: stdout.text,
    err: stderr.text,
    signal(signal) {
      for (const listener of listeners) listener(signal);
      return listeners.size > 0;
    },
  };
}

function capture(): Output & { readonly text: () => string } {
  let written = '';
  return {
    isTTY: false,
    colors: false,
    columns: 80,
    rows: 24,
    write: (text) => void (written += text),
    text: () => written,
  };
}
