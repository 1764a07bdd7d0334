import type { Ending, TerminationCause } from '../../src/domain/ending.ts';
import type { SessionId, TicketId } from '../../src/domain/ids.ts';
import type {
  JudgedExit,
  ReleaseReport,
  SessionPlace,
  SweepReport,
  WorkReport,
} from '../../src/domain/work.ts';

/** What a session is started with. */
export interface SessionInput {
  readonly session: SessionId;
  readonly ticket: TicketId;
  readonly title: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Milliseconds from launch to the moment the agent is asked to end. */
  readonly attemptTimeoutMs: number;
  /** Milliseconds an agent may take to end after each request, before the next, harder one. */
  readonly gracePeriodMs: number;
  /** True when the agent has a stop signal of its own, gentler than SIGTERM. */
  readonly agentCanBeAsked: boolean;
  /** True when an agent that leaves no change has still done its job. */
  readonly allowNoChanges: boolean;
  /** False: completed work is kept on its branch for a person to merge. */
  readonly autoMerge: boolean;
}

/** What a session knows. A field is null until the state that learns it. */
export interface SessionContext extends SessionInput {
  readonly place: SessionPlace | null;
  /** Why the agent is being ended; the first cause stays. */
  readonly cause: TerminationCause | null;
  readonly exit: JudgedExit | null;
  readonly sweep: SweepReport | null;
  readonly work: WorkReport | null;
  /** How the session ends; the first one stays. */
  readonly ending: Ending | null;
  readonly reason: string;
  readonly release: ReleaseReport | null;
}

/** The longest delay a timer can take; Node fires a longer one at once. */
export const TIMER_MAX_MS = 2 ** 31 - 1;
