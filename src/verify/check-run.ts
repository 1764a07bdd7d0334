/**
 * Judges a recorded run by everything there is to judge it by: the protocol and the properties (`trace-check.ts`), and the
 * machine that ships (`replay.ts`). The first bad entry is the verdict, whoever found it.
 */
import type { JournalEntry } from '../domain/journal-entry.ts';
import { replayRun } from './replay.ts';
import { checkTrace, type TraceVerdict, type TraceViolation } from './trace-check.ts';

/** The name under which it is reported that a journal is not one that this orchestrator writes. */
export const CONFORMANCE = 'conformance';

/** Checks the entries of one run, in the order in which they stand in the journal. */
export function checkRun(entries: readonly JournalEntry[]): TraceVerdict {
  const verdict = traceOf(entries);
  const sound = verdict.ok ? entries : entries.slice(0, entries.indexOf(verdict.violation.entry));
  // What the properties say of an entry is told rather than that the machine would not have written it.
  const departure = replayRun(sound);
  return departure === null
    ? verdict
    : { ok: false, violation: conformance(departure.entry, departure.message) };
}

/** An entry may lack what its type promises: a journal is a file, and anybody can write to it. */
function traceOf(entries: readonly JournalEntry[]): TraceVerdict {
  let last = entries[0];
  function* followed(): Generator<JournalEntry> {
    for (last of entries) yield last;
  }
  try {
    return checkTrace(followed());
  } catch (error) {
    if (!(error instanceof TypeError) || last === undefined) throw error;
    return {
      ok: false,
      violation: conformance(last, `it lacks what a ${last.type} tells: ${error.message}`),
    };
  }
}

function conformance(entry: JournalEntry, message: string): TraceViolation {
  return { property: CONFORMANCE, seq: entry.seq, entry, message };
}
