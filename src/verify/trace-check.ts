/**
 * Judges a recorded run: does its journal tell of a run that this orchestrator may have made, and was that run safe?
 *
 * Entry by entry: its number, the protocol (`conformance.ts`), then every property. The first thing wrong is the verdict,
 * because what follows it is judged from a state that should not exist. A journal that simply stops is no violation: a
 * crash does that. `isFinished` says so, and `seen` says what happened at all, since a run in which nothing happened
 * breaks no promise.
 */
import type { JournalEntry } from '../domain/journal-entry.ts';
import { RunJudge } from '../domain/run-judge.ts';
import { SIGHTINGS } from '../domain/sightings.ts';
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
  const judge = new RunJudge();
  const seen = new Set<string>();
  let count = 0;
  for (const entry of entries) {
    const fail = (property: string, message: string): TraceVerdict => ({
      ok: false,
      violation: { property, seq: entry.seq, entry, message },
    });
    if (entry.seq !== count)
      return fail('conformance', `entry ${count} of the journal has the number ${entry.seq}`);
    const refusal = refuse(judge.view, entry);
    if (refusal !== null) return fail('conformance', refusal);
    const breach = judge.hear(entry);
    if (breach !== null) return fail(breach.property, breach.message);
    for (const sighting of SIGHTINGS) if (sighting.isSeen(judge.view, entry)) seen.add(sighting.name);
    count += 1;
  }
  return { ok: true, entries: count, isFinished: judge.view.phase === 'finished', seen: [...seen] };
}
