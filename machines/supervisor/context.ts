import type { FactOf, StopReason } from '../../src/domain/run-fact.ts';
import type { RunLimits, RunState } from '../../src/domain/run-state.ts';
import type { SessionLimits } from '../session/context.ts';
import type { Backlog } from '../../src/domain/backlog.ts';

/** What every session of a run is started with, beside its ticket. */
export interface SessionSettings {
  readonly limits: SessionLimits;
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
  readonly header: FactOf<'run.started'>;
  readonly sessions: SessionSettings;
}

/** What a supervisor hands back. */
export interface SupervisorOutput {
  readonly stop: StopReason | null;
}
