/** What agents' own records say of who worked beside whom. */
import type { AgentRecord } from '../../src/demo/script.ts';

/** Calls back at each agent's start with the tickets whose agents were at work then, its own included. */
function eachStart(records: readonly AgentRecord[], onStart: (atWork: readonly string[]) => void): void {
  const atWork = new Map<string, string>();
  for (const { moment, ticket, session } of records) {
    if (moment === 'end') atWork.delete(session);
    else onStart([...atWork.set(session, ticket).values()]);
  }
}

/** The most agents that were at work at once, by their own account. */
export function peakOf(records: readonly AgentRecord[]): number {
  let peak = 0;
  eachStart(records, (atWork) => {
    peak = Math.max(peak, atWork.length);
  });
  return peak;
}

/** Pairs of tickets whose agents were at work at the same time, each pair once, as `a b` in order of the alphabet. */
export function pairsAtWork(records: readonly AgentRecord[]): ReadonlySet<string> {
  const pairs = new Set<string>();
  eachStart(records, (atWork) => {
    const last = atWork.at(-1)!;
    for (const other of atWork.slice(0, -1)) pairs.add([other, last].sort().join(' '));
  });
  return pairs;
}
