/**
 * The invariants of a run as predicates, under the names of the design: S1 to S11.
 *
 * The same predicates judge every fact of a live run and of a recorded one (the trace check), every state of a model (the
 * explorer) and every step of a simulation. None of them looks at all tickets after the first fact, so that judging costs
 * the same at 10 000 tickets as at 10. A *state property* must hold in every view. A *step property* must hold of every fact, seen with the views
 * before and after it; it is for what a state alone cannot show.
 *
 * What a view cannot show is promised elsewhere: that a worktree contains its dependencies' commits (S2), that no checkout
 * is dirty (S5) and that a kept branch exists (S7) are questions for git; that ids are never reused (S4) needs the whole
 * history, which the judge keeps (`run-judge.ts`).
 */
import type { Blocker } from './blockers.ts';
import { isTrueBlocker } from './blocker-truth.ts';
import type { TicketId } from './ids.ts';
import { EVERYTHING } from './locks.ts';
import type { RunFact } from './run-fact.ts';
import { isQuieting } from './run-phase.ts';
import { occupiesWorker } from './session-phase.ts';
import { sessionIn, stateIn, ticketIn, type SystemSession, type SystemView } from './system-view.ts';
import { satisfiesDependents } from './ticket-state.ts';

/** Why a property does not hold, in one sentence with the facts. */
export interface Violation {
  readonly message: string;
  /** Present when the system may be at fault, and not only a bug: for example, a process that cannot be killed. */
  readonly mayBeTheSystem?: true;
}

/** An invariant of single moments. */
export interface StateProperty {
  readonly kind: 'state';
  readonly name: string;
  readonly describe: string;
  holds(view: SystemView): true | Violation;
}

/** An invariant of single steps: one fact, with the moments around it. */
export interface StepProperty {
  readonly kind: 'step';
  readonly name: string;
  readonly describe: string;
  holds(before: SystemView, fact: RunFact, after: SystemView): true | Violation;
}

/** One invariant of a run. */
export type Property = StateProperty | StepProperty;

const componentExclusive: StateProperty = {
  kind: 'state',
  name: 'S1 componentExclusive',
  describe: 'no two live sessions share a component',
  holds: (view) => {
    if (view.sessions.length < 2) return true;
    const holders = new Map<string, SystemSession>();
    for (const live of view.sessions) {
      for (const component of live.components) {
        const other = holders.get(component);
        if (other !== undefined) {
          return violation(
            `sessions ${other.session} and ${live.session} both work on component ${component}`,
          );
        }
        holders.set(component, live);
      }
    }
    const alone = holders.get(EVERYTHING);
    if (alone === undefined) return true;
    return violation(
      `session ${alone.session} needs the repository to itself; ${view.sessions.length} sessions are live`,
    );
  },
};

const dependencyLanded: StateProperty = {
  kind: 'state',
  name: 'S2 dependencyLanded',
  describe: 'a session is live only when every dependency of its ticket has landed or was closed before',
  holds: (view) => {
    for (const { session, ticket } of view.sessions) {
      for (const dep of ticketIn(view, ticket)?.deps ?? []) {
        const state = stateIn(view, dep);
        if (state === undefined || !satisfiesDependents(state)) {
          return violation(
            `session ${session} works on ${ticket}, whose dependency ${dep} is ${state?.phase ?? 'unknown'}`,
          );
        }
      }
    }
    return true;
  },
};

const workersBounded: StateProperty = {
  kind: 'state',
  name: 'S3 workersBounded',
  describe: 'there are never more agent processes, live or about to be, than workers',
  holds: (view) => {
    const busy = view.sessions.filter(({ phase }) => occupiesWorker(phase));
    if (busy.length <= view.plan.workers) return true;
    return violation(`${view.plan.workers} workers, and ${listed(busy)} occupy one each`);
  },
};

const oneSessionPerTicket: StateProperty = {
  kind: 'state',
  name: 'S4 oneSessionPerTicket',
  describe: 'no two live sessions work on one ticket, and a ticket that is live knows its session',
  holds: (view) => {
    const both = twoOnOneTicket(view.sessions);
    if (both !== null) return violation(both);
    for (const { session, ticket } of view.sessions) {
      const state = stateIn(view, ticket);
      // After its work has landed, a session still gives its place back.
      if (state?.phase === 'landed' || (state?.phase === 'live' && state.session === session)) continue;
      return violation(`session ${session} works on ${ticket}, which is ${state?.phase ?? 'unknown'}`);
    }
    return true;
  },
};

const oneMerge: StateProperty = {
  kind: 'state',
  name: 'S5 oneMerge',
  describe: 'at most one session is being merged',
  holds: (view) => {
    const merging = view.sessions.filter(({ phase }) => phase === 'merging');
    return merging.length <= 1 ? true : violation(`${listed(merging)} are being merged at the same time`);
  },
};

const noOrphan: StepProperty = {
  kind: 'step',
  name: 'S6 noOrphan',
  describe:
    'when an agent is gone, so is everything that it started, and when a run ends, so is every session',
  holds: (before, fact) => {
    if (fact.type === 'run.finished') {
      const [live] = before.sessions;
      return live === undefined
        ? true
        : violation(`the run ends while session ${live.session} is live (${live.phase})`);
    }
    if (fact.type !== 'session.exited' || fact.survivorsLeft === 0) return true;
    return {
      message: `session ${fact.session} left ${fact.survivorsLeft} process(es) that could not be ended`,
      mayBeTheSystem: true,
    };
  },
};

const nothingLost: StepProperty = {
  kind: 'step',
  name: 'S7 nothingLost',
  describe: 'a session with verified commits ends landed, or its branch is kept',
  holds: (before, fact) => {
    if (fact.type !== 'session.ended' || fact.keptBranch !== null) return true;
    const ended = sessionIn(before, fact.session);
    if (ended === undefined || ended.commits === null || ended.commits === 0) return true;
    if (stateIn(before, ended.ticket)?.phase === 'landed') return true;
    return violation(
      `session ${fact.session} ended ${fact.ending} with ${ended.commits} commit(s) on no kept branch`,
    );
  },
};

const bounded: StateProperty = {
  kind: 'state',
  name: 'S8 bounded',
  describe: 'attempts, dispatches and live sessions stay within their limits',
  holds: (view) => {
    const { attemptsMax, dispatchesMax, workers } = view.plan;
    const live = view.sessions;
    for (const { session, ticket, attempt } of live) {
      if (attempt > attemptsMax) {
        return violation(
          `session ${session} is attempt ${attempt} of ${ticket}; the limit is ${attemptsMax}`,
        );
      }
    }
    if (dispatchesMax > 0 && view.dispatched > dispatchesMax) {
      return violation(`${view.dispatched} sessions were dispatched; the limit is ${dispatchesMax}`);
    }
    // Work that waits for its merge holds no worker. Were it not bounded, a slow gate would pile up worktrees.
    if (live.length > 2 * workers) {
      return violation(`${live.length} sessions are live; the limit is twice the ${workers} workers`);
    }
    return true;
  },
};

const failureIsLocal: StepProperty = {
  kind: 'step',
  name: 'S9 failureIsLocal',
  describe: 'a ticket is blocked only for reasons that are true and last',
  holds: (_before, fact, after) => {
    switch (fact.type) {
      case 'ticket.blocked':
        return judgeBlockers(after, fact.ticket, fact.blockers);
      case 'run.started':
        for (const { id, standing, blockers } of fact.tickets) {
          const verdict = standing === 'blocked' ? judgeBlockers(after, id, blockers) : true;
          if (verdict !== true) return verdict;
        }
        return true;
      default:
        return true;
    }
  },
};

const quietAfterStop: StepProperty = {
  kind: 'step',
  name: 'S10 quietAfterStop',
  describe: 'nothing is dispatched after a stop request',
  holds: (before, fact) => {
    if (fact.type !== 'session.dispatched' || !isQuieting(before.phase)) return true;
    return violation(`session ${fact.session} was dispatched while the run was ${before.phase}`);
  },
};

const lockMatchesHolder: StateProperty = {
  kind: 'state',
  name: 'S11 lockMatchesHolder',
  describe: 'every live session holds exactly the components of its ticket, and nobody else holds any',
  holds: (view) => {
    let needed = 0;
    for (const { session, ticket, components } of view.sessions) {
      needed += components.length;
      for (const component of components) {
        const holder = Object.hasOwn(view.locks, component) ? view.locks[component] : undefined;
        if (holder !== session) {
          return violation(
            `session ${session} works on ${ticket} without component ${component}, held by ${holder ?? 'nobody'}`,
          );
        }
      }
    }
    const held = Object.entries(view.locks);
    if (held.length === needed) return true;
    const stray = held.find(
      ([component, holder]) => !sessionIn(view, holder)?.components.includes(component),
    );
    return violation(
      `component ${stray?.[0] ?? '?'} is held by ${stray?.[1] ?? '?'}, whose ticket does not need it`,
    );
  },
};

function twoOnOneTicket(sessions: readonly SystemSession[]): string | null {
  if (sessions.length < 2) return null;
  const byTicket = new Map<TicketId, SystemSession>();
  for (const live of sessions) {
    const other = byTicket.get(live.ticket);
    if (other !== undefined)
      return `sessions ${other.session} and ${live.session} both work on ${live.ticket}`;
    byTicket.set(live.ticket, live);
  }
  return null;
}

/** Every invariant, in the order in which they are judged: two sessions of one ticket share its components as well. */
export const PROPERTIES: readonly Property[] = [
  oneSessionPerTicket,
  componentExclusive,
  dependencyLanded,
  workersBounded,
  oneMerge,
  noOrphan,
  nothingLost,
  bounded,
  failureIsLocal,
  quietAfterStop,
  lockMatchesHolder,
];

function violation(message: string): Violation {
  return { message };
}

function listed(sessions: readonly SystemSession[]): string {
  return sessions.map(({ session, phase }) => `${session} (${phase})`).join(', ');
}

function judgeBlockers(view: SystemView, ticket: TicketId, blockers: readonly Blocker[]): true | Violation {
  if (blockers.length === 0) return violation(`${ticket} is blocked without a reason`);
  const untrue = blockers.find((blocker) => !isTrueBlocker(view, ticket, blocker));
  return untrue === undefined
    ? true
    : violation(`${ticket} is blocked by ${JSON.stringify(untrue)}, which is not so`);
}
