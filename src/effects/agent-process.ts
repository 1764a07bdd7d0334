/**
 * One agent process, from launch to exit: its start, its output, its end. Who is registered, signalled and swept is the
 * host's business.
 *
 * A1  Reports come in this order: `spawned`, any `stalled`, `exited`; or `spawnFailed` alone. Each at most once.
 * A2  `exited` carries the code *and* the signal of the process's own exit event, after its output has been read and
 *     written. It never waits for a pipe that a background child holds open: such a pipe may not close for days.
 * A3  Output is read as fast as the disk takes it, no faster.
 */
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { execa } from 'execa';
import type { ProcessIdentity } from '../domain/run-fact.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { LaunchCommand, ProcessEvent } from '../ports/process-host.ts';
import { launchFailureReason } from './launch-failure.ts';
import { openOutputLog } from './output-log.ts';
import { outputTail } from './output-tail.ts';
import { identityOf } from './process-identity.ts';
import { watchSilence } from './silence-watch.ts';

/** A process that was started, or that turned out not to be startable. */
export interface AgentProcess {
  /** Who runs it, where that is not the orchestrator itself; null where it is, or where nobody could be started. */
  readonly keeper: ProcessIdentity | null;
  /** Known from the moment of the start on, with a keeper a moment later; null when it could not be started. */
  readonly identity: ProcessIdentity | null;
  /** True from the exit event on, when the pid is no longer ours. */
  hasExited(): boolean;
  /** The last output, at most so many bytes of it. */
  recentOutput(bytesMax: number): string;
  /** Resolves after the last report, `exited` or `spawnFailed`. */
  readonly ended: Promise<void>;
}

/** What an agent process needs of the world, and whom it tells. */
export interface AgentProcessParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly listener: (event: ProcessEvent) => void;
  /**
   * Called at the exit event itself, long before the report: the last moment at which orphans can be told apart. A keeper
   * has told them apart at that moment; then they are given.
   */
  readonly onExit: (family?: readonly ProcessIdentity[]) => void;
}

/** How much of the output is told at the exit. */
export const TAIL_BYTES_MAX = 64 * 1024;

/** Starts an agent. Returns at once; everything else is reported to the listener, never synchronously. */
export function startAgentProcess(command: LaunchCommand, parts: AgentProcessParts): AgentProcess {
  try {
    return watchAgentProcess(command, parts);
  } catch (error) {
    // The output folder cannot be made, or an argument can be no argument (it holds a NUL byte).
    return failedProcess(command, parts, Promise.resolve(error as Error));
  }
}

function watchAgentProcess(command: LaunchCommand, parts: AgentProcessParts): AgentProcess {
  const { clock, log, listener, onExit } = parts;
  const { session } = command;
  const tail = outputTail(TAIL_BYTES_MAX);
  let bytesHeard = 0;
  let exited = false;

  const output = openOutputLog({
    folder: command.outputDir,
    bytesMax: command.outputBytesMax,
    onDrain: () => resumeAll(streams),
    onError: (error) => log('warn', `output is no longer kept on disk: ${error.message}`, { session }),
  });
  const subprocess = spawn(command);
  // Registered by its pid before anything else can happen: exit events are only delivered in a later turn.
  if (subprocess.pid === undefined) {
    const failure = subprocess.then(({ cause }) => cause as Error);
    return failedProcess(
      command,
      parts,
      Promise.all([failure, output.close()]).then(([error]) => error),
    );
  }
  const identity = identityOf(subprocess.pid) ?? { pid: subprocess.pid, startTime: '', bootId: '' };
  const streams: readonly Readable[] = [subprocess.stdout, subprocess.stderr];
  const silence = watchSilence({
    clock,
    timeoutMs: command.stallTimeoutMs,
    isDeaf: () => output.isBehind(),
    onSilence: (silentMs) => listener({ type: 'process.stalled', session, silentMs }),
  });
  for (const stream of streams) {
    stream.on('data', (bytes: Buffer) => {
      bytesHeard += bytes.length;
      silence.heard();
      tail.push(bytes);
      if (!output.write(bytes)) pauseAll(streams);
    });
    // A broken pipe is the end of output; how the process ended is told by its exit event alone.
    stream.on('error', () => stream.destroy());
  }
  subprocess.once('spawn', () => listener({ type: 'process.spawned', session, process: identity }));

  // Not `events.once`, which gives up at an `error` event: the exit must be told whatever else happens.
  const exit = new Promise<{ readonly code: number | null; readonly signal: string | null }>((resolve) => {
    subprocess.once('exit', (code, signal) => {
      exited = true;
      silence.stop();
      onExit();
      resolve({ code, signal });
    });
  });

  async function end(): Promise<void> {
    const { code, signal } = await exit;
    await readWhatIsLeft();
    for (const stream of streams) stream.destroy();
    await output.close();
    listener({ type: 'process.exited', session, code, signal, outputTail: tail.text() });
  }

  /**
   * Reads on until both pipes have ended or a whole turn of the event loop brought nothing. All that the agent wrote was
   * in the pipes when it exited, and a turn reads every pipe that has something, so a turn without a byte means that
   * what still holds the pipe open is somebody else. Where that somebody keeps writing, more bytes than any pipe holds
   * are proof enough that the agent's own have been read.
   */
  async function readWhatIsLeft(): Promise<void> {
    const enough = bytesHeard + PIPE_BYTES_MAX;
    for (let before = -1; before !== bytesHeard && bytesHeard < enough;) {
      if (streams.every((stream) => stream.readableEnded || stream.destroyed)) return;
      await output.settled();
      before = bytesHeard;
      // Twice: what runs between two immediates is one whole turn, its reading of pipes included.
      await nextTurn();
      await nextTurn();
    }
  }

  return {
    keeper: null,
    identity,
    hasExited: () => exited,
    recentOutput: (bytesMax) => tail.text(bytesMax),
    ended: end(),
  };
}

/** More than the buffers of two pipes or sockets can be made to hold. */
const PIPE_BYTES_MAX = 8 * 1024 * 1024;

function spawn({ argv, cwd, env, session }: LaunchCommand) {
  const [program, ...args] = argv;
  return execa(program, args, {
    cwd,
    // The marker is the host's own promise, whatever the caller put there.
    env: { ...env, RALPH_SESSION_ID: session },
    extendEnv: false,
    // setsid(2): a session and process group of its own, so that one signal reaches all it starts, and a Ctrl-C in our
    // terminal does not reach it: who ends an agent, and when, is decided by its session alone.
    detached: true,
    // It would kill the one pid at our exit, gracelessly and without its children. The host's registry does it properly.
    cleanup: false,
    // /dev/null: several agents wait for ever on an open pipe.
    stdin: 'ignore',
    buffer: false,
    encoding: 'buffer',
    reject: false,
    verbose: 'none',
  });
}

function failedProcess(
  command: LaunchCommand,
  { listener }: AgentProcessParts,
  failure: Promise<Error>,
): AgentProcess {
  const report = (error: Error): void =>
    listener({
      type: 'process.spawnFailed',
      session: command.session,
      reason: launchFailureReason(error, command),
    });
  return {
    keeper: null,
    identity: null,
    hasExited: () => true,
    recentOutput: () => '',
    ended: failure.then(report),
  };
}

function pauseAll(streams: readonly Readable[]): void {
  for (const stream of streams) stream.pause();
}

function resumeAll(streams: readonly Readable[]): void {
  for (const stream of streams) stream.resume();
}
