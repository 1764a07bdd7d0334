/**
 * Finds and ends every process that belongs to a session, or to any session of a run, and nobody else.
 *
 * Belonging is proven by one of: the marker `RALPH_SESSION_ID=<session>` (`RALPH_RUN_ID=<run>`) in the environment a
 * process was started with (it follows through fork, setsid and daemons); being in an agent's process group or OS session
 * while that number is still held; having been seen as one of the session's before; descending from one of these.
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
import type { RunId, SessionId } from '../domain/ids.ts';
import type { ProcessIdentity } from '../domain/run-fact.ts';
import type { SweepReport } from '../domain/work.ts';
import type { Clock } from '../ports/clock.ts';
import { localProcesses } from './local-processes.ts';
import { holdsPid } from './process-identity.ts';
import type { ProcessRow } from './process-table.ts';
import { signalGroup, signalProcess } from './signal-process.ts';

/** What is known of an agent's processes before looking. */
interface Traces {
  /** The agent, leader of its group; null when this life of the orchestrator did not start it. */
  readonly leader: ProcessIdentity | null;
  /** Others that were seen to belong to the session, by {@link familyOf} or {@link membersOfRun}. */
  readonly known: readonly ProcessIdentity[];
}

/** What is known of a session's processes before looking. */
export interface SessionTraces extends Traces {
  readonly session: SessionId;
  /** Who started the leader, and so is older, where that is one of the session's own. */
  readonly keeper?: ProcessIdentity | null;
}

/** What is known of the processes of a run's sessions before looking. */
export interface RunTraces {
  readonly run: RunId;
  readonly sessions: readonly Traces[];
}

/** Whom a sweep looks for. */
interface Wanted {
  readonly marker: string;
  readonly traces: readonly Traces[];
  /** Start time before which nobody can belong to them; null when that is not known. */
  readonly since: string | null;
}

/**
 * Pauses between rounds, about two seconds in all. The system reports the end of no process but our own children, so the
 * table has to be read again; a killed process is usually gone at the next turn, a huge one has its memory to give back.
 */
const PAUSES_MS = [0, 1, 2, 5, 10, 20, 50, 100, 250, 500, 1000];

/** Scans that may be repeated because something moved while they ran, when nobody was found. */
const UNSETTLED_MAX = 3;

/** Kills until a scan finds nobody. What it could not end within about two seconds is `survivorsLeft`. */
export function sweepSession(traces: SessionTraces, clock: Clock): Promise<SweepReport> {
  return sweep(wantedOfSession(traces), clock);
}

/** As {@link sweepSession}, for every session of a run at once. */
export function sweepRun(traces: RunTraces, clock: Clock): Promise<SweepReport> {
  return sweep(wantedOfRun(traces), clock);
}

/** Lists who can be seen to belong to a run's sessions now. */
export function membersOfRun(traces: RunTraces): readonly ProcessIdentity[] {
  return findMembers(wantedOfRun(traces), new Map()).members;
}

function wantedOfSession(traces: SessionTraces): Wanted {
  const { session, leader, keeper } = traces;
  const eldest = keeper ?? leader;
  const since = eldest?.bootId === localProcesses.bootId() ? eldest.startTime : null;
  return { marker: `${MARKER}=${session}`, traces: [traces], since };
}

function wantedOfRun({ run, sessions }: RunTraces): Wanted {
  return { marker: `RALPH_RUN_ID=${run}`, traces: sessions, since: null };
}

async function sweep(wanted: Wanted, clock: Clock): Promise<SweepReport> {
  const met = new Map<string, ProcessIdentity>();
  let unsettled = 0;
  for (const pauseMs of PAUSES_MS) {
    const { members, settled } = findMembers(wanted, met);
    if (members.length === 0) {
      if (settled || unsettled === UNSETTLED_MAX) return { survivorsFound: met.size, survivorsLeft: 0 };
      unsettled += 1;
    }
    for (const member of members) met.set(keyOf(member), member);
    for (const { leader } of wanted.traces) {
      // The group first: the kernel signals it as one, so that no member can fork in between.
      if (leader !== null && holdsPid(leader)) signalGroup(leader, 'SIGKILL');
    }
    for (const member of members) signalProcess(member, 'SIGKILL');
    await (pauseMs === 0 ? nextTurn() : pause(pauseMs, clock));
  }
  return { survivorsFound: met.size, survivorsLeft: findMembers(wanted, met).members.length };
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
  { marker, traces, since }: Wanted,
  met: ReadonlyMap<string, ProcessIdentity>,
): { readonly members: readonly ProcessIdentity[]; readonly settled: boolean } {
  const leaders = traces.flatMap(({ leader }) => leader ?? []);
  const scan = localProcesses.scan(marker, since);
  const seen = new Set([...leaders, ...traces.flatMap(({ known }) => known), ...met.values()].map(keyOf));
  const groups = leaders.filter((leader) => holdsGroup(leader, scan.rows, seen));
  const members = closeOverChildren(
    scan.rows,
    (row) =>
      row.marked || seen.has(keyOf(identityOfRow(row))) || groups.some((leader) => isInGroup(row, leader)),
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

/** Resolves when so much time has passed. */
export function pause(delayMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, delayMs);
  });
}
