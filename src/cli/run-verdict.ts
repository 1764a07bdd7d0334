/**
 * What judging the journal of a run came to: the form in which `--json` prints it, and from which the text is drawn.
 */
import type { RunId, SessionId, TicketId } from '../domain/ids.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';
import { PROPERTIES } from '../domain/properties.ts';
import { SIGHTINGS } from '../domain/sightings.ts';
import { CONFORMANCE } from '../verify/check-run.ts';
import type { TraceVerdict, TraceViolation } from '../verify/trace-check.ts';

/** The verdict on the journal of a run. */
export interface RunVerdict {
  readonly verdict: 'pass' | 'violation';
  readonly journal: string;
  /** Null when not even the first entry is there. */
  readonly run: RunId | null;
  /** By which version of the program it was written. */
  readonly version: string | null;
  readonly entries: number;
  readonly sessions: number;
  readonly landed: number;
  readonly end: 'finished' | 'goes on' | 'cut off';
  /** Null unless it is finished. */
  readonly exitCode: number | null;
  /** Whether the last line is unfinished, as a crash leaves it. It is left out, and is no violation. */
  readonly isTorn: boolean;
  /** What was judged, and which of it was found not to hold. What follows the first bad entry is not judged. */
  readonly properties: readonly {
    readonly name: string;
    readonly describe: string;
    readonly holds: boolean;
  }[];
  /** What was seen to happen, and what was not. */
  readonly seen: readonly string[];
  readonly unseen: readonly string[];
  /** The first thing that is wrong. */
  readonly violation: RunViolation | null;
}

/** The first thing that is wrong with a journal. */
export interface RunViolation {
  readonly property: string;
  readonly message: string;
  /** 1 for the first line. */
  readonly line: number;
  /** Null when the line is no entry at all. */
  readonly entry: JournalEntry | null;
  /** What was on record before of the same session and ticket, the last of it. */
  readonly before: readonly JournalEntry[];
}

/** What a verdict is made of. */
export interface RunVerdictParts {
  readonly journal: string;
  readonly entries: readonly JournalEntry[];
  readonly trace: TraceVerdict;
  readonly isTorn: boolean;
  /** The line at which reading had to end. */
  readonly damage: { readonly line: number; readonly reason: string } | null;
  /** Whether the process that writes the journal is there. */
  readonly isOwnerAlive: boolean;
}

/** Puts a verdict together. */
export function runVerdictOf(parts: RunVerdictParts): RunVerdict {
  const { journal, entries, trace, isTorn, damage, isOwnerAlive } = parts;
  const [first] = entries;
  const last = entries.at(-1);
  const violation = violationOf(entries, trace, damage);
  const seen = trace.ok ? trace.seen : [];
  const { run = null, version = null } = first?.type === 'run.started' ? first : {};
  return {
    verdict: violation === null ? 'pass' : 'violation',
    journal,
    run,
    version,
    entries: entries.length,
    sessions: entries.filter(({ type }) => type === 'session.dispatched').length,
    landed: entries.filter((entry) => entry.type === 'merge.finished' && entry.outcome.kind === 'landed')
      .length,
    end: last?.type === 'run.finished' ? 'finished' : isOwnerAlive ? 'goes on' : 'cut off',
    exitCode: last?.type === 'run.finished' ? last.exitCode : null,
    isTorn,
    properties: [{ name: CONFORMANCE, describe: CONFORMS }, ...PROPERTIES].map(({ name, describe }) => ({
      name,
      describe,
      holds: violation?.property !== name,
    })),
    seen,
    unseen: SIGHTINGS.map(({ name }) => name).filter((name) => !seen.includes(name)),
    violation,
  };
}

const CONFORMS = 'every entry is one that the machines of this version would have written there';

function violationOf(
  entries: readonly JournalEntry[],
  trace: TraceVerdict,
  damage: RunVerdictParts['damage'],
): RunViolation | null {
  if (!trace.ok) {
    const { property, message, entry } = trace.violation;
    const index = entries.indexOf(entry);
    return { property, message, line: index + 1, entry, before: related(entries, index, trace.violation) };
  }
  if (damage === null) return null;
  return {
    property: CONFORMANCE,
    message: damage.reason,
    line: damage.line,
    entry: null,
    before: entries.slice(-BEFORE_MAX),
  };
}

const BEFORE_MAX = 6;

/** The last entries before a bad one that speak of its session, its ticket, or of another session that the message names. */
function related(
  entries: readonly JournalEntry[],
  index: number,
  { entry, message }: TraceViolation,
): readonly JournalEntry[] {
  const before = entries.slice(0, index);
  const named = new Set(message.split(/[^\w.-]+/));
  const ticketOf = new Map<SessionId, TicketId>();
  for (const one of [...before, entry])
    if (one.type === 'session.dispatched') ticketOf.set(one.session, one.ticket);
  const ticketsOf = (one: JournalEntry): TicketId | undefined =>
    'ticket' in one ? one.ticket : 'session' in one ? ticketOf.get(one.session) : undefined;
  const ticket = ticketsOf(entry);
  const about = before.filter((one) => {
    const other = ticketsOf(one);
    return (other !== undefined && other === ticket) || ('session' in one && named.has(one.session));
  });
  return (about.length === 0 ? before : about).slice(-BEFORE_MAX);
}
