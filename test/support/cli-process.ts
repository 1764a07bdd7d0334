/** The built program, run as a shell runs it. */
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** The program as a process of its own. */
export interface CliProcess {
  readonly pid: number;
  kill(signal: NodeJS.Signals): boolean;
  /** Resolves when a text has appeared on stderr. */
  says(text: string): Promise<void>;
  /** Resolves when it has ended, well or not. */
  readonly ended: Promise<CliResult>;
}

/** What the program left to a shell. */
export interface CliResult {
  /** As a shell counts it: 128 and more for the end by a signal. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const PROGRAM = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Runs the built program in a folder; detached, it leads a process group, as every job of a shell does. */
export function startCli(
  cwd: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  { detached = false } = {},
): CliProcess {
  const subprocess = execa(process.execPath, [PROGRAM, ...args], {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    detached,
    stripFinalNewline: false,
  });
  const ended = subprocess.then(({ exitCode, signal, stdout, stderr }) => ({
    exitCode: exitCode ?? 128 + (signal === undefined ? 0 : constants.signals[signal]),
    stdout,
    stderr,
  }));
  return {
    pid: subprocess.pid!,
    kill: (signal) => subprocess.kill(signal),
    says: (text) => appearance(subprocess.stderr, text),
    ended,
  };
}

function appearance(stream: Readable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    stream.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(text)) resolve();
    });
    stream.on('end', () => reject(new Error(`the program ended without saying "${text}":\n${seen}`)));
  });
}
