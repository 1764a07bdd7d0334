import type { Verdict } from '../domain/work.ts';

/** What an agent is asked to work on, as its command line may mention it. */
export interface Assignment {
  readonly ticket: string;
  readonly title: string;
  readonly prompt: string;
  readonly worktree: string;
  readonly session: string;
  readonly attempt: number;
}

/** How an agent process ended, as its host saw it. */
export interface AgentExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly outputTail: string;
}

/** One agent CLI: how to call it, how to ask it to stop, how to read its verdict. */
export interface Agent {
  readonly name: string;
  argv(assignment: Assignment): readonly [string, ...string[]];
  /** The agent's own polite stop signal, or null when only SIGTERM is understood. */
  readonly stopSignal: 'SIGINT' | null;
  verdict(exit: AgentExit): Verdict;
}
