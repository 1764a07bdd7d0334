/**
 * The orchestrator's end of its guardian: a process that ends the run's sessions should the orchestrator be killed.
 *
 * G1  It is there before the first agent: it is started, and told of a session, in the turn in which the agent is. It
 *     need not be up yet; what is written to its pipe waits for it, the closing of the pipe too.
 * G2  Nobody but the orchestrator holds this end of the pipe: Node opens it close-on-exec, so no child inherits it.
 * G3  Nothing meant for the orchestrator meets it: an OS session and process group of its own, no terminal, no file and no
 *     folder of the project, no marker of a session.
 * G4  It never outlives its work. When the run has taken itself down it is killed: it holds nothing that a kill could
 *     break, and obeys it also while it starts.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { RunId, SessionId } from '../domain/ids.ts';
import { errorReason } from '../domain/session-outcome.ts';
import type { Logger } from '../ports/logger.ts';
import type { SessionTraces } from './session-sweep.ts';

/** Who ends a run's sessions when the orchestrator cannot. */
export interface Guardian {
  /** Tells it what is known of a session's processes, again whenever more is. The first time starts it. Never throws. */
  watch(traces: SessionTraces): void;
  /** Tells it that a session has no process any more. */
  release(session: SessionId): void;
  /** Ends it without its having done anything, and resolves when it is gone. Called once, last. */
  dismiss(): Promise<void>;
}

/** What a guardian is told through its pipe, a JSON line each. */
export type GuardianMessage =
  | { readonly type: 'session.watched'; readonly traces: SessionTraces }
  | { readonly type: 'session.released'; readonly session: SessionId };

/** What a guardian is started with. */
export interface GuardianOptions {
  readonly run: RunId;
  /** Path of the file in which it records what it did. */
  readonly record: string;
  readonly gracePeriodMs: number;
  readonly log: Logger;
}

// The program is compiled. Tests run the source, which Node alone cannot.
const PROGRAM = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../dist/src/effects/guardian-main.js' : 'guardian-main.js',
    import.meta.url,
  ),
);

/** Makes a guardian for a run. A run whose guardian cannot be had goes on, and says so. */
export function guardianOf({ run, record, gracePeriodMs, log }: GuardianOptions): Guardian {
  let child: ChildProcess | null = null;
  let isStarted = false;
  let isDismissed = false;

  function start(): void {
    isStarted = true;
    try {
      child = spawnGuardian([run, record, String(gracePeriodMs)]);
    } catch (error) {
      warn(`could not be started: ${errorReason(error)}`);
      return;
    }
    child.once('error', (error) => warn(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      if (!isDismissed) warn(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`);
    });
    // A guardian that is gone; how it went is told by its exit.
    child.stdin?.on('error', () => undefined);
    // The run waits for its sessions, not for this.
    child.unref();
  }

  function warn(what: string): void {
    log(
      'warn',
      `the guardian of this run ${what}: should ralph-actors be killed, its agents live on until the next run`,
    );
  }

  function tell(message: GuardianMessage): void {
    const stdin = child?.stdin;
    if (stdin?.writable === true) stdin.write(`${JSON.stringify(message)}\n`);
  }

  return {
    watch(traces) {
      if (!isStarted) start();
      tell({ type: 'session.watched', traces });
    },
    release: (session) => tell({ type: 'session.released', session }),
    async dismiss() {
      isDismissed = true;
      if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      child.ref();
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function spawnGuardian(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...args], {
    cwd: '/',
    // `ps` is looked up where there is no /proc.
    env: { PATH: process.env['PATH'] ?? '' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}
