import type { ProcessIdentity } from '../domain/run-fact.ts';
import type { LaunchCommand, ProcessEvent, ProcessHost } from './process-host.ts';

/** An agent that an earlier life of the orchestrator has started, and that can be followed on. */
export interface KeptAgent {
  readonly process: ProcessIdentity;
  /** When it was started. */
  readonly startedMs: number;
  /** True when it has ended meanwhile, and how is on record. */
  readonly hasEnded: boolean;
}

/** A host whose agents can outlive the orchestrator, and be taken over again by the next. */
export interface AdoptingHost extends ProcessHost {
  /** Looks whether the agent whose output is in that folder can be adopted; null when it cannot. */
  kept(outputDir: string): KeptAgent | null;
  /** Follows such an agent as if it had been launched here. Never throws: a failure is `process.spawnFailed`. */
  adopt(command: LaunchCommand, listener: (event: ProcessEvent) => void): void;
}
