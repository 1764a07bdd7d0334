/**
 * What the journal of a run that was cut off says of the sessions that were live at the cut: how far each had come, and so
 * what recovery owes it.
 */
import type { RunId, SessionId, TicketId } from './ids.ts';
import type { FactOf, ProcessIdentity, RunFact } from './run-fact.ts';
import type { SessionPlace } from './work.ts';

/** A session that had begun and not ended when its journal stops. */
export interface CutOffSession {
  readonly session: SessionId;
  readonly ticket: TicketId;
  readonly title: string;
  /** Null when the run was cut off before it could tell: the place may be there all the same. */
  readonly place: SessionPlace | null;
  readonly progress: Progress;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly components: readonly string[];
  /** Its agent, when that was at work at the cut; null before it was launched, and once it was being ended or was gone. */
  readonly agent: ProcessIdentity | null;
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

/**
 * Lists the sessions that were live when a journal stops, those first that completed first. A session that was to be
 * adopted, and was not yet, is left to the journal of the run that it was adopted from.
 */
export function cutOffSessions(facts: Iterable<RunFact>): readonly CutOffSession[] {
  const titles = new Map<TicketId, string>();
  const live = new Map<SessionId, CutOffSession>();
  const announced = new Set<SessionId>();
  for (const entry of facts) {
    if (entry.type === 'run.started') {
      for (const { id, title } of entry.tickets) titles.set(id, title);
    } else if (entry.type === 'session.dispatched') {
      const { session, ticket, attempt, components } = entry;
      const title = titles.get(ticket) ?? '';
      const progress = { kind: 'unfinished' } as const;
      live.set(session, { session, ticket, title, place: null, progress, attempt, components, agent: null });
      if (entry.adoptedFrom !== undefined) announced.add(session);
    } else if ('session' in entry) {
      const before = live.get(entry.session);
      if (before !== undefined) advance(live, before, entry);
      if (isTakeOver(entry)) announced.delete(entry.session);
    }
  }
  return [...live.values()].filter(({ session }) => !announced.has(session));
}

/**
 * Lists the sessions that a run has taken over, each with the run that was cut off: what becomes of them is in the journal of
 * the new one from then on.
 */
export function takenOverSessions(
  facts: readonly RunFact[],
): readonly { readonly session: SessionId; readonly from: RunId }[] {
  const announced = new Map<SessionId, RunId>();
  const taken = new Map<SessionId, RunId>();
  for (const fact of facts) {
    if (fact.type === 'session.dispatched') {
      if (fact.adoptedFrom !== undefined) announced.set(fact.session, fact.adoptedFrom);
    } else if (isTakeOver(fact)) {
      const from = announced.get(fact.session);
      if (from !== undefined) taken.set(fact.session, from);
    }
  }
  return Array.from(taken, ([session, from]) => ({ session, from }));
}

/** An adopted session is taken over when its agent is followed again, or when it is given up. */
function isTakeOver(
  fact: RunFact,
): fact is FactOf<'session.launched' | 'session.releasing' | 'session.ended'> {
  return (
    fact.type === 'session.launched' || fact.type === 'session.releasing' || fact.type === 'session.ended'
  );
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
    case 'session.launched':
      live.set(session, { ...before, agent: entry.process });
      return;
    case 'session.timingOut':
    case 'session.exited':
      live.set(session, { ...before, agent: null });
      return;
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
      if (progress.kind !== 'landed')
        live.set(session, { ...before, agent: null, progress: { kind: 'unfinished' } });
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
