import type { RunId } from '../domain/ids.ts';
import type { SessionIds } from '../ports/session-ids.ts';

/**
 * Counts the sessions of a run: `<run>-001`, `<run>-002`, and `<run>-1000` after 999. Unique because the run's id is, and
 * because one process owns the run; safe in paths and branch names wherever the run's id is.
 */
export function countedSessionIds(run: RunId): SessionIds {
  let handedOut = 0;
  return {
    next: () => {
      handedOut += 1;
      return `${run}-${String(handedOut).padStart(3, '0')}`;
    },
  };
}
