import type { SessionId } from './ids.ts';
import type { RunFact } from './run-fact.ts';

/**
 * True when the journal of a run shows that nothing of it can be left: it has its last fact, and every session has its end.
 * A run that says it is finished while a session is live broke a promise, and is to be recovered like one that was cut off.
 */
export function isRunOver(facts: Iterable<RunFact>): boolean {
  const live = new Set<SessionId>();
  let isFinished = false;
  for (const fact of facts) {
    if (fact.type === 'session.dispatched') live.add(fact.session);
    if (fact.type === 'session.ended') live.delete(fact.session);
    if (fact.type === 'run.finished') isFinished = true;
  }
  return isFinished && live.size === 0;
}
