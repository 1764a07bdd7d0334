/**
 * Reads a journal back, also one whose run was cut off in the middle of a line.
 *
 * A crash can leave the last line torn: without its newline, or of bytes that are no JSON. That is expected, reported as
 * `torn` and loses nothing that anybody was told is durable. Everything else that is wrong, in the middle or in what a
 * line says, is no accident of a crash: the journal is refused, naming the line, with the entries before it.
 */
import { readFile } from 'node:fs/promises';
import { JOURNAL_VERSION, type JournalEntry } from '../domain/journal-entry.ts';
import type { RunFact } from '../domain/run-fact.ts';

/** What a journal says, or why it cannot be relied on. */
export type JournalReading =
  | {
      readonly kind: 'read';
      readonly entries: readonly JournalEntry[];
      /** Where an unfinished last line begins; null when the last line is whole. */
      readonly torn: { readonly byteOffset: number } | null;
    }
  | {
      readonly kind: 'refused';
      /** 1 for the first line. */
      readonly line: number;
      readonly reason: string;
      /** What the lines before it say. */
      readonly entries: readonly JournalEntry[];
    }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads the journal at a path. Never throws: a missing file is `unreadable`. Works on a journal that is being written. */
export async function readJournal(path: string): Promise<JournalReading> {
  try {
    return parseJournal(await readFile(path));
  } catch (error) {
    return { kind: 'unreadable', reason: `${path}: ${(error as Error).message}` };
  }
}

const NEWLINE = 0x0a;

function parseJournal(bytes: Buffer): JournalReading {
  const entries: JournalEntry[] = [];
  for (let start = 0, line = 1; start < bytes.length; line += 1) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end === -1) return { kind: 'read', entries, torn: { byteOffset: start } };
    const parsed = parseJson(bytes.toString('utf8', start, end));
    if (parsed === null) {
      if (end === bytes.length - 1) return { kind: 'read', entries, torn: { byteOffset: start } };
      return { kind: 'refused', line, reason: 'it is no JSON, and lines follow it', entries };
    }
    const reason = whyNoEntry(parsed.value, entries.length);
    if (reason !== null) return { kind: 'refused', line, reason, entries };
    entries.push(parsed.value as JournalEntry);
    start = end + 1;
  }
  return { kind: 'read', entries, torn: null };
}

function parseJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

/** Checks what every entry has. What a fact of its type holds besides is written and read by the same types. */
function whyNoEntry(value: unknown, expectedSeq: number): string | null {
  if (typeof value !== 'object' || value === null) return 'it is no journal entry';
  const { v, seq, at, type } = value as Readonly<Record<string, unknown>>;
  if (v !== JOURNAL_VERSION) {
    return `it has version ${JSON.stringify(v)}; this program reads version ${JOURNAL_VERSION}`;
  }
  if (seq !== expectedSeq) return `it has number ${JSON.stringify(seq)} where ${expectedSeq} is next`;
  if (typeof at !== 'number') return 'it has no time';
  if (typeof type !== 'string' || !Object.hasOwn(FACT_TYPES, type)) {
    return `it tells of ${JSON.stringify(type)}, which this program does not know`;
  }
  return null;
}

/** A record, so that the compiler asks for every new type of fact. */
const FACT_TYPES: Readonly<Record<RunFact['type'], true>> = {
  'run.started': true,
  'run.recovered': true,
  'ticket.recovered': true,
  'run.paused': true,
  'run.resumed': true,
  'run.draining': true,
  'run.stopping': true,
  'run.killing': true,
  'dispatch.refused': true,
  'session.dispatched': true,
  'session.prepared': true,
  'session.launched': true,
  'session.timingOut': true,
  'session.exited': true,
  'session.completed': true,
  'session.verified': true,
  'merge.requested': true,
  'merge.started': true,
  'merge.finished': true,
  'session.releasing': true,
  'session.ended': true,
  'ticket.requeued': true,
  'ticket.failed': true,
  'ticket.blocked': true,
  'ticket.readied': true,
  'run.finished': true,
};
