import type { Redact } from '../domain/redact.ts';
import type { Agent } from '../ports/agent.ts';

/**
 * Keeps secrets out of an agent's reasons, which are kept and shown. What it printed decides the outcome as it is; the words
 * are taken from what is left of it without secrets, because words that were cut short no longer show that they held one.
 */
export function discreetAgent(agent: Agent, redact: Redact): Agent {
  return {
    ...agent,
    verdict: (exit) => {
      const verdict = agent.verdict(exit);
      if (verdict.outcome !== 'failed') return verdict;
      const told = agent.verdict({ ...exit, outputTail: redact(exit.outputTail) });
      return { ...verdict, reason: redact((told.outcome === 'failed' ? told : verdict).reason) };
    },
  };
}
