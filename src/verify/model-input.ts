/**
 * What a supervisor is started with where no run surrounds it: in a model, and in the replay of a journal.
 */
import type { SessionSettings, SupervisorInput } from '../../machines/index.ts';
import type { Backlog } from '../domain/backlog.ts';
import { plannedTicketsOf } from '../domain/planned-backlog.ts';
import type { FactOf } from '../domain/run-fact.ts';
import type { RunLimits } from '../domain/run-state.ts';

/** Settings of sessions, of which only their lives depend. */
export type LifeSwitches = Pick<SessionSettings, 'allowNoChanges' | 'autoMerge'>;

/** Makes the input of a supervisor that works off a backlog. */
export function modelInput(
  backlog: Backlog,
  limits: RunLimits,
  switches: LifeSwitches = { allowNoChanges: false, autoMerge: true },
): SupervisorInput {
  return {
    header: headerOf(backlog, limits),
    backlog,
    limits,
    sessions: {
      timeouts: { firstMs: 1000, incrementMs: 0, maxMs: 0 },
      gracePeriodMs: 100,
      agentCanBeAsked: true,
      ...switches,
    },
  };
}

function headerOf(
  backlog: Backlog,
  { workers, attemptsMax, dispatchesMax }: RunLimits,
): FactOf<'run.started'> {
  return {
    type: 'run.started',
    run: 'model',
    version: '0',
    owner: { pid: 1, startTime: '1', bootId: 'boot' },
    target: 'main',
    targetCommit: 'base',
    workers,
    attemptsMax,
    dispatchesMax,
    tickets: plannedTicketsOf(backlog),
  };
}
