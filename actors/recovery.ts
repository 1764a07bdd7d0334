/**
 * Puts right what runs that were cut off left behind, before anything is dispatched.
 *
 * What may exist is on record: every effect was announced first. So the journals of earlier runs name all sessions that
 * were live at the cut; their processes are ended, their work is saved to their branches, their worktrees are given back.
 * Doing it twice changes nothing the second time.
 */
import type { RecoveryReport } from '../machines/index.ts';
import type { RunId, SessionId, TicketId } from '../src/domain/ids.ts';
import type { JournalEntry } from '../src/domain/journal-entry.ts';
import { errorReason } from '../src/domain/session-outcome.ts';
import type { SessionPlace } from '../src/domain/work.ts';
import type { Integration } from '../src/ports/integration.ts';
import type { CutOffRun, PastRuns } from '../src/ports/past-runs.ts';
import type { ProcessHost } from '../src/ports/process-host.ts';
import type { Worktrees } from '../src/ports/worktrees.ts';

/** What recovery works with. */
export interface RecoveryParts {
  readonly pastRuns: PastRuns;
  /** A line for each thing that was put right before. */
  readonly notes: readonly string[];
  readonly host: ProcessHost;
  readonly worktrees: Worktrees;
  readonly integration: Integration;
}

/** Recovers every earlier run of which something may be left, and publishes what had landed. */
export async function recover(parts: RecoveryParts): Promise<RecoveryReport> {
  const cutOff = await parts.pastRuns.cutOff();
  const notes = [...parts.notes, ...cutOff.notes];
  const recovered: RunId[] = [];
  for (const run of cutOff.runs) {
    const outcome = await recoverRun(run, parts);
    notes.push(...outcome.notes);
    if (outcome.isDone) recovered.push(run.run);
  }
  await parts.integration.sync();
  const publication = await parts.integration.publish();
  if (publication?.kind === 'held')
    notes.push(`work that landed earlier is not published: ${publication.reason}`);
  // Last: when any of this fails, nobody reads the notes, and the next start has to find everything again.
  for (const run of recovered) await parts.pastRuns.markRecovered(run);
  return { notes };
}

/** Done means that nothing is left that the next start should try again. */
async function recoverRun(
  { run, entries }: CutOffRun,
  parts: RecoveryParts,
): Promise<{ readonly notes: readonly string[]; readonly isDone: boolean }> {
  const notes: string[] = [];
  let isDone = true;
  for (const { session, ticket, place } of liveSessions(entries)) {
    const { survivorsFound, survivorsLeft } = await parts.host.sweep(session);
    if (survivorsLeft > 0) isDone = false;
    if (survivorsFound > 0) {
      notes.push(
        `session ${session} of run ${run}: ended ${survivorsFound - survivorsLeft} of ${survivorsFound} processes`,
      );
    }
    try {
      const found = place ?? (await parts.worktrees.find(session, ticket));
      if (found === null) continue;
      const { keptBranch, keptWorktree } = await parts.worktrees.release(found);
      if (keptBranch !== null)
        notes.push(`${ticket}: work of a run that was cut off is kept on ${keptBranch}`);
      if (keptWorktree !== null)
        notes.push(`${ticket}: ${keptWorktree.path} is kept: ${keptWorktree.reason}`);
    } catch (error) {
      isDone = false;
      const where = place?.worktree ?? `the place of session ${session}`;
      notes.push(`${ticket}: ${where} could not be given back: ${errorReason(error)}`);
    }
  }
  return { notes, isDone };
}

interface CutOffSession {
  readonly session: SessionId;
  readonly ticket: TicketId;
  /** Null when the run was cut off before it could tell: the place may be there all the same. */
  readonly place: SessionPlace | null;
}

/** The sessions that had begun and not ended when the journal stops. */
function liveSessions(entries: readonly JournalEntry[]): readonly CutOffSession[] {
  const live = new Map<SessionId, CutOffSession>();
  for (const entry of entries) {
    if (entry.type === 'session.dispatched') {
      const { session, ticket } = entry;
      live.set(session, { session, ticket, place: null });
    }
    if (entry.type === 'session.ended') live.delete(entry.session);
    if (entry.type === 'session.prepared') {
      const { session, worktree, branch, base } = entry;
      const ticket = live.get(session)?.ticket ?? '';
      live.set(session, { session, ticket, place: { session, ticket, worktree, branch, base } });
    }
  }
  return [...live.values()];
}
