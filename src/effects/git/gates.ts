/**
 * Runs the commands that must pass on a merged tree before it may land, in a worktree that is made for them and always
 * removed. They run on what would land, not on what the agent saw.
 */
import { dirname } from 'node:path';
import { execa } from 'execa';
import type { SessionId } from '../../domain/ids.ts';
import { lastLineOf } from '../../domain/last-line.ts';
import type { Redact } from '../../domain/redact.ts';
import { sweepSession } from '../session-sweep.ts';
import { systemClock } from '../system-clock.ts';
import type { LinkedWorktrees } from './linked-worktrees.ts';

/** A command that must exit with 0 on the merged tree. */
export interface Gate {
  readonly name: string;
  /** argv, never a shell line. */
  readonly command: readonly [string, ...string[]];
  readonly timeoutMs: number;
}

/** Checks candidates for landing. */
export interface GateRunner {
  /** Gives the reason why a commit may not land, or null when every gate passed. */
  check(commit: string, session: SessionId): Promise<string | null>;
  /** Kills the gates that are running. Nothing passes after that. */
  close(): void;
}

/** How long a gate that is over time may take to end by itself. */
const GRACE_PERIOD_MS = 2000;
const TAIL_BYTES = 8192;

/** How the name of a worktree ends that gates are run in. */
export const GATE_TREE_SUFFIX = '-merged';

/** Names the worktree of what a session would land. It stays behind only when this program is killed. */
export const gateTreeOf = (session: SessionId): string => `${session}${GATE_TREE_SUFFIX}`;

/** Makes a runner for these gates. */
export function gateRunner(options: {
  readonly linked: LinkedWorktrees;
  readonly gates: readonly Gate[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For what a gate printed. */
  readonly redact: Redact;
}): GateRunner {
  const { linked } = options;
  const live = new Set<number>();
  let closed = false;

  return {
    async check(commit, session) {
      const path = await linked.place(gateTreeOf(session));
      const remove = async () => {
        await linked.remove(path, true);
      };
      await linked.add(['--detach', path, commit], remove);
      try {
        for (const gate of options.gates) {
          const reason = closed
            ? `gate "${gate.name}" was not run: the run is ending`
            : await run(gate, session, path);
          if (reason !== null) return reason;
        }
        return null;
      } finally {
        await remove();
        await linked.removeEmptyFolder(dirname(path));
      }
    },
    close() {
      closed = true;
      for (const pid of live) killGroup(pid, 'SIGKILL');
    },
  };

  async function run(gate: Gate, session: SessionId, cwd: string): Promise<string | null> {
    const [file, ...args] = gate.command;
    // A process group of its own, so that all a gate has started can be ended with it.
    const child = execa(file, args, {
      cwd,
      // With the session's marker: should this program be killed, the next start finds what its gates left running.
      env: { ...options.environment, RALPH_SESSION_ID: session },
      extendEnv: false,
      stdin: 'ignore',
      all: true,
      buffer: false,
      detached: true,
      reject: false,
    });
    let tail = Buffer.alloc(0);
    child.all.on('data', (chunk: Buffer) => {
      tail = Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES);
    });
    const { pid } = child;
    let late = false;
    let insisting: NodeJS.Timeout | undefined;
    const deadline = setTimeout(() => {
      if (pid === undefined) return;
      late = true;
      killGroup(pid, 'SIGTERM');
      insisting = setTimeout(() => killGroup(pid, 'SIGKILL'), GRACE_PERIOD_MS);
    }, gate.timeoutMs);
    // What a gate leaves running would hold its output open and its worktree in use. Its agent was swept before the merge,
    // so whoever bears the session's marker now is of the gate.
    const swept = new Promise<void>((resolve) => {
      child.once('exit', () => {
        if (pid !== undefined) killGroup(pid, 'SIGKILL');
        void sweepSession({ session, leader: null, known: [] }, systemClock).finally(resolve);
      });
    });
    if (pid !== undefined) live.add(pid);
    const result = await child;
    clearTimeout(deadline);
    clearTimeout(insisting);
    if (pid === undefined)
      return `gate "${gate.name}" could not be started: ${result.originalMessage ?? 'no reason given'}`;
    await swept;
    live.delete(pid);
    const words = lastLineOf(options.redact(tail.toString()));
    const said = words === '' ? '' : `: ${words}`;
    if (closed) return `gate "${gate.name}" was ended: the run is ending`;
    if (late) return `gate "${gate.name}" was ended after ${gate.timeoutMs} ms${said}`;
    if (result.exitCode === 0) return null;
    const how = result.signal === undefined ? `exit code ${result.exitCode}` : `signal ${result.signal}`;
    return `gate "${gate.name}" failed with ${how}${said}`;
  }
}

/** Signals a process group; one that has gone needs no signal. */
function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: no member is left.
  }
}
