/**
 * Puts right what a run that was cut off left behind, before anything is dispatched.
 *
 * What may exist is on record: every effect was announced first. So the journals of earlier runs name all sessions that
 * were live at the cut; their processes are ended, their work is saved to their branches, their worktrees are given back.
 * Doing it twice changes nothing the second time.
 */
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { RecoveryReport } from '../../machines/index.ts';
import type { RunId } from '../domain/ids.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';
import { errorReason } from '../domain/session-outcome.ts';
import type { SessionPlace } from '../domain/work.ts';
import { readJournal } from '../effects/journal-reader.ts';
import { journalPath } from '../effects/jsonl-journal.ts';
import type { Integration } from '../ports/integration.ts';
import type { ProcessHost } from '../ports/process-host.ts';
import type { Worktrees } from '../ports/worktrees.ts';
import { runDir, runsDir } from './state-files.ts';

/** What recovery works with. */
export interface RecoveryParts {
  readonly root: string;
  /** The run that recovers, to be left out of what it looks at. */
  readonly run: RunId;
  /** A line for each thing that taking the lock already put right. */
  readonly notes: readonly string[];
  readonly host: ProcessHost;
  readonly worktrees: Worktrees;
  readonly integration: Integration;
}

/** Recovers every earlier run whose journal has no end, and publishes what had landed. */
export async function recover(parts: RecoveryParts): Promise<RecoveryReport> {
  const notes = [...parts.notes];
  for (const run of await cutOffRuns(parts, notes)) notes.push(...(await recoverRun(run, parts)));
  await parts.integration.sync();
  const publication = await parts.integration.publish();
  if (publication?.kind === 'held')
    notes.push(`work that landed earlier is not published: ${publication.reason}`);
  return { notes };
}

interface CutOffRun {
  readonly run: RunId;
  readonly entries: readonly JournalEntry[];
}

async function cutOffRuns({ root, run: own }: RecoveryParts, notes: string[]): Promise<CutOffRun[]> {
  const runs: CutOffRun[] = [];
  for (const run of (await readdir(runsDir(root))).sort()) {
    if (run === own || existsSync(recoveredMark(root, run))) continue;
    const reading = await readJournal(journalPath(runDir(root, run)));
    if (reading.kind !== 'read') {
      notes.push(`the journal of run ${run} was left as it is: ${reading.reason}`);
    } else if (!reading.entries.some(({ type }) => type === 'run.finished')) {
      runs.push({ run, entries: reading.entries });
    }
  }
  return runs;
}

async function recoverRun({ run, entries }: CutOffRun, parts: RecoveryParts): Promise<string[]> {
  const notes: string[] = [];
  for (const place of livePlaces(entries)) {
    const { survivorsFound, survivorsLeft } = await parts.host.sweep(place.session);
    if (survivorsFound > 0) {
      notes.push(
        `session ${place.session} of run ${run}: ended ${survivorsFound - survivorsLeft} of ${survivorsFound} processes`,
      );
    }
    try {
      const { keptBranch, keptWorktree } = await parts.worktrees.release(place);
      if (keptBranch !== null)
        notes.push(`${place.ticket}: work of a run that was cut off is kept on ${keptBranch}`);
      if (keptWorktree !== null)
        notes.push(`${place.ticket}: ${keptWorktree.path} is kept: ${keptWorktree.reason}`);
    } catch (error) {
      notes.push(`${place.ticket}: ${place.worktree} could not be given back: ${errorReason(error)}`);
    }
  }
  await writeFile(recoveredMark(parts.root, run), '', { mode: 0o600 });
  return notes;
}

/** A run that was cut off gets no last fact from anybody else: that it needs no second look is said beside its journal. */
function recoveredMark(root: string, run: RunId): string {
  return join(runDir(root, run), 'recovered');
}

/** The places of sessions that had begun and not ended when the journal stops. */
function livePlaces(entries: readonly JournalEntry[]): SessionPlace[] {
  const tickets = new Map<string, string>();
  const places = new Map<string, SessionPlace>();
  for (const entry of entries) {
    if (entry.type === 'session.dispatched') tickets.set(entry.session, entry.ticket);
    if (entry.type === 'session.ended') places.delete(entry.session);
    if (entry.type === 'session.prepared') {
      const { session, worktree, branch, base } = entry;
      places.set(session, { session, ticket: tickets.get(session) ?? '', worktree, branch, base });
    }
  }
  return [...places.values()];
}
