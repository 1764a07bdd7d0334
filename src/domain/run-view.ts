/**
 * The read model of a run: what its facts so far add up to, for people and programs that look at it.
 *
 * Every view of a run is this fold, of a live run (each fact as it is announced) or of a past one (its journal). What the
 * facts *mean* for tickets and locks is decided once, in `system-view.ts`, and embedded here as `system`; this file adds
 * what only a reader wants: titles, times, places, counts.
 *
 * W1  A view is changed in place by {@link foldRunView} and by nothing else; an entry costs the same at 10 000 tickets as
 *     at 10. Readers get readonly types and read between entries.
 * W2  `counts` always adds up to the number of tickets: every ticket stands in exactly one place.
 * W3  Total: an entry about something unknown changes nothing, so a damaged journal still shows what it holds.
 */
import type { RunId, SessionId, TicketId } from './ids.ts';
import type { JournalEntry } from './journal-entry.ts';
import type { FactOf, PlannedTicket, ProcessIdentity, Publication } from './run-fact.ts';
import {
  endedSession,
  hasAgent,
  sessionAfter,
  sessionAtDispatch,
  type EndedSessionView,
  type LiveSessionView,
} from './session-view.ts';
import { applyFact, EMPTY_SYSTEM_VIEW, sessionIn, stateIn, type SystemView } from './system-view.ts';
import { satisfiesDependents, type TicketState } from './ticket-state.ts';
import { NO_COUNTS, standingOf, type TicketCounts, type TicketView } from './ticket-view.ts';

/** What a run said of itself in its first fact. */
export interface RunHeader {
  readonly run: RunId;
  readonly version: string;
  readonly owner: ProcessIdentity;
  readonly target: string;
  readonly targetCommit: string;
  readonly workers: number;
  readonly attemptsMax: number;
  /** 0 means no limit. */
  readonly dispatchesMax: number;
  readonly startedAtMs: number;
}

/** Everything that the facts of a run so far add up to. */
export interface RunView {
  /** Null until the run's first fact. */
  readonly header: RunHeader | null;
  readonly system: SystemView;
  /** Sequence number and time of the last entry; -1 and null before the first. */
  readonly seq: number;
  readonly lastAtMs: number | null;
  readonly tickets: ReadonlyMap<TicketId, TicketView>;
  /** In the order of their dispatch. */
  readonly sessions: ReadonlyMap<SessionId, LiveSessionView>;
  /** In the order of their ends. */
  readonly ended: readonly EndedSessionView[];
  readonly counts: TicketCounts;
  /** Agent processes alive now, and the most that were alive at once. */
  readonly agents: number;
  readonly agentsPeak: number;
  readonly recoveryNotes: readonly string[];
  /** True once the run was told to end without grace. */
  readonly isKilling: boolean;
  /** Null while nothing has landed. */
  readonly publication: Publication | null;
  readonly finishedAtMs: number | null;
  readonly exitCode: number | null;
}

/** Makes the view of a run of which nothing is known yet. */
export function emptyRunView(): RunView {
  return {
    header: null,
    system: EMPTY_SYSTEM_VIEW,
    seq: -1,
    lastAtMs: null,
    tickets: new Map(),
    sessions: new Map(),
    ended: [],
    counts: { ...NO_COUNTS },
    agents: 0,
    agentsPeak: 0,
    recoveryNotes: [],
    isKilling: false,
    publication: null,
    finishedAtMs: null,
    exitCode: null,
  };
}

/** Takes one entry into a view, in place, and returns the view. */
export function foldRunView(view: RunView, entry: JournalEntry): RunView {
  const draft = view as Draft;
  const ticket = ticketOfEntry(view, entry);
  draft.system = applyFact(view.system, entry);
  draft.seq = entry.seq;
  draft.lastAtMs = entry.at;
  noteRun(draft, entry);
  noteSession(draft, entry);
  if (ticket !== null) refresh(draft, ticket);
  return view;
}

/** Finds the ticket that an entry is about, before or after the entry was taken in; null when it is about none. */
export function ticketOfEntry(view: RunView, entry: JournalEntry): TicketId | null {
  return 'ticket' in entry ? entry.ticket : (sessionOfEntry(view, entry)?.ticket ?? null);
}

/** Finds the session that an entry is about, live or just ended; null when it is about none, or none that is known. */
export function sessionOfEntry(
  view: RunView,
  entry: JournalEntry,
): LiveSessionView | EndedSessionView | null {
  if (!('session' in entry)) return null;
  const last = view.ended.at(-1);
  return view.sessions.get(entry.session) ?? (last?.session === entry.session ? last : null);
}

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** The writer's side of a view (W1). */
type Draft = Omit<Mutable<RunView>, 'tickets' | 'sessions' | 'ended' | 'counts'> & {
  tickets: Map<TicketId, TicketDraft>;
  sessions: Map<SessionId, LiveSessionView>;
  ended: EndedSessionView[];
  counts: Mutable<TicketCounts>;
};

type TicketDraft = Omit<Mutable<TicketView>, 'dependents' | 'ended'> & {
  dependents: TicketId[];
  ended: EndedSessionView[];
};

function noteRun(draft: Draft, entry: JournalEntry): void {
  switch (entry.type) {
    case 'run.started':
      begin(draft, entry, entry.at);
      return;
    case 'run.recovered':
      draft.recoveryNotes = entry.notes;
      return;
    case 'run.killing':
      draft.isKilling = true;
      return;
    case 'merge.finished':
      if (entry.outcome.kind === 'landed') draft.publication = entry.outcome.publication;
      return;
    case 'run.finished':
      draft.publication = entry.publication ?? draft.publication;
      draft.finishedAtMs = entry.at;
      draft.exitCode = entry.exitCode;
      break;
    default:
  }
}

function begin(draft: Draft, fact: FactOf<'run.started'>, startedAtMs: number): void {
  const { run, version, owner, target, targetCommit, workers, attemptsMax, dispatchesMax } = fact;
  draft.header = {
    run,
    version,
    owner,
    target,
    targetCommit,
    workers,
    attemptsMax,
    dispatchesMax,
    startedAtMs,
  };
  draft.tickets = new Map(fact.tickets.map((ticket) => [ticket.id, ticketAtStart(draft.system, ticket)]));
  draft.counts = { ...NO_COUNTS };
  for (const ticket of draft.tickets.values()) {
    draft.counts[ticket.standing] += 1;
    for (const dep of ticket.deps) draft.tickets.get(dep)?.dependents.push(ticket.id);
  }
}

function ticketAtStart(system: SystemView, ticket: PlannedTicket): TicketDraft {
  const { id, title, priority, deps, components } = ticket;
  const state = stateIn(system, id) ?? { phase: 'excluded' };
  const unmet = deps.filter((dep) => !isMet(stateIn(system, dep))).length;
  const standing = standingOf(state, unmet, undefined);
  return { id, title, priority, deps, dependents: [], components, state, standing, unmet, ended: [] };
}

function isMet(state: TicketState | undefined): boolean {
  return state !== undefined && satisfiesDependents(state);
}

/** Takes what an entry says of a session into the live ones, and the ended ones out of them. */
function noteSession(draft: Draft, entry: JournalEntry): void {
  if (entry.type === 'session.dispatched') {
    draft.sessions.set(entry.session, sessionAtDispatch(entry, entry.at));
    return;
  }
  if (!('session' in entry)) return;
  const before = draft.sessions.get(entry.session);
  if (before === undefined) return;
  const phase = sessionIn(draft.system, entry.session)?.phase ?? before.phase;
  const after = sessionAfter(before, entry, phase, entry.at);
  draft.agents += Number(hasAgent(after)) - Number(hasAgent(before));
  draft.agentsPeak = Math.max(draft.agentsPeak, draft.agents);
  if (entry.type !== 'session.ended') {
    draft.sessions.set(entry.session, after);
    return;
  }
  draft.sessions.delete(entry.session);
  const ended = endedSession(after, entry, entry.at);
  draft.ended.push(ended);
  draft.tickets.get(ended.ticket)?.ended.push(ended);
}

/** Brings a ticket, and what waits for it, up to the state that the facts give it. */
function refresh(draft: Draft, id: TicketId): void {
  const ticket = draft.tickets.get(id);
  const state = stateIn(draft.system, id);
  if (ticket === undefined || state === undefined) return;
  const wasMet = satisfiesDependents(ticket.state);
  ticket.state = state;
  restand(draft, ticket);
  if (wasMet || !satisfiesDependents(state)) return;
  for (const dependentId of ticket.dependents) {
    const dependent = draft.tickets.get(dependentId);
    if (dependent === undefined) continue;
    dependent.unmet -= 1;
    restand(draft, dependent);
  }
}

function restand(draft: Draft, ticket: TicketDraft): void {
  const phase = ticket.state.phase === 'live' ? draft.sessions.get(ticket.state.session)?.phase : undefined;
  const standing = standingOf(ticket.state, ticket.unmet, phase);
  draft.counts[ticket.standing] -= 1;
  draft.counts[standing] += 1;
  ticket.standing = standing;
}
