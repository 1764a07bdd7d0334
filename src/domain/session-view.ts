/**
 * A session as a reader sees it: what its facts have said so far, with the times at which they were said.
 */
import type { Ending, TerminationCause } from './ending.ts';
import type { SessionId, TicketId } from './ids.ts';
import type { FactOf } from './run-fact.ts';
import type { PhaseFact, SessionPhase } from './session-phase.ts';

/** What is known of a session, live or over. Times are epoch milliseconds, null until it comes to that. */
interface SessionRecord {
  readonly session: SessionId;
  readonly ticket: TicketId;
  readonly attempt: number;
  readonly components: readonly string[];
  readonly dispatchedAtMs: number;
  readonly launchedAtMs: number | null;
  readonly exitedAtMs: number | null;
  readonly worktree: string | null;
  readonly branch: string | null;
  readonly base: string | null;
  readonly pid: number | null;
  /** Why its agent was ended before it exited by itself. */
  readonly cause: TerminationCause | null;
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  /** Commits found when its work was verified. */
  readonly commits: number | null;
}

/** A live session. */
export interface LiveSessionView extends SessionRecord {
  readonly phase: SessionPhase;
  /** When the phase began, epoch milliseconds. */
  readonly sinceMs: number;
}

/** A session that is over. */
export interface EndedSessionView extends SessionRecord {
  readonly endedAtMs: number;
  readonly ending: Ending;
  readonly reason: string;
  readonly keptBranch: string | null;
  readonly keptWorktree: string | null;
}

/** Begins the record of a session. Times are epoch milliseconds here and below. */
export function sessionAtDispatch(fact: FactOf<'session.dispatched'>, atMs: number): LiveSessionView {
  const { session, ticket, attempt, components } = fact;
  return {
    session,
    ticket,
    attempt,
    components,
    phase: 'preparing',
    sinceMs: atMs,
    dispatchedAtMs: atMs,
    launchedAtMs: null,
    exitedAtMs: null,
    worktree: null,
    branch: null,
    base: null,
    pid: null,
    cause: null,
    exitCode: null,
    exitSignal: null,
    commits: null,
  };
}

/** Takes a later fact about a session into its record. The phase that the fact leads to is decided by the caller. */
export function sessionAfter(
  before: LiveSessionView,
  fact: FactOf<Exclude<PhaseFact, 'session.dispatched'>>,
  phase: SessionPhase,
  atMs: number,
): LiveSessionView {
  const session = phase === before.phase ? before : { ...before, phase, sinceMs: atMs };
  switch (fact.type) {
    case 'session.prepared':
      return { ...session, worktree: fact.worktree, branch: fact.branch, base: fact.base };
    case 'session.launched':
      return { ...session, pid: fact.process.pid, launchedAtMs: atMs };
    case 'session.timingOut':
      return { ...session, cause: fact.cause };
    case 'session.exited':
      return { ...session, exitedAtMs: atMs, exitCode: fact.code, exitSignal: fact.signal };
    case 'session.verified':
      return { ...session, commits: fact.commits };
    case 'session.ended':
      // A session that broke ends without an exit of its own; its agent is gone all the same.
      return { ...session, exitedAtMs: session.exitedAtMs ?? atMs };
    case 'session.completed':
    case 'merge.requested':
    case 'merge.started':
    case 'merge.finished':
    case 'session.releasing':
      return session;
  }
}

/** True while the session's agent process is known to live. */
export function hasAgent({ launchedAtMs, exitedAtMs }: LiveSessionView): boolean {
  return launchedAtMs !== null && exitedAtMs === null;
}

/** Closes the record of a session. */
export function endedSession(
  live: LiveSessionView,
  fact: FactOf<'session.ended'>,
  endedAtMs: number,
): EndedSessionView {
  const { phase: _phase, sinceMs: _sinceMs, ...record } = live;
  const { ending, reason, keptBranch, keptWorktree } = fact;
  return { ...record, endedAtMs, ending, reason, keptBranch, keptWorktree };
}
