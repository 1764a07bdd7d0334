/**
 * An agent that its own keeper runs: the following of it, the same in the life that started it and in the next.
 *
 * The keeper tells by files (`keeper-record.ts`), and the following ends when the keeper is gone. The folder is watched, so
 * news are heard at once; but no system tells anybody but a parent that a process is gone, and some file systems tell
 * nothing, so from time to time we look again.
 *
 * P1  Reports come in the order of `agent-process.ts`, with the identity of the agent, not of the keeper.
 * P2  `exited` comes when agent and keeper are gone, with what the exit file says. A keeper that was killed leaves none:
 *     nothing proves a good end then, so code and signal are null, and the session's sweep ends the agent.
 */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ProcessIdentity } from '../domain/run-fact.ts';
import { errorReason } from '../domain/session-outcome.ts';
import type { LaunchCommand } from '../ports/process-host.ts';
import type { KeptAgent } from '../ports/adopting-host.ts';
import { TAIL_BYTES_MAX, type AgentProcess, type AgentProcessParts } from './agent-process.ts';
import { readExitRecord, readKeeperRecord, type ExitRecord, type KeeperRecord } from './keeper-record.ts';
import { outputTail } from './output-tail.ts';
import { identityOf, liveness } from './process-identity.ts';
import { pause, sweepSession } from './session-sweep.ts';
import { watchSilence, type SilenceWatch } from './silence-watch.ts';

// The program is compiled. Tests run the source, which Node alone cannot.
const PROGRAM = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../dist/src/effects/keeper-main.js' : 'keeper-main.js',
    import.meta.url,
  ),
);

/** Starts an agent through a keeper of its own. Returns at once; everything else is reported to the listener. */
export function startKeptProcess(command: LaunchCommand, parts: AgentProcessParts): AgentProcess {
  try {
    fs.mkdirSync(command.outputDir, { recursive: true, mode: 0o700 });
    return follow(command, spawnKeeper(command), parts);
  } catch (error) {
    return failed(command, `its keeper cannot be started: ${errorReason(error)}`, parts);
  }
}

/** Follows an agent that an earlier life has started, from its folder. */
export function adoptKeptProcess(command: LaunchCommand, parts: AgentProcessParts): AgentProcess {
  const record = readKeeperRecord(command.outputDir);
  if (record === null) return failed(command, 'its keeper has left no record', parts);
  return follow(command, record.keeper, parts);
}

/** Looks whether an agent can be adopted: its keeper lives, or has told how it went. */
export function keptAgentIn(folder: string): KeptAgent | null {
  const record = readKeeperRecord(folder);
  if (record === null) return null;
  const isKept = liveness(record.keeper) === 'alive';
  // In this order: what a keeper tells last is there when it is gone.
  const hasEnded = readExitRecord(folder)?.kind === 'exited';
  return isKept || hasEnded ? { process: record.agent, startedMs: record.startedMs, hasEnded } : null;
}

const LOOK_AGAIN_MAX_MS = 250;

function follow(command: LaunchCommand, keeper: ProcessIdentity, parts: AgentProcessParts): AgentProcess {
  const { session, outputDir: folder, stallTimeoutMs: timeoutMs } = command;
  const { clock, log, listener, onExit } = parts;
  let record: KeeperRecord | null = null;
  let silence: SilenceWatch | null = null;
  let exited = false;
  let seen = '';
  let wake = (): void => undefined;
  let lookAgainMs = 1;
  const watcher = watch(folder, (name) => {
    if (name === LOG) silence?.heard();
    else {
      lookAgainMs = 1;
      wake();
    }
  });

  /** True when there is nothing more to come. */
  function look(): boolean {
    // First: whatever a keeper told is there when it is gone.
    const isGone = liveness(keeper) === 'dead';
    if (record === null) noteStart();
    const size = sizeOf(join(folder, LOG));
    if (size !== seen) silence?.heard();
    seen = size;
    return isGone;
  }

  function noteStart(): void {
    record = readKeeperRecord(folder);
    if (record === null) return;
    listener({ type: 'process.spawned', session, process: record.agent });
    silence = watchSilence({
      clock,
      timeoutMs,
      isDeaf: () => false,
      onSilence: (silentMs) => listener({ type: 'process.stalled', session, silentMs }),
    });
  }

  async function end(): Promise<void> {
    // Nothing is reported before whoever starts or adopts has us.
    await Promise.resolve();
    while (!look()) {
      const news = new Promise<void>((resolve) => (wake = resolve));
      await Promise.race([news, pause(lookAgainMs, clock)]);
      lookAgainMs = Math.min(lookAgainMs * 2, LOOK_AGAIN_MAX_MS);
    }
    exited = true;
    silence?.stop();
    watcher?.close();
    await report(readExitRecord(folder));
  }

  async function report(exit: ExitRecord | null): Promise<void> {
    if (record === null) {
      // A keeper that was killed may have started an agent all the same; nobody will look for one that did not start.
      await sweepSession({ session, leader: null, known: [] }, clock);
      const reason = exit?.kind === 'failed' ? exit.reason : 'its keeper was gone before it had started';
      listener({ type: 'process.spawnFailed', session, reason });
      return;
    }
    const told = exit?.kind === 'exited' ? exit : null;
    if (told === null) log('warn', 'the keeper of an agent was killed; the agent is ended', { session });
    else if (told.outputError !== null) log('warn', told.outputError, { session });
    onExit(told?.family);
    const { code = null, signal = null } = told ?? {};
    listener({
      type: 'process.exited',
      session,
      code,
      signal,
      outputTail: lastOutput(folder, TAIL_BYTES_MAX),
    });
  }

  return {
    keeper,
    get identity() {
      return record?.agent ?? null;
    },
    hasExited: () => exited,
    recentOutput: (bytesMax) => lastOutput(folder, bytesMax),
    ended: end(),
  };
}

function spawnKeeper(command: LaunchCommand): ProcessIdentity {
  const { PATH = '', RALPH_RUN_ID = '' } = command.env;
  const child = spawn(process.execPath, [PROGRAM], {
    cwd: '/',
    // The marks of its session, so that whoever looks for what is left of one finds it; nothing that is secret.
    env: { PATH, RALPH_RUN_ID, RALPH_SESSION_ID: command.session },
    // setsid(2): what is meant for the orchestrator, such as a Ctrl-C, does not reach it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  if (child.pid === undefined) throw new Error('the system gave no process');
  child.stdin.end(JSON.stringify(command));
  return identityOf(child.pid) ?? { pid: child.pid, startTime: '', bootId: '' };
}

function failed(command: LaunchCommand, reason: string, { listener }: AgentProcessParts): AgentProcess {
  const { session } = command;
  const report = (): void => listener({ type: 'process.spawnFailed', session, reason });
  return {
    keeper: null,
    identity: null,
    hasExited: () => true,
    recentOutput: () => '',
    ended: Promise.resolve().then(report),
  };
}

const LOG = 'output.log';

/** Null where the system has no more watches to give: then only looking again tells. */
function watch(folder: string, onNews: (name: string | null) => void): fs.FSWatcher | null {
  try {
    const watcher = fs.watch(folder, (_kind, name) => onNews(name));
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

function sizeOf(path: string): string {
  const stats = fs.statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino} ${stats.size}`;
}

/** The end of both parts of the log, as one text. */
function lastOutput(folder: string, bytesMax: number): string {
  const tail = outputTail(bytesMax);
  for (const name of ['output.1.log', LOG]) {
    try {
      tail.push(endOf(join(folder, name), bytesMax));
    } catch {
      // Not there, or just being renamed: what can be read is shown.
    }
  }
  return tail.text();
}

function endOf(path: string, bytesMax: number): Buffer {
  const fd = fs.openSync(path, 'r');
  try {
    const { size } = fs.fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, bytesMax));
    return bytes.subarray(0, fs.readSync(fd, bytes, 0, bytes.length, size - bytes.length));
  } finally {
    fs.closeSync(fd);
  }
}
