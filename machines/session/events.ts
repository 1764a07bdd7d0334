import type { DoneActorEvent, ErrorActorEvent } from 'xstate';

import type { ReleaseReport, SessionPlace, SweepReport, WorkReport } from '../../src/domain/work.ts';
import type { AgentReport, SessionCommand } from '../protocol.ts';

/** Everything a session reacts to: requests from above, reports of its agent process, results of its own steps. */
export type SessionEvent =
  | SessionCommand
  | AgentReport
  | DoneActorEvent<SessionPlace, 'prepareWorktree'>
  | ErrorActorEvent<unknown, 'prepareWorktree'>
  | DoneActorEvent<SweepReport, 'sweepSurvivors'>
  | ErrorActorEvent<unknown, 'sweepSurvivors'>
  | DoneActorEvent<WorkReport, 'verifyWork'>
  | ErrorActorEvent<unknown, 'verifyWork'>
  | DoneActorEvent<ReleaseReport, 'releasePlace'>
  | ErrorActorEvent<unknown, 'releasePlace'>
  | ErrorActorEvent<unknown, 'agentProcess'>;
