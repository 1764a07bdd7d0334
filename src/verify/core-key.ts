/**
 * Which states of a core are the same: each is written as a row of small integers, one for what is not about single tickets
 * and one for each ticket. Tickets that stand alike have the same integer, which is what symmetry goes by.
 */
import { chunkedGet } from '../domain/chunked.ts';
import type { RunState } from '../domain/run-state.ts';
import { SESSION_PHASES, type SessionPhase } from '../domain/session-phase.ts';
import { sessionIn, type SystemView } from '../domain/system-view.ts';
import type { TicketState } from '../domain/ticket-state.ts';
import type { ChartState, CoreLook } from './core.ts';
import { IntRows } from './int-rows.ts';
import type { Scope } from './scope.ts';

/** Numbers the states of a core: equal ones have the same number. */
export class CoreKeys {
  readonly #endings: Scope['endings'];
  readonly #rows: IntRows;
  readonly #words = new Map<string, number>();
  /** Lists of integers, each as the number of the list before it and one integer more. */
  readonly #lists = new IntRows(2);

  constructor(tickets: number, endings: Scope['endings']) {
    this.#endings = endings;
    this.#rows = new IntRows(1 + tickets);
  }

  /** The number of a state; what was told of it counts only in so far as it differs from what is known. */
  numberOf({ run, chart, actors, hasActor }: CoreLook, told: SystemView, isUntrue: boolean): number {
    const { row } = this.#rows;
    for (let position = 0; position < row.length - 1; position += 1) {
      row[1 + position] = this.#ticket(chunkedGet(run.tickets, position));
    }
    let expected = 0;
    for (const { session, ticket, attempt, phase } of run.sessions) {
      const own = Number(hasActor('session', session));
      const standIn = Number(hasActor('standIn', session));
      expected += own + standIn;
      const commits = 1 + (sessionIn(told, session)?.commits ?? -1);
      const phaseAndActors = SESSION_PHASE_NUMBERS[phase] * 4 + own * 2 + standIn;
      const stands = this.#listed(row[1 + ticket]!, attempt * 64 + phaseAndActors);
      row[1 + ticket] = this.#listed(stands, commits);
    }
    let head = `${HEADS[chart]}${HEADS[told.phase]}${run.stop?.kind ?? ''}`;
    if (run.limits.dispatchesMax > 0) head += `#${run.dispatched}`;
    if (!areLocksInOrder(run)) head += JSON.stringify(run.locks);
    if (actors !== expected) head += `+${actors - expected}`;
    if (isUntrue) head += JSON.stringify({ ...told, plan: null });
    row[0] = this.#word(head);
    return this.#rows.intern();
  }

  /** What of a state is not about single tickets. */
  headOf(state: number): number {
    return this.#rows.at(state, 0);
  }

  /** What a state says of a ticket. */
  ticketOf(state: number, position: number): number {
    return this.#rows.at(state, 1 + position);
  }

  #ticket(state: TicketState): number {
    const isCounted = 'attempts' in state && (this.#endings !== 'forgotten' || !isSettled(state));
    const attempts = isCounted ? state.attempts : 0;
    const stands = this.#listed(NO_LIST, attempts * 8 + TICKET_PHASE_NUMBERS[state.phase]);
    if (this.#endings !== 'apart') return stands;
    if (state.phase === 'failed') return this.#listed(stands, this.#word(state.ending));
    if (state.phase === 'blocked') return this.#listed(stands, this.#word(JSON.stringify(state.blockers)));
    return stands;
  }

  #listed(before: number, item: number): number {
    const { row } = this.#lists;
    row[0] = before;
    row[1] = item;
    return this.#lists.intern();
  }

  #word(text: string): number {
    let number = this.#words.get(text);
    if (number === undefined) {
      number = this.#words.size;
      this.#words.set(text, number);
    }
    return number;
  }
}

const NO_LIST = -1;

function isSettled({ phase }: TicketState): boolean {
  return phase === 'landed' || phase === 'failed';
}

const TICKET_PHASE_NUMBERS: Readonly<Record<TicketState['phase'], number>> = {
  pending: 0,
  live: 1,
  landed: 2,
  failed: 3,
  blocked: 4,
  closed: 5,
  excluded: 6,
};

const SESSION_PHASE_NUMBERS = Object.fromEntries(
  SESSION_PHASES.map((phase, number) => [phase, number]),
) as Readonly<Record<SessionPhase, number>>;

const HEADS: Readonly<Record<ChartState, string>> = {
  recovering: 'r',
  dispatching: 'd',
  paused: 'p',
  draining: 'a',
  stopping: 's',
  closing: 'c',
  finished: 'f',
};

/** True when every live session holds what its ticket needs and nothing else is held: then the locks add nothing. */
function areLocksInOrder({ backlog, sessions, locks }: RunState): boolean {
  let needed = 0;
  for (const { session, ticket } of sessions) {
    for (const component of backlog.tickets[ticket]!.components) {
      if (locks[component] !== session) return false;
      needed += 1;
    }
  }
  let held = 0;
  for (const _component in locks) held += 1;
  return held === needed;
}
