/**
 * Which process is meant. A pid alone is not an answer: it is used again, soon on a busy machine, and a signal or a lock
 * must never go by it. A pid with its start time, in one boot, is.
 */
import type { ProcessIdentity } from '../domain/run-fact.ts';
import { localProcesses } from './local-processes.ts';

/** What can be said of a process seen before; `unknown` where the system does not show enough to prove either. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** Reads the identity of a process, or null when there is none or it may not be seen. A zombie still has its own. */
export function identityOf(pid: number): ProcessIdentity | null {
  const row = localProcesses.read(pid);
  return row === null ? null : { pid, startTime: row.startTime, bootId: localProcesses.bootId() };
}

/** The identity of this process; only its pid where the system shows no more. */
export function ownIdentity(): ProcessIdentity {
  return identityOf(process.pid) ?? { pid: process.pid, startTime: '', bootId: localProcesses.bootId() };
}

/** Says whether that very process still runs. A zombie is dead: it holds a pid and nothing else. */
export function liveness(identity: ProcessIdentity): Liveness {
  const bootId = localProcesses.bootId();
  if (identity.bootId !== '' && bootId !== '' && identity.bootId !== bootId) return 'dead';
  const row = localProcesses.read(identity.pid);
  if (row === null) return exists(identity.pid) ? 'unknown' : 'dead';
  if (row.dead) return 'dead';
  if (identity.startTime === '') return 'unknown';
  return row.startTime === identity.startTime ? 'alive' : 'dead';
}

/** True when it is proven that this very process still runs; only then may it be signalled. */
export function isAlive(identity: ProcessIdentity): boolean {
  return liveness(identity) === 'alive';
}

/**
 * True while nobody else can have that pid: the process runs, or is a zombie that its parent has not asked for yet. A
 * group leader in either state vouches for the number of its group.
 */
export function holdsPid(identity: ProcessIdentity): boolean {
  const now = identityOf(identity.pid);
  return now !== null && now.startTime === identity.startTime && now.bootId === identity.bootId;
}

/** Signal 0 is delivered to nobody; EPERM says that there is somebody else's process. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
