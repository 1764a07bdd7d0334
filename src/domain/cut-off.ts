/**
 * What the journal of a run that was cut off says of the sessions that were live at the cut: how far each had come, and so
 * what recovery owes it.
 */
import type { SessionId, TicketId } from './ids.ts';
import type { FactOf, RunFact } from './run-fact.ts';
import type { SessionPlace } from './work.ts';

/** A session that had begun and not ended when its journal stops. */
export interface CutOffSession {
  readonly session: SessionId;
  readonly ticket: TicketId;
  readonly title: string;
  /** Null when the run was cut off before it could tell: the place may be there all the same. */
  readonly place: SessionPlace | null;
  readonly progress: Progress;
}

/** How far a session had come; unfinished when its agent was not known to have done its job, or its work was turned down. */
export type Progress = { readonly kind: 'unfinished' } | FinishedProgress;

/** How far a session had come whose agent had done its job. */
export type FinishedProgress =
  /** Its agent had done its job; what it left was not looked at yet. */
  | { readonly kind: 'completed' }
  /** Its work was known and on its way to the target, unless there was an objection; the merge may have begun. */
  | {
      readonly kind: 'verified';
      readonly head: string;
      readonly commits: number;
      readonly objection: string | null;
    }
  /** Its work had landed; closing its ticket may be undone. */
  | { readonly kind: 'landed'; readonly head: string; readonly commits: number; readonly commit: string };

/**
 * True when the journal of a run shows that nothing of it can be left: it has its last fact, and every session has its end.
 * A run that says it is finished while a session is live broke a promise, and is to be recovered like one that was cut off.
 */
export function isRunOver(facts: readonly RunFact[]): boolean {
  return facts.some(({ type }) => type === 'run.finished') && cutOffSessions(facts).length === 0;
}

/** Lists the sessions that were live when a journal stops, those first that completed first. */
export function cutOffSessions(facts: Iterable<RunFact>): readonly CutOffSession[] {
  const titles = new Map<TicketId, string>();
  const live = new Map<SessionId, CutOffSession>();
  for (const entry of facts) {
    if (entry.type === 'run.started') {
      for (const { id, title } of entry.tickets) titles.set(id, title);
    } else if (entry.type === 'session.dispatched') {
      const { session, ticket } = entry;
      const title = titles.get(ticket) ?? '';
      live.set(session, { session, ticket, title, place: null, progress: { kind: 'unfinished' } });
    } else if ('session' in entry) {
      const before = live.get(entry.session);
      if (before !== undefined) advance(live, before, entry);
    }
  }
  return [...live.values()];
}

function advance(
  live: Map<SessionId, CutOffSession>,
  before: CutOffSession,
  entry: Extract<RunFact, { readonly session: SessionId }>,
): void {
  const { session, ticket, progress } = before;
  switch (entry.type) {
    case 'session.prepared': {
      const { worktree, branch, base } = entry;
      live.set(session, { ...before, place: { session, ticket, worktree, branch, base } });
      return;
    }
    case 'session.completed':
      // To the end of the line: work lands in the order in which it was completed.
      live.delete(session);
      live.set(session, { ...before, progress: { kind: 'completed' } });
      return;
    case 'session.verified': {
      const { head, commits, objection = null } = entry;
      live.set(session, { ...before, progress: { kind: 'verified', head, commits, objection } });
      return;
    }
    case 'merge.finished':
      live.set(session, { ...before, progress: afterMerge(progress, entry.outcome) });
      return;
    case 'session.releasing':
      // Turned down without a merge, as work that a person is to merge. What has landed stays so.
      if (progress.kind !== 'landed') live.set(session, { ...before, progress: { kind: 'unfinished' } });
      return;
    case 'session.ended':
      live.delete(session);
      break;
    default:
  }
}

function afterMerge(progress: Progress, outcome: FactOf<'merge.finished'>['outcome']): Progress {
  if (outcome.kind !== 'landed' || progress.kind !== 'verified') return { kind: 'unfinished' };
  const { head, commits } = progress;
  return { kind: 'landed', head, commits, commit: outcome.commit };
}
