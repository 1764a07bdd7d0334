import type { SessionId, TicketId } from './ids.ts';

/** What names a session's place in git. */
export interface SessionPlace {
  readonly session: SessionId;
  readonly ticket: TicketId;
  readonly worktree: string;
  readonly branch: string;
  /** The commit the branch was made from: the tip of the integration ref at that moment. */
  readonly base: string;
}

/** How the processes of a session ended, and whether the agent says that it did its job. */
export interface JudgedExit {
  /** Exit code, or null when a signal ended the process. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly verdict: Verdict;
}

/** Whether the agent did what it was asked, by its own account. An unknown outcome is a failure. */
export type Verdict =
  { readonly outcome: 'succeeded' } | { readonly outcome: 'failed'; readonly reason: string };

/** What a sweep met: processes of a session that outlived its agent. */
export interface SweepReport {
  readonly survivorsFound: number;
  readonly survivorsLeft: number;
}

/** What an agent left behind in its worktree. */
export interface WorkReport {
  /** The commit that holds all of it. Equal to the base when there is nothing. */
  readonly head: string;
  /** Commits reachable from `head` and not from the base. */
  readonly commits: number;
  /** True when uncommitted or untracked files were committed on the agent's behalf. */
  readonly leftoversCommitted: boolean;
  /** Why a person has to look at the work before it is merged, in words; null when it may be merged. */
  readonly objection: string | null;
}

/** A session's verified work, waiting to land. */
export interface MergeRequest {
  readonly session: SessionId;
  readonly ticket: TicketId;
  readonly title: string;
  readonly branch: string;
  readonly head: string;
}

/** Work that an earlier run had completed, and that has landed while this one recovered. */
export interface RecoveredWork {
  readonly ticket: TicketId;
  /** The session of the earlier run that made it. */
  readonly session: SessionId;
  readonly commit: string;
}

/** What giving a session's place back left in the repository. */
export interface ReleaseReport {
  /** The branch, when it holds commits that are not on the integration ref; else null, and the branch is gone. */
  readonly keptBranch: string | null;
  /** The worktree, when removing it would have lost something, with the reason; else null. */
  readonly keptWorktree: { readonly path: string; readonly reason: string } | null;
}
