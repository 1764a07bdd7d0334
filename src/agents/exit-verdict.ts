import { lastLineOf } from '../domain/last-line.ts';
import type { Verdict } from '../domain/work.ts';
import type { AgentExit } from '../ports/agent.ts';

/** Judges an agent by how its process ended: code 0 is success, anything else is a failure with its last line. */
export function exitVerdict(exit: AgentExit): Verdict {
  if (exit.code === 0) return { outcome: 'succeeded' };
  const how = exit.signal === null ? `exit code ${exit.code ?? 'unknown'}` : `killed by ${exit.signal}`;
  const line = lastLineOf(exit.outputTail);
  return { outcome: 'failed', reason: line === '' ? how : `${how}: ${line}` };
}
