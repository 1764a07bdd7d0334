import type { SessionId, TicketId } from '../domain/ids.ts';
import type { ReleaseReport, SessionPlace, WorkReport } from '../domain/work.ts';

/** Makes, inspects and gives back the worktree and branch of a session. Never loses a commit or a file git can hold. */
export interface Worktrees {
  /** Adds a worktree with a branch of its own at the tip of the integration ref. */
  prepare(session: SessionId, ticket: TicketId): Promise<SessionPlace>;
  /** Begins to watch again what a session does from a place that an earlier run has made; absent where nobody watches. */
  resume?(place: SessionPlace): Promise<void>;
  /** Finds the place of a session that was cut off before it could tell of it; null when there is none. */
  find(session: SessionId, ticket: TicketId): Promise<SessionPlace | null>;
  /** Commits what the agent left uncommitted and says what the session has produced. */
  collect(place: SessionPlace): Promise<WorkReport>;
  /** Saves leftovers to the branch, removes the worktree, deletes the branch when all its commits have landed. */
  release(place: SessionPlace): Promise<ReleaseReport>;
}
