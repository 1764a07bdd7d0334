import type { SessionId } from '../../src/domain/ids.ts';
import type { FactOf, StopReason } from '../../src/domain/run-fact.ts';
import type { RunLimits, RunState } from '../../src/domain/run-state.ts';
import type { TimeoutPolicy } from '../../src/domain/attempt-timeout.ts';
import type { Backlog } from '../../src/domain/backlog.ts';

/** What every session of a run is started with, beside its ticket. */
export interface SessionSettings {
  /** Later attempts may get more time than the first. */
  readonly timeouts: TimeoutPolicy;
  /** How long an agent may take to end after each request, before the next, harder one. */
  readonly gracePeriodMs: number;
  readonly agentCanBeAsked: boolean;
  readonly allowNoChanges: boolean;
  readonly autoMerge: boolean;
}

/** What a supervisor is started with. */
export interface SupervisorInput {
  /** The first fact of the run. */
  readonly header: FactOf<'run.started'>;
  readonly backlog: Backlog;
  readonly limits: RunLimits;
  readonly sessions: SessionSettings;
}

/** What the supervisor knows: the state of the run, and the settings it hands on. */
export interface SupervisorContext {
  readonly run: RunState;
  /** Live sessions whose own machine broke, with the reason. They hear nothing; a stand-in ends and releases them. */
  readonly broken: Readonly<Record<SessionId, string>>;
  readonly header: FactOf<'run.started'>;
  readonly sessions: SessionSettings;
}

/** What a supervisor hands back. */
export interface SupervisorOutput {
  readonly stop: StopReason | null;
}
