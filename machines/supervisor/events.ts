import type { DoneActorEvent, ErrorActorEvent } from 'xstate';

import type { Publication } from '../../src/domain/run-fact.ts';
import type { RecoveredWork } from '../../src/domain/work.ts';
import type { MergeReport, SessionReport, SessionResult, SupervisorCommand } from '../protocol.ts';
import type { actorOfSession, standInOfSession } from './actor-ids.ts';

/** What recovery found and did. */
export interface RecoveryReport {
  /** In words for a person. */
  readonly notes: readonly string[];
  /** What earlier runs had completed and recovery has merged. */
  readonly landed: readonly RecoveredWork[];
}

/** What closing a run left to say: whether landed work has reached the target; null when nothing landed. */
export interface ClosingReport {
  readonly publication: Publication | null;
}

/** Everything the supervisor reacts to: requests from outside, reports of its children, ends of its children. */
export type SupervisorEvent =
  | SupervisorCommand
  | SessionReport
  | MergeReport
  | DoneActorEvent<RecoveryReport, 'recover'>
  | ErrorActorEvent<unknown, 'recover'>
  | DoneActorEvent<ClosingReport, 'closeRun'>
  | ErrorActorEvent<unknown, 'closeRun'>
  | ErrorActorEvent<unknown, 'mergeQueue'>
  | SessionDone
  | SessionBroken;

/** A session, or what stands in for a broken one, reached its final state. */
export type SessionDone = DoneActorEvent<SessionResult, SessionActorId>;

/** The machine of a session, or what stands in for it, itself broke. */
export type SessionBroken = ErrorActorEvent<unknown, SessionActorId>;

type SessionActorId = ReturnType<typeof actorOfSession> | ReturnType<typeof standInOfSession>;
