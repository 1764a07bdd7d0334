/**
 * Sends signals, and only to whom they are meant for: every identity is checked right before. Between check and signal
 * lie microseconds in which a pid would have to be freed and used again; Node has no pidfd to close even that gap.
 */
import type { ProcessIdentity } from '../domain/run-fact.ts';
import type { AgentSignal } from '../ports/process-host.ts';
import { holdsPid, isAlive } from './process-identity.ts';

/** Signals one process; does nothing when it is gone or its pid is somebody else's by now. */
export function signalProcess(target: ProcessIdentity, signal: AgentSignal): void {
  if (isAlive(target)) send(target.pid, signal);
}

/**
 * Signals the whole process group of a leader. A zombie leader will do: until it is reaped, its pid and with it the
 * number of the group cannot be given to anybody else. After that the number proves nothing and nobody is signalled.
 * A leader whose start time the system never showed must be a child that its caller has not reaped.
 */
export function signalGroup(leader: ProcessIdentity, signal: AgentSignal): void {
  if (leader.startTime === '' || holdsPid(leader)) send(-leader.pid, signal);
}

/** True while a process group of that number has a member, whoever it is. */
export function groupExists(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** ESRCH: nobody there any more. EPERM: a program that changed its user; it cannot be signalled, and the sweep counts it. */
function send(pid: number, signal: AgentSignal): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
