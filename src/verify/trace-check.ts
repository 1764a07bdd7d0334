/**
 * Judges a recorded run: does its journal tell of a run that this orchestrator may have made, and was that run safe?
 *
 * Entry by entry: its number, the protocol (`conformance.ts`), then every property. The first thing wrong is the verdict,
 * because what follows it is judged from a state that should not exist. A journal that simply stops is no violation: a
 * crash does that. `isFinished` says so, and `seen` says what happened at all, since a run in which nothing happened
 * breaks no promise.
 */
import type { SessionId } from '../domain/ids.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';
import { PROPERTIES, type Violation } from '../domain/properties.ts';
import type { RunFact } from '../domain/run-fact.ts';
import { SIGHTINGS } from '../domain/sightings.ts';
import { applyFact, EMPTY_SYSTEM_VIEW, type SystemView } from '../domain/system-view.ts';
import { followRun } from './conformance.ts';

/** What a journal shows. */
export type TraceVerdict =
  | {
      readonly ok: true;
      readonly entries: number;
      /** False when the run was cut off, or goes on. */
      readonly isFinished: boolean;
      /** Names of the sightings that were made. */
      readonly seen: readonly string[];
    }
  | { readonly ok: false; readonly violation: TraceViolation };

/** The first thing that is wrong with a journal. */
export interface TraceViolation {
  /** The name of the property, or `conformance`. */
  readonly property: string;
  readonly seq: number;
  readonly entry: JournalEntry;
  readonly message: string;
}

/** Checks the entries of one run, in the order in which they were written. */
export function checkTrace(entries: Iterable<JournalEntry>): TraceVerdict {
  const refuse = followRun();
  const reused = watchReuse();
  const seen = new Set<string>();
  let view: SystemView = EMPTY_SYSTEM_VIEW;
  let count = 0;
  for (const entry of entries) {
    const fail = (property: string, message: string): TraceVerdict => ({
      ok: false,
      violation: { property, seq: entry.seq, entry, message },
    });
    if (entry.seq !== count)
      return fail('conformance', `entry ${count} of the journal has the number ${entry.seq}`);
    const refusal = refuse(view, entry);
    if (refusal !== null) return fail('conformance', refusal);
    const reuse = reused(entry);
    if (reuse !== null) return fail('S4 oneSessionPerTicket', reuse);

    const after = applyFact(view, entry);
    for (const property of PROPERTIES) {
      const verdict: true | Violation =
        property.kind === 'step' ? property.holds(view, entry, after) : property.holds(after);
      if (verdict !== true) return fail(property.name, verdict.message);
    }
    for (const sighting of SIGHTINGS) if (sighting.isSeen(after, entry)) seen.add(sighting.name);
    view = after;
    count += 1;
  }
  return { ok: true, entries: count, isFinished: view.phase === 'finished', seen: [...seen] };
}

/** The part of S4 that no single moment shows: what named one session never names another. */
function watchReuse(): (fact: RunFact) => string | null {
  const sessions = new Set<SessionId>();
  const branches = new Set<string>();
  const worktrees = new Set<string>();
  return (fact) => {
    switch (fact.type) {
      case 'session.dispatched':
        return isNew(sessions, fact.session) ? null : `session id ${fact.session} was used before`;
      case 'session.prepared':
        if (!isNew(branches, fact.branch)) return `branch ${fact.branch} was used before`;
        return isNew(worktrees, fact.worktree) ? null : `worktree ${fact.worktree} was used before`;
      default:
        return null;
    }
  };
}

function isNew(used: Set<string>, name: string): boolean {
  if (used.has(name)) return false;
  used.add(name);
  return true;
}
