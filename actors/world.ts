import type { AgentProcessInput, ClosingReport, RecoveryReport } from '../machines/index.ts';
import type { Agent } from '../src/ports/agent.ts';
import type { Integration } from '../src/ports/integration.ts';
import type { Journal } from '../src/ports/journal.ts';
import type { LaunchCommand, ProcessHost } from '../src/ports/process-host.ts';
import type { Worktrees } from '../src/ports/worktrees.ts';
import type { Adoptions } from './adoptions.ts';

/** All that the actors of a run touch. The orchestrator gives them the real world, the simulator its own. */
export interface World {
  readonly agent: Agent;
  readonly host: ProcessHost;
  readonly worktrees: Worktrees;
  readonly integration: Integration;
  readonly journal: Journal;
  /** The sessions of earlier runs that go on; absent where none ever does. */
  readonly adoptions?: Adoptions;
  /** Says what to start for a session. */
  launchCommand(input: AgentProcessInput): LaunchCommand;
  /** Puts right what an earlier run left, before anything is dispatched. */
  recover(): Promise<RecoveryReport>;
  /** Publishes what can be published, after the last session. */
  closeRun(): Promise<ClosingReport>;
}
