import { isatty } from 'node:tty';

import type { Io, Output, StopSignal } from './io.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies readonly StopSignal[];

/** Gives a command the real process: its streams, its environment, its signals. */
export function processIo(): Io {
  const { env } = process;
  return {
    stdout: outputOf(process.stdout, env),
    stderr: outputOf(process.stderr, env),
    stdin: { isTTY: isatty(0) },
    env,
    cwd: process.cwd(),
    onSignal(listener) {
      for (const signal of SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener);
      };
    },
  };
}

/** Waits until what was written to both streams is with the reader, or nobody reads any more. */
export async function flushOutputs(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      (stream) => new Promise<void>((resolve) => stream.write('', () => resolve())),
    ),
  );
}

function outputOf(stream: NodeJS.WriteStream, env: Io['env']): Output {
  // A reader that went away (EPIPE), and a terminal that was closed (EIO), come as error events, which end the process
  // where nobody listens. What was to be shown is lost then, the work is not.
  stream.on('error', () => undefined);
  return {
    write: (text) => void stream.write(text),
    get isTTY() {
      return stream.isTTY;
    },
    get colors() {
      return wantsColors(stream.isTTY, env);
    },
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
  };
}

/** By the conventions of no-color.org and force-color.org; each stream for itself, because one of them may be a file. */
export function wantsColors(isTTY: boolean, env: Io['env']): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return isTTY && env['TERM'] !== 'dumb';
}
