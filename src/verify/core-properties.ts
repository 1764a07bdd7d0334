/**
 * What a supervisor must keep beside the promises of a run: that it tells the truth, gives reasons, keeps its children
 * and breaks at nothing. They are judged by the checker only, because a journal does not show them.
 */
import { chunkedGet, chunkedItems } from '../domain/chunked.ts';
import type { SessionId } from '../domain/ids.ts';
import type { FactOf } from '../domain/run-fact.ts';
import { isLive } from '../domain/run-state.ts';
import { isInMergeQueue } from '../domain/session-phase.ts';
import { sessionIn, stateIn, type SystemView } from '../domain/system-view.ts';
import type { TicketState } from '../domain/ticket-state.ts';
import type { RunPhase } from '../domain/run-phase.ts';
import { isFact, type ChartState, type CoreLook, type Output } from './core.ts';

/** An invariant of the supervisor itself. */
export type CoreProperty = CoreStateProperty | CoreStepProperty;

/** An invariant of what the supervisor is. */
export interface CoreStateProperty {
  readonly kind: 'state';
  readonly name: string;
  readonly describe: string;
  /** Says what is wrong, or null. */
  readonly judge: (look: CoreLook) => string | null;
}

/** An invariant of what the supervisor does in one step. */
export interface CoreStepProperty {
  readonly kind: 'step';
  readonly name: string;
  readonly describe: string;
  /** Says what is wrong, or null. */
  readonly judge: (outputs: readonly Output[], before: SystemView) => string | null;
}

/** The name under which an exception is reported: whatever happens, a supervisor goes on. */
export const ACTIONS_TOTAL = 'C1 actionsTotal';

/** The name under which a supervisor is reported that announces one thing and goes by another. */
export const TOLD_IS_KNOWN = 'C4 toldIsKnown';

/** Every invariant of the supervisor, in the order in which they are judged. */
export const CORE_PROPERTIES: readonly CoreProperty[] = [
  {
    kind: 'step',
    name: 'C2 announcedFirst',
    describe: 'a session is announced before its actor is started, and a kill before it is ordered',
    judge: (outputs) => {
      const announced: SessionId[] = [];
      let isKilling = false;
      for (const output of outputs) {
        if (isFact(output)) {
          if (output.type === 'session.dispatched') announced.push(output.session);
          else if (output.type === 'run.killing') isKilling = true;
        } else if (output.kind === 'spawnSession' && !announced.includes(output.session)) {
          return `the actor of session ${output.session} is started before anything is said of it`;
        } else if (output.kind === 'kill' && !isKilling) {
          return `session ${output.session} is killed before anything is said of a kill`;
        }
      }
      return null;
    },
  },
  {
    kind: 'state',
    name: 'C3 childrenMatchSessions',
    describe:
      'every live session has one actor, its own or a stand-in, or waits for its merge; no other actor stays',
    judge: ({ run, actors, hasActor }) => {
      let expected = 0;
      for (const { session, phase } of run.sessions) {
        const own = Number(hasActor('session', session)) + Number(hasActor('standIn', session));
        expected += own;
        if (own === 0 && isInMergeQueue(phase)) continue;
        if (own !== 1) return `session ${session} is live and has ${own} actors`;
      }
      return actors === expected
        ? null
        : `${actors} actors of sessions are kept, and ${expected} sessions have one`;
    },
  },
  {
    kind: 'step',
    name: 'S4 neverReused',
    describe: 'a session id is given out once',
    judge: (outputs, before) => {
      const fact = dispatchIn(outputs);
      if (fact === undefined) return null;
      // The checker numbers the sessions of a ticket, so what was used before can be read from the number of attempts.
      const state = stateIn(before, fact.ticket);
      const used = state !== undefined && 'attempts' in state ? state.attempts : 0;
      const number = Number(fact.session.slice(fact.session.lastIndexOf('.') + 1));
      return number > used ? null : `session id ${fact.session} was used before`;
    },
  },
  {
    kind: 'step',
    name: 'C5 refusalHasReason',
    describe: 'a dispatch is refused for a reason that can be told',
    judge: (outputs) => {
      const mute = outputs.find(
        (output): output is FactOf<'dispatch.refused'> =>
          isFact(output) && output.type === 'dispatch.refused' && output.blockers.length === 0,
      );
      return mute === undefined ? null : `the dispatch of ${mute.ticket} is refused without a reason`;
    },
  },
  {
    kind: 'step',
    name: 'C6 dispatchesWhenDispatching',
    describe:
      'a session is dispatched only while the run is dispatching: not before recovery, not while paused',
    judge: (outputs, before) => {
      const early = dispatchIn(outputs);
      return early === undefined || before.phase === 'dispatching'
        ? null
        : `session ${early.session} is dispatched while the run is ${before.phase}`;
    },
  },
  {
    kind: 'state',
    name: 'C7 pendingIsCounted',
    describe: 'the number of pending tickets is the number of tickets that are pending',
    judge: ({ run }) => {
      let pending = 0;
      for (const { phase } of chunkedItems(run.tickets)) if (phase === 'pending') pending += 1;
      return pending === run.pending
        ? null
        : `${pending} tickets are pending, and ${run.pending} are counted`;
    },
  },
];

function dispatchIn(outputs: readonly Output[]): FactOf<'session.dispatched'> | undefined {
  return outputs.find(
    (output): output is FactOf<'session.dispatched'> =>
      isFact(output) && output.type === 'session.dispatched',
  );
}

/** Says where what was told and what is known differ, or null. Commits are passed over: a supervisor need not know them. */
export function differenceOf(told: SystemView, { run: known, chart }: CoreLook): string | null {
  if (!TOLD_IN[chart].includes(told.phase)) return `the run was told to be ${told.phase} and is ${chart}`;
  const { tickets } = told.plan;
  if (tickets.length !== known.backlog.tickets.length) {
    return `${tickets.length} tickets were told, and there are ${known.backlog.tickets.length}`;
  }
  for (let position = 0; position < tickets.length; position += 1) {
    const [a, b] = [chunkedGet(told.states, position), chunkedGet(known.tickets, position)];
    if (!isSameState(a, b)) {
      return `ticket ${tickets[position]!.id} was told to be ${JSON.stringify(a)} and is ${JSON.stringify(b)}`;
    }
  }
  for (const { session, phase, ticket, attempt } of known.sessions) {
    const a = sessionIn(told, session);
    if (a?.phase !== phase || a.attempt !== attempt || a.ticket !== tickets[ticket]?.id) {
      return `session ${session} was told to be ${a?.phase ?? 'over'} and is ${phase}`;
    }
  }
  for (const { session, phase } of told.sessions) {
    if (!isLive(known, session)) return `session ${session} was told to be ${phase} and is over`;
  }
  for (const component in told.locks) {
    const [a, b] = [told.locks[component], known.locks[component]];
    if (a !== b) return `component ${component} was told to be held by ${a} and is by ${b ?? 'nobody'}`;
  }
  for (const component in known.locks) {
    if (told.locks[component] === undefined) {
      return `component ${component} was told to be free and is held by ${known.locks[component]}`;
    }
  }
  if (told.dispatched !== known.dispatched) {
    return `${told.dispatched} dispatches were told, and ${known.dispatched} are counted`;
  }
  if (told.stop?.kind !== known.stop?.kind) {
    return `the reason to stop was told to be ${told.stop?.kind ?? 'none'} and is ${known.stop?.kind ?? 'none'}`;
  }
  return null;
}

/** What a run may have told of itself in each state of its chart. A stop is told at once, and taken when recovery is over. */
const TOLD_IN: Readonly<Record<ChartState, readonly RunPhase[]>> = {
  recovering: ['recovering', 'draining', 'stopping'],
  dispatching: ['dispatching'],
  paused: ['paused'],
  draining: ['draining'],
  stopping: ['stopping'],
  closing: ['dispatching', 'draining', 'stopping'],
  finished: ['finished'],
};

function isSameState(a: TicketState, b: TicketState): boolean {
  if (a === b) return true;
  if (a.phase !== b.phase) return false;
  switch (a.phase) {
    case 'pending':
      return a.attempts === (b as typeof a).attempts;
    case 'live':
      return a.session === (b as typeof a).session && a.attempts === (b as typeof a).attempts;
    case 'landed':
      return a.commit === (b as typeof a).commit && a.attempts === (b as typeof a).attempts;
    case 'failed':
      return a.ending === (b as typeof a).ending && a.attempts === (b as typeof a).attempts;
    case 'blocked':
      // A supervisor that tells the truth tells the very list that it keeps.
      return (
        a.blockers === (b as typeof a).blockers ||
        JSON.stringify(a.blockers) === JSON.stringify((b as typeof a).blockers)
      );
    case 'closed':
    case 'excluded':
      return true;
  }
}
