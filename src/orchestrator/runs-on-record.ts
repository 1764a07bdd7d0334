/**
 * What the folders of earlier runs say: how each run ended, when, and which sessions it had. Reads every journal whole, so
 * it is for those who want to know all of it; whoever starts a run asks `past-runs.ts`.
 */
import { lstat, readdir } from 'node:fs/promises';

import type { RunRemains } from '../domain/cleanup-facts.ts';
import { isRunOver } from '../domain/cut-off.ts';
import { unsafeIdReason, type RunId, type SessionId } from '../domain/ids.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';
import type { SessionOnRecord } from '../effects/git/session-worktrees.ts';
import { readJournal, type JournalReading } from '../effects/journal-reader.ts';
import { journalPath } from '../effects/jsonl-journal.ts';
import { liveness } from '../effects/process-identity.ts';
import { isRecovered } from './past-runs.ts';
import { runDir, runsDir } from './state-files.ts';

/** The runs of a project and their sessions. */
export interface RunsOnRecord {
  readonly runs: readonly RunRemains[];
  readonly sessions: ReadonlyMap<SessionId, SessionOnRecord>;
}

/** Reads all runs of a project, oldest first. */
export async function runsOnRecord(root: string): Promise<RunsOnRecord> {
  const names = await readdir(runsDir(root)).catch(() => []);
  const runs: RunRemains[] = [];
  const sessions = new Map<SessionId, SessionOnRecord>();
  for (const run of names.filter((name) => unsafeIdReason(name) === null).sort()) {
    const read = await readRun(root, run);
    if (read === null) continue;
    runs.push(read.remains);
    for (const [session, record] of sessionsIn(read.entries)) sessions.set(session, record);
  }
  return { runs, sessions };
}

/** Looks at one run again; null when its folder is gone or none. */
export async function runOnRecord(root: string, run: RunId): Promise<RunRemains | null> {
  return (await readRun(root, run))?.remains ?? null;
}

async function readRun(
  root: string,
  run: RunId,
): Promise<{ readonly remains: RunRemains; readonly entries: readonly JournalEntry[] } | null> {
  const path = runDir(root, run);
  const folder = await lstat(path).catch(() => null);
  if (folder === null) return null;
  const of = (state: RunRemains['state'], lastMs = folder.mtimeMs): RunRemains => ({
    run,
    path,
    state,
    lastMs,
  });
  if (folder.isSymbolicLink()) return { remains: of('link'), entries: [] };
  if (!folder.isDirectory()) return null;
  if ((await readdir(path)).length === 0) return { remains: of('empty'), entries: [] };
  const reading = await readJournal(journalPath(path));
  const entries = reading.kind === 'unreadable' ? [] : reading.entries;
  return { remains: of(stateOf(reading, entries, isRecovered(root, run)), entries.at(-1)?.at), entries };
}

function stateOf(
  reading: JournalReading,
  entries: readonly JournalEntry[],
  recovered: boolean,
): RunRemains['state'] {
  const [first] = entries;
  if (isRunOver(entries)) return 'finished';
  // Where nothing can be proven, it may be alive.
  if (first?.type === 'run.started' && liveness(first.owner) !== 'dead') return 'live';
  if (recovered) return 'recovered';
  return reading.kind === 'unreadable' ? 'damaged' : 'cutOff';
}

function sessionsIn(entries: readonly JournalEntry[]): ReadonlyMap<SessionId, SessionOnRecord> {
  const sessions = new Map<SessionId, SessionOnRecord>();
  for (const entry of entries) {
    if (entry.type === 'session.dispatched') {
      sessions.set(entry.session, { ticket: entry.ticket, worktree: null, wasKept: false });
    }
    if (entry.type !== 'session.prepared' && entry.type !== 'session.ended') continue;
    const record = sessions.get(entry.session);
    if (record === undefined) continue;
    const change =
      entry.type === 'session.prepared'
        ? { worktree: entry.worktree }
        : { wasKept: entry.keptWorktree !== null };
    sessions.set(entry.session, { ...record, ...change });
  }
  return sessions;
}
