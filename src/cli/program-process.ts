/**
 * One life of the program as a process: the command that it is asked for, its exit code, and what happens when it breaks.
 */
import { setFlagsFromString } from 'node:v8';

import type { Io } from './io.ts';
import { flushOutputs, processIo } from './process-io.ts';
import { createProgram } from './program.ts';
import { complain, COULD_NOT_START, tellStack } from './refuse.ts';

/**
 * A run is an orchestrator that waits: left alone, V8 trades memory for a throughput that nobody needs here. Kept at its
 * first size, the young generation saves some 25 MiB of the process that stays up all night.
 */
setFlagsFromString('--semi-space-growth-factor=1');

/** Runs the program with the arguments that follow its name, and exits. */
export async function main(args: readonly string[]): Promise<void> {
  const io = openIo();
  // Nothing may be left half done in silence: agents are ended by who started them, on the process's `exit` event.
  process.once('uncaughtException', (error) => {
    tellBroken(io, args, error);
    process.exit(1);
  });
  const code = await createProgram(io)
    .run(args)
    .catch((error: unknown) => {
      tellBroken(io, args, error);
      return 1;
    });
  await flushOutputs();
  // A timer or a pipe that somebody forgot must not keep a finished command from ending.
  process.exit(code);
}

/** A shell can stand in a folder that is gone, such as the worktree of a session that is over. */
function openIo(): Io {
  try {
    return processIo();
  } catch (error) {
    process.stderr.write(`ralph-actors: the current folder cannot be used: ${(error as Error).message}\n`);
    process.exit(COULD_NOT_START);
  }
}

/** What no command has foreseen is a bug: one line for the person who meets it, the stack for who mends it. */
function tellBroken(io: Io, args: readonly string[], error: unknown): void {
  const hint = args[0] === 'run' ? '; ralph-actors status --json names the journal of the run' : '';
  complain(io, `unexpected error: ${error instanceof Error ? error.message : String(error)}${hint}`);
  tellStack(io, { verbose: args.includes('--verbose') }, error);
}
