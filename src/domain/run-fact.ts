/**
 * The facts of a run: everything that a supervisor announces, in the order in which it happened.
 *
 * This file owns the vocabulary of the journal. The supervisor announces facts; the journal adds sequence and time and
 * makes them durable; every view of a run, live or past, is a fold over them (`run-view.ts`).
 *
 * F1  A fact is announced before the effect it permits, so a crash leaves a trace of everything that may exist.
 * F2  Facts hold ids and plain data only: they are written as JSON and read by later versions.
 * F3  `session.dispatched` acquires the session's components; `session.ended` releases them, and nothing else does.
 */
import type { Blocker } from './blockers.ts';
import type { Ending, TerminationCause } from './ending.ts';
import type { RunId, SessionId, TicketId } from './ids.ts';

/** A ticket as the run knows it from its first fact on. */
export interface PlannedTicket {
  readonly id: TicketId;
  readonly title: string;
  readonly priority: number;
  readonly deps: readonly TicketId[];
  readonly components: readonly string[];
  /** `eligible` may be dispatched; `closed` was done before; `excluded` was not asked for; `blocked` can never start. */
  readonly standing: 'eligible' | 'closed' | 'excluded' | 'blocked';
  readonly blockers: readonly Blocker[];
}

/** The identity of an operating-system process: a pid alone may be recycled. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in the system's own unit (Linux: clock ticks since boot); empty where it cannot be read. */
  readonly startTime: string;
  /** Changes at every boot; empty where it cannot be read. */
  readonly bootId: string;
}

/** Why no further ticket will be dispatched in this run. */
export type StopReason =
  | { readonly kind: 'signal'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' }
  | { readonly kind: 'budget'; readonly budget: 'maxIterations'; readonly limit: number }
  | { readonly kind: 'internalError'; readonly message: string };

/** What the merge queue did with a session's work. */
export type MergeOutcome =
  | { readonly kind: 'landed'; readonly commit: string; readonly publication: Publication }
  | { readonly kind: 'conflicted'; readonly paths: readonly string[] }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Whether landed work has reached the target branch. */
export type Publication =
  | { readonly kind: 'published'; readonly commit: string }
  | { readonly kind: 'held'; readonly reason: string };

/** Everything that can be said about a run. The word before the dot is the thing; the word after it is what happened. */
export type RunFact =
  | {
      readonly type: 'run.started';
      readonly run: RunId;
      readonly version: string;
      readonly owner: ProcessIdentity;
      readonly target: string;
      /** Tip of the target branch when the run started. */
      readonly targetCommit: string;
      readonly workers: number;
      readonly attemptsMax: number;
      /** 0 means no limit. */
      readonly dispatchesMax: number;
      readonly tickets: readonly PlannedTicket[];
    }
  | { readonly type: 'run.recovered'; readonly notes: readonly string[] }
  /** A ticket of this run is done: what an earlier run had completed and not merged has landed in recovery. */
  | {
      readonly type: 'ticket.recovered';
      readonly ticket: TicketId;
      readonly earlierSession: SessionId;
      readonly commit: string;
    }
  | { readonly type: 'run.paused' }
  | { readonly type: 'run.resumed' }
  | { readonly type: 'run.draining'; readonly reason: StopReason }
  | { readonly type: 'run.stopping'; readonly reason: StopReason }
  | { readonly type: 'run.killing' }
  | {
      readonly type: 'dispatch.refused';
      readonly ticket: TicketId;
      readonly blockers: readonly Blocker[];
    }
  | {
      readonly type: 'session.dispatched';
      readonly session: SessionId;
      readonly ticket: TicketId;
      /** 1 for the first attempt. */
      readonly attempt: number;
      readonly components: readonly string[];
      /** The run that was cut off while this session was live, and whose agent goes on; absent for a new session. */
      readonly adoptedFrom?: RunId;
    }
  | {
      readonly type: 'session.prepared';
      readonly session: SessionId;
      readonly worktree: string;
      readonly branch: string;
      readonly base: string;
    }
  | { readonly type: 'session.launched'; readonly session: SessionId; readonly process: ProcessIdentity }
  | { readonly type: 'session.timingOut'; readonly session: SessionId; readonly cause: TerminationCause }
  | {
      readonly type: 'session.exited';
      readonly session: SessionId;
      readonly code: number | null;
      readonly signal: string | null;
      /** Processes of the session that outlived the agent, and how many of them a sweep could not end. */
      readonly survivorsFound: number;
      readonly survivorsLeft: number;
    }
  | { readonly type: 'session.completed'; readonly session: SessionId }
  | {
      readonly type: 'session.verified';
      readonly session: SessionId;
      readonly head: string;
      readonly commits: number;
      readonly leftoversCommitted: boolean;
      /** Why a person has to look at the work before it is merged. Not there when it may be merged, and in older journals. */
      readonly objection?: string;
    }
  | { readonly type: 'merge.requested'; readonly session: SessionId }
  | { readonly type: 'merge.started'; readonly session: SessionId }
  | { readonly type: 'merge.finished'; readonly session: SessionId; readonly outcome: MergeOutcome }
  | { readonly type: 'session.releasing'; readonly session: SessionId; readonly ending: Ending }
  | {
      readonly type: 'session.ended';
      readonly session: SessionId;
      readonly ending: Ending;
      /** One sentence for a person; empty when the ending says it all. */
      readonly reason: string;
      /** A branch that still holds unmerged commits, or null when nothing had to be kept. */
      readonly keptBranch: string | null;
      /** A worktree that had to stay, with the reason in `reason`, or null. */
      readonly keptWorktree: string | null;
    }
  | { readonly type: 'ticket.requeued'; readonly ticket: TicketId; readonly attempts: number }
  | {
      readonly type: 'ticket.failed';
      readonly ticket: TicketId;
      readonly ending: Ending;
      readonly attempts: number;
    }
  | { readonly type: 'ticket.blocked'; readonly ticket: TicketId; readonly blockers: readonly Blocker[] }
  | { readonly type: 'ticket.readied'; readonly ticket: TicketId }
  | { readonly type: 'run.finished'; readonly publication: Publication | null; readonly exitCode: number };

/** The facts of one type. */
export type FactOf<Type extends RunFact['type']> = Extract<RunFact, { readonly type: Type }>;
