/**
 * Puts right what runs that were cut off left behind, before anything is dispatched.
 *
 * What may exist is on record: every effect was announced first. So the journals of earlier runs name all sessions that
 * were live at the cut. Their processes are ended; work that was completed is merged, as it would have been; other work is
 * saved to its branch; their worktrees are given back.
 *
 * Y1  Doing it twice changes nothing the second time, wherever the first time ended. What was merged merges to nothing.
 * Y2  What becomes of completed work is decided once: it is tried again only while nothing else was dispatched. A ticket
 *     whose work did not merge is worked on again, and to merge the old work after the new would land it twice.
 * Y3  A journal with a hole may hide that, so of its sessions nothing is merged.
 * Y4  A session that goes on is not touched, and its run not marked: the journal of this run takes it over (`adopt.ts`).
 */
import type { RecoveryReport } from '../machines/index.ts';
import { cutOffSessions, type CutOffSession, type FinishedProgress } from '../src/domain/cut-off.ts';
import type { RunId } from '../src/domain/ids.ts';
import type { MergeOutcome } from '../src/domain/run-fact.ts';
import { errorReason, hasWork, reasonOfMerge } from '../src/domain/session-outcome.ts';
import type { RecoveredWork, SessionPlace } from '../src/domain/work.ts';
import type { Integration } from '../src/ports/integration.ts';
import type { CutOffRun, PastRuns } from '../src/ports/past-runs.ts';
import type { ProcessHost } from '../src/ports/process-host.ts';
import type { Worktrees } from '../src/ports/worktrees.ts';
import { adoptableSession, adoptAll, type AdoptionParts, type Candidate } from './adopt.ts';

/** What recovery works with. */
export interface RecoveryParts {
  readonly pastRuns: PastRuns;
  /** A line for each thing that was put right before. */
  readonly notes: readonly string[];
  readonly host: ProcessHost;
  readonly worktrees: Worktrees;
  readonly integration: Integration;
  /** True when an agent that leaves no change has still done its job. */
  readonly allowNoChanges: boolean;
  /** False: completed work is kept on its branch for a person to merge. */
  readonly autoMerge: boolean;
  /** How sessions go on whose agents are still followed by a keeper; absent where they are ended. */
  readonly adoption?: AdoptionParts | undefined;
}

/** Recovers every earlier run of which something may be left, and publishes what had landed. */
export async function recover(parts: RecoveryParts): Promise<RecoveryReport> {
  const cutOff = await parts.pastRuns.cutOff();
  const notes = [...parts.notes, ...cutOff.notes];
  const landed: RecoveredWork[] = [];
  const unfinished = new Set<RunId>();
  const settle = async (run: CutOffRun, session: CutOffSession): Promise<void> => {
    const found = await recoverSession(run, session, parts);
    notes.push(...found.notes);
    landed.push(...found.landed);
    if (!found.isDone) unfinished.add(run.run);
  };
  const candidates: Candidate[] = [];
  for (const run of cutOff.runs) {
    for (const session of cutOffSessions(run.entries)) {
      if (run.takenOver?.has(session.session)) continue;
      const candidate = adoptableSession(run, session, cutOff.runs, parts.adoption);
      if (candidate === null) await settle(run, session);
      else candidates.push(candidate);
    }
  }
  // When all else is settled: what has landed decides with the others who may go on.
  const { adopted, refused } = adoptAll(candidates, landed, parts.adoption);
  for (const { run, cutOff: session } of refused) await settle(run, session);
  for (const { run, cutOff: session } of adopted) {
    unfinished.add(run.run);
    notes.push(`${session.ticket}: session ${session.session} of run ${run.run} goes on`);
  }
  await parts.integration.sync();
  const publication = await parts.integration.publish();
  if (publication?.kind === 'held')
    notes.push(`work that landed earlier is not published: ${publication.reason}`);
  // Last: when any of this fails, nobody reads the notes, and the next start has to find everything again.
  for (const { run } of cutOff.runs) if (!unfinished.has(run)) await parts.pastRuns.markRecovered(run);
  return { notes, landed };
}

/** What came of one session. */
interface Recovered {
  readonly notes: string[];
  readonly landed: RecoveredWork[];
  /** False when something is left that the next start should try again. */
  isDone: boolean;
}

async function recoverSession(
  run: CutOffRun,
  cutOff: CutOffSession,
  parts: RecoveryParts,
): Promise<Recovered> {
  const { session, ticket } = cutOff;
  const found: Recovered = { notes: [], landed: [], isDone: true };
  const { survivorsFound, survivorsLeft } = await parts.host.sweep(session);
  if (survivorsLeft > 0) found.isDone = false;
  if (survivorsFound > 0) {
    found.notes.push(
      `session ${session} of run ${run.run}: ended ${survivorsFound - survivorsLeft} of ${survivorsFound} processes`,
    );
  }
  try {
    const place = cutOff.place ?? (await parts.worktrees.find(session, ticket));
    if (place === null) return found;
    if (survivorsLeft === 0) await mergeCompleted(run, cutOff, place, parts, found);
    const { keptBranch, keptWorktree } = await parts.worktrees.release(place);
    if (keptBranch !== null)
      found.notes.push(`${ticket}: work of a run that was cut off is kept on ${keptBranch}`);
    if (keptWorktree !== null)
      found.notes.push(`${ticket}: ${keptWorktree.path} is kept: ${keptWorktree.reason}`);
  } catch (error) {
    found.isDone = false;
    const where = cutOff.place?.worktree ?? `the place of session ${session}`;
    found.notes.push(`${ticket}: ${where} could not be given back: ${errorReason(error)}`);
  }
  return found;
}

/** Lands what a session had completed, or finishes what had landed: a merge that was made already is only closed. */
async function mergeCompleted(
  run: CutOffRun,
  { session, ticket, title, progress }: CutOffSession,
  place: SessionPlace,
  parts: RecoveryParts,
  found: Recovered,
): Promise<void> {
  if (progress.kind === 'unfinished' || run.isDamaged || run.decided.has(session)) return;
  if (progress.kind !== 'landed' && !parts.autoMerge) return;
  const outcome = await land(progress);
  if (outcome === null) return;
  await parts.pastRuns.markDecided(run.run, session);
  if ('objection' in outcome) {
    found.notes.push(
      `${ticket}: the work of session ${session} was done and is for a person to merge: ${outcome.objection}`,
    );
    return;
  }
  if (outcome.kind === 'landed') {
    found.landed.push({
      ticket,
      session,
      commit: progress.kind === 'landed' ? progress.commit : outcome.commit,
    });
    found.notes.push(`${ticket}: the work of session ${session}, done before the cut, has landed`);
  } else {
    found.notes.push(
      `${ticket}: the work of session ${session} was done and did not merge: ${reasonOfMerge(outcome)}`,
    );
  }

  /** Null when there is nothing to land. */
  async function land(
    known: FinishedProgress,
  ): Promise<MergeOutcome | { readonly objection: string } | null> {
    try {
      const work = known.kind === 'completed' ? await parts.worktrees.collect(place) : known;
      if (!hasWork(work, parts.allowNoChanges)) return null;
      // What has landed stays so, and only its ticket is closed.
      if ('objection' in work && work.objection !== null) return { objection: work.objection };
      const { branch } = place;
      return await parts.integration.merge({ session, ticket, title, branch, head: work.head });
    } catch (error) {
      return { kind: 'failed', reason: errorReason(error) };
    }
  }
}
