/**
 * The messages between the machines and what they run: one list, so that nobody sends a word that nobody knows.
 *
 * Requests are imperative and travel down (supervisor -> session -> agent process); facts are in the past tense and
 * travel up. Every message that concerns a session names it, because a message can arrive after its session ended.
 */
import type { Ending } from '../src/domain/ending.ts';
import type { RunId, SessionId, TicketId } from '../src/domain/ids.ts';
import type { FactOf, MergeOutcome, ProcessIdentity, StopReason } from '../src/domain/run-fact.ts';
import type { JudgedExit, MergeRequest } from '../src/domain/work.ts';

/** From outside to the supervisor: what a policy or a person may ask for. */
export type SupervisorCommand =
  | {
      readonly type: 'dispatch';
      readonly ticket: TicketId;
      readonly session: SessionId;
      /** Of a session that goes on after the run that had dispatched it was cut off. */
      readonly adopted?: { readonly from: RunId; readonly timeLeftMs: number };
    }
  | { readonly type: 'run.pause' }
  | { readonly type: 'run.resume' }
  /** No new dispatch; running sessions finish. */
  | { readonly type: 'run.drain'; readonly reason: StopReason }
  /** No new dispatch; running sessions are terminated, completed ones still merge. */
  | { readonly type: 'run.stop'; readonly reason: StopReason }
  /** As `run.stop`, without grace. */
  | { readonly type: 'run.kill'; readonly reason: StopReason };

/** From the supervisor to a session. */
export type SessionCommand =
  | { readonly type: 'session.terminate' }
  | { readonly type: 'session.kill' }
  | { readonly type: 'merge.finished'; readonly session: SessionId; readonly outcome: MergeOutcome };

/** From a session to the supervisor. All but `merge.requested` are the facts of the run themselves. */
export type SessionReport =
  | FactOf<
      | 'session.prepared'
      | 'session.launched'
      | 'session.timingOut'
      | 'session.exited'
      | 'session.completed'
      | 'session.verified'
      | 'session.releasing'
    >
  | { readonly type: 'merge.requested'; readonly session: SessionId; readonly request: MergeRequest };

/** What a session hands to the supervisor when it is over. */
export interface SessionResult {
  readonly session: SessionId;
  readonly ending: Ending;
  /** One sentence for a person; empty when the ending says it all. */
  readonly reason: string;
  readonly keptBranch: string | null;
  readonly keptWorktree: string | null;
}

/** From a session to the actor that holds its agent process. */
export type AgentCommand =
  { readonly type: 'agent.ask' } | { readonly type: 'agent.terminate' } | { readonly type: 'agent.kill' };

/** From the agent process's actor to its session. */
export type AgentReport =
  | { readonly type: 'process.spawned'; readonly process: ProcessIdentity }
  | { readonly type: 'process.spawnFailed'; readonly reason: string }
  | { readonly type: 'process.stalled'; readonly silentMs: number }
  | { readonly type: 'process.exited'; readonly exit: JudgedExit };

/** From the supervisor to the merge queue. */
export interface MergeQueueCommand {
  readonly type: 'merge.enqueue';
  readonly request: MergeRequest;
}

/** From the merge queue to the supervisor. */
export type MergeReport = FactOf<'merge.started' | 'merge.finished'>;
