/**
 * Finds and ends every process that belongs to a session, and nobody else.
 *
 * Belonging is proven by one of: the marker `RALPH_SESSION_ID=<session>` in the environment a process was started with
 * (it follows through fork, setsid and daemons); being in the agent's process group or OS session while that number is
 * still held; having been seen as one of the session's before; descending from one of these.
 *
 * W1  A process is signalled only under the identity it was found with: a recycled pid is somebody else.
 * W2  A group number counts only while the agent, or one who was seen in the group before, still holds it. A number whose
 *     holders are gone can be given to a stranger.
 * W3  The sweep ends with a scan that found nobody, or says how many are left.
 *
 * What escapes: a process that cleared its environment, left the group *and* outlived its parents before anybody looked.
 * Only a cgroup or a container could hold that one.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SessionId } from '../domain/ids.ts';
import type { ProcessIdentity } from '../domain/run-fact.ts';
import type { SweepReport } from '../domain/work.ts';
import type { Clock } from '../ports/clock.ts';
import { localProcesses } from './local-processes.ts';
import { holdsPid } from './process-identity.ts';
import type { ProcessRow } from './process-table.ts';
import { signalGroup, signalProcess } from './signal-process.ts';

/** What is known of a session's processes before looking. */
export interface SessionTraces {
  readonly session: SessionId;
  /** The agent, leader of its group; null when this life of the orchestrator did not start it. */
  readonly leader: ProcessIdentity | null;
  /** Others that were seen to belong to the session, by {@link familyOf}. */
  readonly known: readonly ProcessIdentity[];
}

/**
 * Pauses between rounds, about two seconds in all. The system reports the end of no process but our own children, so the
 * table has to be read again; a killed process is usually gone at the next turn, a huge one has its memory to give back.
 */
const PAUSES_MS = [0, 1, 2, 5, 10, 20, 50, 100, 250, 500, 1000];

/** Scans that may be repeated because something moved while they ran, when nobody was found. */
const UNSETTLED_MAX = 3;

/** Kills until a scan finds nobody. What it could not end within about two seconds is `survivorsLeft`. */
export async function sweepSession(traces: SessionTraces, clock: Clock): Promise<SweepReport> {
  const met = new Map<string, ProcessIdentity>();
  let unsettled = 0;
  for (const pauseMs of PAUSES_MS) {
    const { members, settled } = findMembers(traces, met);
    if (members.length === 0) {
      if (settled || unsettled === UNSETTLED_MAX) return { survivorsFound: met.size, survivorsLeft: 0 };
      unsettled += 1;
    }
    for (const member of members) met.set(keyOf(member), member);
    // The group first: the kernel signals it as one, so that no member can fork in between.
    if (traces.leader !== null && holdsPid(traces.leader)) signalGroup(traces.leader, 'SIGKILL');
    for (const member of members) signalProcess(member, 'SIGKILL');
    await (pauseMs === 0 ? nextTurn() : pause(pauseMs, clock));
  }
  return { survivorsFound: met.size, survivorsLeft: findMembers(traces, met).members.length };
}

/**
 * Lists who can be seen to belong to an agent now: its group, its OS session, its descendants. Worth remembering before
 * the agent dies, because its children then become init's and the way to them is lost.
 */
export function familyOf(leader: ProcessIdentity): readonly ProcessIdentity[] {
  const { rows } = localProcesses.scan(null, leader.startTime);
  return closeOverChildren(rows, (row) => row.pid === leader.pid || isInGroup(row, leader)).map(
    identityOfRow,
  );
}

/** Lists the sessions that anybody alive was started for, each with the pids; this program itself is left out. */
export function livingSessions(): ReadonlyMap<SessionId, readonly number[]> {
  const sessions = new Map<SessionId, number[]>();
  for (const { pid, value } of localProcesses.bearers(MARKER)) {
    if (pid === process.pid) continue;
    const pids = sessions.get(value);
    if (pids === undefined) sessions.set(value, [pid]);
    else pids.push(pid);
  }
  return sessions;
}

const MARKER = 'RALPH_SESSION_ID';

function findMembers(
  { session, leader, known }: SessionTraces,
  met: ReadonlyMap<string, ProcessIdentity>,
): { readonly members: readonly ProcessIdentity[]; readonly settled: boolean } {
  const since = leader?.bootId === localProcesses.bootId() ? leader.startTime : null;
  const scan = localProcesses.scan(`${MARKER}=${session}`, since);
  const seen = new Set([...known.map(keyOf), ...met.keys()]);
  if (leader !== null) seen.add(keyOf(leader));
  const group = leader !== null && holdsGroup(leader, scan.rows, seen) ? leader : null;
  const members = closeOverChildren(
    scan.rows,
    (row) => row.marked || seen.has(keyOf(identityOfRow(row))) || (group !== null && isInGroup(row, group)),
  );
  return { members: members.map(identityOfRow), settled: scan.settled };
}

function holdsGroup(
  leader: ProcessIdentity,
  rows: readonly ProcessRow[],
  seen: ReadonlySet<string>,
): boolean {
  return (
    holdsPid(leader) || rows.some((row) => isInGroup(row, leader) && seen.has(keyOf(identityOfRow(row))))
  );
}

function isInGroup(row: ProcessRow, leader: ProcessIdentity): boolean {
  return row.group === leader.pid || row.osSession === leader.pid;
}

function closeOverChildren<Row extends ProcessRow>(
  rows: readonly Row[],
  isMember: (row: Row) => boolean,
): readonly Row[] {
  const others = rows.filter((row) => row.pid !== process.pid);
  const members = new Map(others.filter(isMember).map((row) => [row.pid, row]));
  if (members.size === 0) return [];
  for (let before = 0; before < members.size;) {
    before = members.size;
    for (const row of others) if (members.has(row.parent)) members.set(row.pid, row);
  }
  return [...members.values()];
}

function keyOf({ pid, startTime, bootId }: ProcessIdentity): string {
  return `${pid}@${startTime}@${bootId}`;
}

function identityOfRow({ pid, startTime }: ProcessRow): ProcessIdentity {
  return { pid, startTime, bootId: localProcesses.bootId() };
}

function pause(delayMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, delayMs);
  });
}
