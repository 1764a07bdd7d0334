/**
 * Whether the facts of a run come in an order that a run can produce.
 *
 * This file owns the *protocol*: which fact may follow which, for a session, for a ticket, for the run. It does not own
 * safety: who may run beside whom, how many, how often (`properties.ts`). A journal that breaks the protocol was not
 * written by this orchestrator, or was damaged; a journal that breaks a property was written by a broken one.
 *
 * C1  A session's facts walk through its phases; nothing is said of a session before its dispatch or after its end.
 * C2  The end of a session agrees with what was said of it before.
 * C3  The next fact after the end of a session whose work did not land says what becomes of its ticket.
 * C4  The run's last fact agrees with the tickets, and no session is live.
 */
import { chunkedItems } from '../domain/chunked.ts';
import { exitCodeOf } from '../domain/exit-code.ts';
import type { SessionId, TicketId } from '../domain/ids.ts';
import type { FactOf, RunFact } from '../domain/run-fact.ts';
import { RUN_PHASES, type RunPhase } from '../domain/run-phase.ts';
import type { PhaseFact, SessionPhase } from '../domain/session-phase.ts';
import { sessionIn, stateIn, ticketIn, type SystemView } from '../domain/system-view.ts';
import { satisfiesDependents } from '../domain/ticket-state.ts';
import { refuseEnd, refuseRequest } from './conformance-of-endings.ts';

/** Says why a fact cannot come next, or null when it can; remembers it. The view is the one before the fact. */
export type Conformance = (before: SystemView, fact: RunFact) => string | null;

/** Begins to follow a run from its first fact. */
export function followRun(): Conformance {
  const stories = new Map<SessionId, RunFact[]>();
  let unsettled: TicketId | null = null;
  let isStarted = false;

  return (before, fact) => {
    if (!isStarted) {
      isStarted = true;
      return fact.type === 'run.started' ? refuseStart(fact) : 'a run begins with run.started';
    }
    if (before.phase === 'finished') return 'nothing follows run.finished';
    if (unsettled !== null && !(isSettlement(fact) && fact.ticket === unsettled)) {
      return `what becomes of ${unsettled} must be said right after the end of its session`;
    }
    unsettled = null;
    if (!isSessionFact(fact)) return refuseRunOrTicketFact(before, fact);
    if (fact.type === 'session.dispatched') {
      stories.set(fact.session, [fact]);
      return refuseDispatch(before, fact);
    }
    const live = sessionIn(before, fact.session);
    const story = stories.get(fact.session);
    if (live === undefined || story === undefined) {
      return `session ${fact.session} is not live`;
    }
    const refusal = refuseReport(live.phase, story, fact);
    story.push(fact);
    if (fact.type === 'session.ended') {
      stories.delete(fact.session);
      if (stateIn(before, live.ticket)?.phase !== 'landed') unsettled = live.ticket;
    }
    return refusal;
  };
}

type SessionFact = FactOf<PhaseFact>;
type Report = FactOf<Exclude<PhaseFact, 'session.dispatched'>>;

function isSessionFact(fact: RunFact): fact is SessionFact {
  return 'session' in fact;
}

function isSettlement(fact: RunFact): fact is FactOf<'ticket.requeued' | 'ticket.failed'> {
  return fact.type === 'ticket.requeued' || fact.type === 'ticket.failed';
}

function refuseStart({ tickets }: FactOf<'run.started'>): string | null {
  const seen = new Set<TicketId>();
  for (const { id, standing, blockers } of tickets) {
    if (seen.has(id)) return `ticket ${id} is listed twice`;
    seen.add(id);
    if (standing !== 'blocked' && blockers.length > 0) return `ticket ${id} is ${standing} and has blockers`;
  }
  return null;
}

const UNFINISHED = RUN_PHASES.filter((phase) => phase !== 'finished');

/** In which phases of the run its own facts may come. A stop is taken at any time, also twice. */
const RUN_FACT_IN: Readonly<
  Record<Exclude<RunFact['type'] & `run.${string}`, 'run.started'>, readonly RunPhase[]>
> = {
  'run.recovered': ['recovering', 'draining', 'stopping'],
  'run.paused': ['dispatching'],
  'run.resumed': ['paused'],
  'run.draining': UNFINISHED,
  'run.stopping': UNFINISHED,
  'run.killing': ['stopping'],
  'run.finished': UNFINISHED,
};

function refuseRunOrTicketFact(before: SystemView, fact: Exclude<RunFact, SessionFact>): string | null {
  switch (fact.type) {
    case 'run.started':
      return 'a run starts once';
    case 'run.recovered':
    case 'run.paused':
    case 'run.resumed':
    case 'run.draining':
    case 'run.stopping':
    case 'run.killing':
      return refuseRunFact(before.phase, fact);
    case 'run.finished':
      return refuseRunFact(before.phase, fact) ?? refuseFinish(before, fact);
    case 'dispatch.refused':
      return before.phase === 'dispatching'
        ? null
        : `no dispatch is considered while the run is ${before.phase}`;
    case 'ticket.requeued':
    case 'ticket.failed':
      return refuseSettlement(before, fact);
    case 'ticket.blocked':
      return stateIn(before, fact.ticket)?.phase === 'pending'
        ? null
        : `ticket ${fact.ticket} was not pending`;
    case 'ticket.recovered':
      return refuseRecovered(before, fact.ticket);
    case 'ticket.readied':
      return isReady(before, fact.ticket) ? null : `ticket ${fact.ticket} is not ready`;
  }
}

function refuseRunFact(
  phase: RunPhase,
  { type }: FactOf<Exclude<RunFact['type'] & `run.${string}`, 'run.started'>>,
): string | null {
  return RUN_FACT_IN[type].includes(phase) ? null : `${type} cannot come while the run is ${phase}`;
}

function refuseRecovered(before: SystemView, ticket: TicketId): string | null {
  if (!RUN_FACT_IN['run.recovered'].includes(before.phase))
    return `nothing is recovered while the run is ${before.phase}`;
  const state = stateIn(before, ticket)?.phase ?? 'unknown';
  return state === 'pending' ? null : `ticket ${ticket} is ${state}`;
}

function refuseFinish(before: SystemView, { exitCode }: FactOf<'run.finished'>): string | null {
  const [live] = before.sessions;
  if (live !== undefined) return `session ${live.session} is still live (${live.phase})`;
  const pending = before.plan.tickets.find(({ id }) => stateIn(before, id)?.phase === 'pending');
  if (pending !== undefined && before.stop === null) return `ticket ${pending.id} could still be dispatched`;
  const expected = exitCodeOf({ stop: before.stop, tickets: chunkedItems(before.states) });
  return exitCode === expected ? null : `the exit code is ${exitCode}; by its tickets it is ${expected}`;
}

function refuseSettlement(
  before: SystemView,
  fact: FactOf<'ticket.requeued' | 'ticket.failed'>,
): string | null {
  const state = stateIn(before, fact.ticket);
  if (state?.phase !== 'live' || sessionIn(before, state.session) !== undefined) {
    return `no session of ${fact.ticket} has just ended`;
  }
  if (state.attempts === fact.attempts) return null;
  return `${fact.ticket} had ${state.attempts} attempt(s), not ${fact.attempts}`;
}

function isReady(view: SystemView, ticket: TicketId): boolean {
  const deps = ticketIn(view, ticket)?.deps ?? [];
  return (
    stateIn(view, ticket)?.phase === 'pending' &&
    deps.every((dep) => {
      const state = stateIn(view, dep);
      return state !== undefined && satisfiesDependents(state);
    })
  );
}

/** Claims of live tickets and dispatches after a stop are left to the properties S4 and S10, which name them. */
function refuseDispatch(before: SystemView, fact: FactOf<'session.dispatched'>): string | null {
  if (before.phase === 'recovering' || before.phase === 'paused') {
    return `nothing is dispatched while the run is ${before.phase}`;
  }
  const state = stateIn(before, fact.ticket);
  if (state === undefined) return `ticket ${fact.ticket} is not in the plan of the run`;
  if (state.phase === 'live') return null;
  if (state.phase !== 'pending') return `ticket ${fact.ticket} is ${state.phase}`;
  if (fact.attempt === state.attempts + 1) return null;
  return `${fact.ticket} had ${state.attempts} attempt(s), so this is not attempt ${fact.attempt}`;
}

/** In which phases of a session a report of it may come. */
const REPORT_IN: Readonly<Record<Report['type'], readonly SessionPhase[]>> = {
  'session.prepared': ['preparing'],
  // A process that was given up before it said that it is there still says so.
  'session.launched': ['launching', 'timingOut'],
  'session.timingOut': ['launching', 'running'],
  // Straight from launching when the actor that holds the process broke before it could say that there is one.
  'session.exited': ['launching', 'running', 'timingOut'],
  'session.completed': ['exited'],
  'session.verified': ['verifyingWork'],
  'merge.requested': ['verifyingWork'],
  'merge.started': ['awaitingMerge'],
  // From awaitingMerge when the merge queue broke and failed all that waited.
  'merge.finished': ['awaitingMerge', 'merging'],
  'session.releasing': ['preparing', 'launching', 'timingOut', 'exited', 'verifyingWork', 'releasing'],
  // A session whose own machine broke is ended from wherever it stood.
  'session.ended': [
    'preparing',
    'launching',
    'running',
    'timingOut',
    'exited',
    'verifyingWork',
    'awaitingMerge',
    'merging',
    'releasing',
  ],
};

function refuseReport(phase: SessionPhase, story: readonly RunFact[], fact: Report): string | null {
  if (!REPORT_IN[fact.type].includes(phase)) {
    return `${fact.type} of session ${fact.session} cannot come while it is ${phase}`;
  }
  const told = <Type extends RunFact['type']>(type: Type): FactOf<Type> | undefined =>
    story.find((earlier): earlier is FactOf<Type> => earlier.type === type);
  switch (fact.type) {
    case 'session.launched':
    case 'session.verified':
      return told(fact.type) === undefined ? null : `${fact.type} of session ${fact.session} came before`;
    case 'session.completed':
      if (told('session.launched') === undefined) return `the agent of ${fact.session} was never launched`;
      return told('session.timingOut') === undefined ? null : `the agent of ${fact.session} was asked to end`;
    case 'session.releasing':
      if (told('session.releasing') !== undefined)
        return `${fact.type} of session ${fact.session} came before`;
      return phase === 'timingOut' && told('session.launched') !== undefined
        ? `the agent of ${fact.session} has not exited`
        : null;
    case 'merge.requested':
      return refuseRequest(fact, told('session.verified'));
    case 'merge.finished':
      return phase === 'awaitingMerge' && fact.outcome.kind !== 'failed'
        ? `the merge of ${fact.session} was not started`
        : null;
    case 'session.ended':
      return refuseEnd(fact, {
        releasing: told('session.releasing'),
        timingOut: told('session.timingOut'),
        verified: told('session.verified'),
        merge: told('merge.finished'),
      });
    case 'session.exited':
      // How it exited is known of a process that was there; of one that was lost sight of, nothing is.
      return (fact.code === null && fact.signal === null) || told('session.launched') !== undefined
        ? null
        : `the agent of ${fact.session} was never launched`;
    case 'session.prepared':
    case 'session.timingOut':
    case 'merge.started':
      return null;
  }
}
