/**
 * What the invariants are judged by: one moment of a run as plain data.
 *
 * There are two ways to the same view. Folding a journal with {@link applyFact} says what the run *told*;
 * {@link systemViewOf} says what the supervisor *knows*. A checker that compares both finds a supervisor that does not
 * tell the truth. Nothing here judges: {@link applyFact} takes every fact as it is, however wrong (`properties.ts` and the
 * trace check judge), so that a damaged journal can still be shown to a person.
 *
 * V1  Views are never changed in place. Successive views share what did not change, so a fold over 10 000 tickets is cheap.
 * V2  A session's `components` are what its ticket needs by the plan; `locks` are what was announced as acquired (S11
 *     compares them).
 * V3  A ticket stays `live` after the end of its session until a fact says what becomes of it.
 */
import type { Backlog } from './backlog.ts';
import { chunkedFrom, chunkedGet, chunkedSet, type Chunked } from './chunked.ts';
import type { SessionId, TicketId } from './ids.ts';
import { dropSession, findSession, replaceSession } from './live-sessions.ts';
import type { Locks } from './locks.ts';
import type { FactOf, PlannedTicket, RunFact, StopReason } from './run-fact.ts';
import { runPhaseAfter, type RunPhase } from './run-phase.ts';
import type { RunLimits, RunState } from './run-state.ts';
import { phaseAfter, type PhaseFact, type SessionPhase } from './session-phase.ts';
import type { TicketState } from './ticket-state.ts';

/** What a run set out with. Never changes, so all views of a run share it. */
export interface SystemPlan extends RunLimits {
  readonly tickets: readonly SystemTicket[];
  readonly positions: ReadonlyMap<TicketId, number>;
}

/** A ticket as far as safety depends on it. */
export type SystemTicket = Pick<PlannedTicket, 'id' | 'deps' | 'components' | 'standing' | 'blockers'>;

/** A live session as far as safety depends on it. */
export interface SystemSession {
  readonly session: SessionId;
  readonly ticket: TicketId;
  readonly attempt: number;
  readonly phase: SessionPhase;
  readonly components: readonly string[];
  /** Commits that were found when its work was verified; null before, or where the maker of the view cannot know. */
  readonly commits: number | null;
}

/** One moment of a run. */
export interface SystemView {
  readonly plan: SystemPlan;
  readonly phase: RunPhase;
  /** Why nothing more is dispatched; the first reason stays. */
  readonly stop: StopReason | null;
  /** By position, as in `plan.tickets`. */
  readonly states: Chunked<TicketState>;
  /** In the order of their dispatch. */
  readonly sessions: readonly SystemSession[];
  readonly locks: Locks;
  /** Sessions dispatched so far. */
  readonly dispatched: number;
}

/** The view before the first fact. */
export const EMPTY_SYSTEM_VIEW: SystemView = {
  plan: { workers: 0, attemptsMax: 0, dispatchesMax: 0, tickets: [], positions: new Map() },
  phase: 'recovering',
  stop: null,
  states: [],
  sessions: [],
  locks: {},
  dispatched: 0,
};

/** Folds one fact into the view. Total: what a fact says of unknown sessions and tickets is passed over. */
export function applyFact(before: SystemView, fact: RunFact): SystemView {
  const phase = runPhaseAfter(before.phase, fact);
  const view = phase === before.phase ? before : changed(before, { phase });
  switch (fact.type) {
    case 'run.started':
      return viewAtStart(fact);
    case 'run.draining':
    case 'run.stopping':
      return changed(view, { stop: view.stop ?? fact.reason });
    case 'run.recovered':
    case 'run.paused':
    case 'run.resumed':
    case 'run.killing':
    case 'run.finished':
    case 'dispatch.refused':
    case 'ticket.readied':
      return view;
    case 'session.dispatched':
      return withDispatched(view, fact);
    case 'session.prepared':
    case 'session.launched':
    case 'session.timingOut':
    case 'session.exited':
    case 'session.completed':
    case 'session.verified':
    case 'merge.requested':
    case 'merge.started':
    case 'merge.finished':
    case 'session.releasing':
      return withReport(view, fact);
    case 'session.ended':
      return withoutSession(view, fact.session);
    case 'ticket.requeued':
      return withState(view, fact.ticket, { phase: 'pending', attempts: fact.attempts });
    case 'ticket.failed':
      return withState(view, fact.ticket, { phase: 'failed', ending: fact.ending, attempts: fact.attempts });
    case 'ticket.blocked':
      return withState(view, fact.ticket, { phase: 'blocked', blockers: fact.blockers });
    case 'ticket.recovered':
      return withState(view, fact.ticket, { phase: 'landed', attempts: 0, commit: fact.commit });
  }
}

/** Finds a live session. */
export function sessionIn(view: SystemView, session: SessionId): SystemSession | undefined {
  return findSession(view.sessions, session);
}

/** Finds a ticket of the plan. */
export function ticketIn(view: SystemView, ticket: TicketId): SystemTicket | undefined {
  const position = view.plan.positions.get(ticket);
  return position === undefined ? undefined : view.plan.tickets[position];
}

/** Finds the state of a ticket. */
export function stateIn(view: SystemView, ticket: TicketId): TicketState | undefined {
  const position = view.plan.positions.get(ticket);
  return position === undefined ? undefined : chunkedGet(view.states, position);
}

/** The plan of a backlog: made once for many views by {@link systemViewOf}. */
export function systemPlanOf(backlog: Backlog, limits: RunLimits): SystemPlan {
  const tickets = backlog.tickets.map(({ id, deps, components, standing, blockers }) => ({
    id,
    deps: deps.flatMap((dep) => backlog.tickets[dep]?.id ?? []),
    components,
    standing,
    blockers,
  }));
  return { ...limits, tickets, positions: backlog.positions };
}

/** The view of what the supervisor knows. */
export function systemViewOf(plan: SystemPlan, run: RunState, phase: RunPhase): SystemView {
  const sessions = run.sessions.map(({ session, ticket: position, attempt, phase: sessionPhase }) => {
    const ticket = plan.tickets[position];
    if (ticket === undefined)
      throw new RangeError(`session ${session} works on position ${position}, not in the plan`);
    const { id, components } = ticket;
    return { session, ticket: id, attempt, phase: sessionPhase, components, commits: null };
  });
  const { stop, tickets: states, locks, dispatched } = run;
  return { plan, phase, stop, states, sessions, locks, dispatched };
}

function viewAtStart(fact: FactOf<'run.started'>): SystemView {
  const { workers, attemptsMax, dispatchesMax } = fact;
  const tickets = fact.tickets.map(({ id, deps, components, standing, blockers }) => ({
    id,
    deps,
    components,
    standing,
    blockers,
  }));
  const positions = new Map(tickets.map(({ id }, position) => [id, position]));
  const { phase, stop, sessions, locks, dispatched } = EMPTY_SYSTEM_VIEW;
  const plan = { workers, attemptsMax, dispatchesMax, tickets, positions };
  return { plan, phase, stop, states: chunkedFrom(tickets.map(stateAtStart)), sessions, locks, dispatched };
}

function stateAtStart({ standing, blockers }: SystemTicket): TicketState {
  switch (standing) {
    case 'eligible':
      return { phase: 'pending', attempts: 0 };
    case 'closed':
      return { phase: 'closed' };
    case 'excluded':
      return { phase: 'excluded' };
    case 'blocked':
      return { phase: 'blocked', blockers };
  }
}

function withDispatched(view: SystemView, fact: FactOf<'session.dispatched'>): SystemView {
  const { session, ticket, attempt } = fact;
  const components = ticketIn(view, ticket)?.components ?? fact.components;
  const added: SystemSession = { session, ticket, attempt, phase: 'preparing', components, commits: null };
  return changed(withState(view, ticket, { phase: 'live', session, attempts: attempt }), {
    // One that is told of twice is the later one: that it was told twice is for a judge to say.
    sessions: [...dropSession(view.sessions, session), added],
    locks: { ...view.locks, ...Object.fromEntries(fact.components.map((component) => [component, session])) },
    dispatched: view.dispatched + 1,
  });
}

function withReport(
  view: SystemView,
  fact: FactOf<Exclude<PhaseFact, 'session.dispatched' | 'session.ended'>>,
): SystemView {
  const live = sessionIn(view, fact.session);
  if (live === undefined) return view;
  const commits = fact.type === 'session.verified' ? fact.commits : live.commits;
  const { session, ticket, attempt, components } = live;
  const phase = phaseAfter(live.phase, fact.type);
  const after: SystemSession = { session, ticket, attempt, phase, components, commits };
  const reported = changed(view, { sessions: replaceSession(view.sessions, after) });
  if (fact.type !== 'merge.finished' || fact.outcome.kind !== 'landed') return reported;
  return withState(reported, live.ticket, {
    phase: 'landed',
    attempts: live.attempt,
    commit: fact.outcome.commit,
  });
}

function withoutSession(view: SystemView, session: SessionId): SystemView {
  let { locks } = view;
  for (const component in locks) {
    if (locks[component] !== session) continue;
    const { [component]: _released, ...others } = locks;
    locks = others;
  }
  return changed(view, { sessions: dropSession(view.sessions, session), locks });
}

function withState(view: SystemView, ticket: TicketId, state: TicketState): SystemView {
  const position = view.plan.positions.get(ticket);
  return position === undefined ? view : changed(view, { states: chunkedSet(view.states, position, state) });
}

/** A view with some of it changed. Written out, so that all views have one shape: reading what has many is slow. */
function changed(view: SystemView, change: Partial<Omit<SystemView, 'plan'>>): SystemView {
  const { plan } = view;
  const { phase = view.phase, stop = view.stop, states = view.states } = change;
  const { sessions = view.sessions, locks = view.locks, dispatched = view.dispatched } = change;
  return { plan, phase, stop, states, sessions, locks, dispatched };
}
