/**
 * Faults as a person might make them, planted into copies of the supervisor by hand: at least one for every promise that no
 * single dropped word can break.
 */
import { chunkedGet, chunkedSet } from '../domain/chunked.ts';
import * as changes from '../domain/run-changes.ts';
import type { FactOf } from '../domain/run-fact.ts';
import { isUnclaimed, positionOf, ticketOf } from '../domain/run-state.ts';
import { occupiesWorker, PHASE_AFTER, type PhaseFact } from '../domain/session-phase.ts';
import { withAction, withGuard, without, type Mutant } from './mutate.ts';

import {
  yes,
  isRunning,
  countOf,
  claimByForce,
  withSettle,
  dispatchingIn,
  deedOf,
  dispatchIn,
  sessionIn,
  componentsAsked,
  locksWithout,
} from './fault-parts.ts';

/** Every planted fault. */
export const PLANTED_FAULTS: readonly Mutant[] = [
  {
    name: 'claim by force',
    describe: 'a component that is held is taken from its holder',
    killedBy: 'S1 componentExclusive',
    scope: 'sharedComponent',
    machine: withAction('claim', claimByForce, withGuard('componentFree', yes)),
  },
  {
    name: '"*" is a name like any other',
    describe: 'a ticket that must run alone is taken for one whose component is called "*"',
    killedBy: 'S1 componentExclusive',
    scope: 'untaggedAlone',
    machine: withAction(
      'claim',
      claimByForce,
      withGuard('componentFree', ({ context: { run }, event }) =>
        componentsAsked(run, event).every((component) => run.locks[component] === undefined),
      ),
    ),
  },
  {
    name: 'release before the merge',
    describe: 'components are given back when the agent is done, not when its work has landed',
    killedBy: 'S1 componentExclusive',
    scope: 'sharedComponent',
    machine: withAction('enqueueMerge', ({ context: { run }, event }) => ({
      run: { ...run, locks: locksWithout(run, sessionIn(event)) },
    })),
  },
  {
    name: 'landed at "agent done"',
    describe: 'a dependency counts as landed when its agent says that it is done',
    killedBy: 'S2 dependencyLanded',
    scope: 'chain',
    machine: withAction('enterPhase', ({ context: { run }, event }) => {
      const heard = changes.hearReport(run, sessionIn(event), event.type as PhaseFact);
      return event.type === 'session.completed'
        ? { run: changes.land(heard, event.session, 'early').state }
        : { run: heard };
    }),
  },
  {
    name: 'only running agents count',
    describe: 'a worker counts as free while its session prepares or ends',
    killedBy: 'S3 workersBounded',
    scope: 'pileUp',
    machine: withGuard('workerFree', ({ context: { run } }) => countOf(run, isRunning) < run.limits.workers),
  },
  {
    name: 'claimed twice',
    describe: 'a ticket that a session works on is given to another one',
    killedBy: 'S4 oneSessionPerTicket',
    scope: 'single',
    machine: withAction('claim', claimByForce, withGuard('notClaimed', yes, withGuard('componentFree', yes))),
  },
  {
    name: 'session id reused',
    describe: 'the second attempt of a ticket has the session id of the first',
    killedBy: 'S4 neverReused',
    scope: 'endings',
    machine: withAction(
      'claim',
      ({ context: { run }, event }) => {
        const { ticket } = dispatchIn(event);
        const session = `${ticket}.1`;
        return { ...deedOf(changes.dispatch(run, ticket, session)), spawns: [session] };
      },
      without('spawnSession'),
    ),
  },
  {
    name: 'merge without the queue',
    describe: 'a merge begins as soon as it is asked for',
    killedBy: 'S5 oneMerge',
    scope: 'pair',
    machine: withAction('enqueueMerge', ({ event }) => ({
      raises: [{ type: 'merge.started', session: sessionIn(event) }],
    })),
  },
  {
    name: 'kept branch not told',
    describe: 'a session ends without saying on which branch its work is kept',
    killedBy: 'S7 nothingLost',
    scope: 'single',
    machine: withSettle((run, end) => changes.settle(run, { ...end, keptBranch: null })),
  },
  {
    name: 'one attempt too many',
    describe: 'a ticket is tried once more than it may be',
    killedBy: 'S8 bounded',
    scope: 'single',
    machine: withSettle((run, end) => {
      const limits = { ...run.limits, attemptsMax: run.limits.attemptsMax + 1 };
      const { state, facts } = changes.settle({ ...run, limits }, end);
      return { state: { ...state, limits: run.limits }, facts };
    }),
  },
  {
    name: 'merges pile up',
    describe: 'sessions that wait for their merge are not counted at all',
    killedBy: 'S8 bounded',
    scope: 'pileUp',
    machine: withGuard(
      'workerFree',
      ({ context: { run } }) => countOf(run, ({ phase }) => occupiesWorker(phase)) < run.limits.workers,
    ),
  },
  {
    name: 'budget not kept',
    describe:
      'nobody looks at the number of dispatches: the guards `budgetLeft` and `isBudgetSpent` are dropped',
    killedBy: 'S8 bounded',
    scope: 'budget',
    machine: withGuard(
      'budgetLeft',
      yes,
      withGuard('isBudgetSpent', () => false),
    ),
  },
  {
    name: 'a failure blocks everything',
    describe: 'when a ticket fails, every pending ticket is given up',
    killedBy: 'S9 failureIsLocal',
    scope: 'sharedComponent',
    machine: withSettle((run, end) => {
      const { state, facts } = changes.settle(run, end);
      const failed = facts.find((fact): fact is FactOf<'ticket.failed'> => fact.type === 'ticket.failed');
      if (failed === undefined) return { state, facts };
      const blockers = [
        { kind: 'dependencyFailed', dependency: failed.ticket, ending: failed.ending },
      ] as const;
      const pending = run.backlog.tickets.filter(({ id }) => isUnclaimed(state, id));
      let { tickets } = state;
      for (const { id } of pending)
        tickets = chunkedSet(tickets, positionOf(run, id), { phase: 'blocked', blockers });
      return {
        state: { ...state, tickets, pending: 0 },
        facts: [
          ...facts,
          ...pending.map(({ id }) => ({ type: 'ticket.blocked' as const, ticket: id, blockers })),
        ],
      };
    }),
  },
  {
    name: 'a failure blocks nobody',
    describe: 'when a ticket fails, those that wait for it go on waiting',
    killedBy: 'E1 runEnds',
    scope: 'chain',
    machine: withSettle((run, end) => {
      const { state, facts } = changes.settle(run, end);
      let { tickets, pending } = state;
      run.backlog.tickets.forEach((_ticket, position) => {
        if (chunkedGet(tickets, position).phase !== 'blocked') return;
        tickets = chunkedSet(tickets, position, chunkedGet(run.tickets, position));
        pending += 1;
      });
      return {
        state: { ...state, tickets, pending },
        facts: facts.filter(({ type }) => type !== 'ticket.blocked'),
      };
    }),
  },
  ...(['draining', 'stopping', 'closing'] as const).map((state): Mutant => ({
    name: `dispatch while ${state}`,
    describe: `a ticket may still be dispatched while the run is ${state}`,
    killedBy: 'S10 quietAfterStop',
    scope: 'pair',
    machine: dispatchingIn(state),
  })),
  {
    name: 'dispatch while paused',
    describe: 'a ticket may be dispatched while the run is paused',
    killedBy: 'C6 dispatchesWhenDispatching',
    scope: 'single',
    machine: dispatchingIn('paused'),
  },
  {
    name: 'dispatch before recovery',
    describe: 'a ticket may be dispatched before recovery is over',
    killedBy: 'C6 dispatchesWhenDispatching',
    scope: 'single',
    machine: dispatchingIn('recovering'),
  },
  {
    name: 'lock forgotten',
    describe: 'a session that is over keeps its components',
    killedBy: 'S11 lockMatchesHolder',
    scope: 'single',
    machine: withSettle((run, end) => {
      const { state, facts } = changes.settle(run, end);
      return { state: { ...state, locks: run.locks }, facts };
    }),
  },
  {
    name: 'lock forgotten at a crash',
    describe: 'a session whose stand-in broke keeps its components',
    killedBy: 'S11 lockMatchesHolder',
    scope: 'breakingForGood',
    machine: withAction('settleLost', ({ context: { run }, event }) => {
      const lost = changes.lostSession(run, sessionIn(event), 'lost');
      const { state, facts } = changes.settle(run, lost);
      return { run: { ...state, locks: run.locks }, announces: facts };
    }),
  },
  {
    name: 'half a claim',
    describe: 'of the components of a ticket only the first is acquired',
    killedBy: 'S11 lockMatchesHolder',
    scope: 'twoComponents',
    machine: withAction('claim', ({ context: { run }, event }) => {
      const { ticket, session } = dispatchIn(event);
      const { state, facts } = changes.dispatch(run, ticket, session);
      const [first] = ticketOf(run, ticket).components;
      const locks = { ...run.locks, ...(first === undefined ? {} : { [first]: session }) };
      return { run: { ...state, locks }, announces: facts };
    }),
  },
  {
    name: 'silent claim',
    describe: 'a session is started and nothing is said of it',
    killedBy: 'C2 announcedFirst',
    scope: 'single',
    machine: withAction('claim', ({ context: { run }, event }) => {
      const { ticket, session } = dispatchIn(event);
      return { run: changes.dispatch(run, ticket, session).state };
    }),
  },
  {
    name: 'late launch',
    describe: 'an agent that was given up counts as running when it says that it was launched',
    killedBy: 'C4 toldIsKnown',
    scope: 'single',
    machine: withAction('enterPhase', ({ context: { run }, event }) => {
      const phase = PHASE_AFTER[event.type as PhaseFact];
      return phase === null ? {} : { run: changes.enterPhase(run, sessionIn(event), phase) };
    }),
  },
  {
    name: 'refusal without a reason',
    describe: 'a dispatch is refused and nobody is told why',
    killedBy: 'C5 refusalHasReason',
    scope: 'single',
    machine: withAction('announceRefusal', ({ event }) => ({
      announces: [{ type: 'dispatch.refused', ticket: dispatchIn(event).ticket, blockers: [] }],
    })),
  },
  {
    name: 'requeued and not counted',
    describe: 'a ticket that waits for another attempt is not counted as pending',
    killedBy: 'C7 pendingIsCounted',
    scope: 'single',
    machine: withSettle((run, end) => {
      const { state, facts } = changes.settle(run, end);
      return { state: { ...state, pending: run.pending }, facts };
    }),
  },
  {
    name: 'everybody is told to stop',
    describe: 'a session whose machine broke is told to stop as if it could hear',
    killedBy: 'C1 actionsTotal',
    scope: 'breakingSingle',
    machine: withAction('terminateSessions', ({ context: { run } }) => ({
      terminates: run.sessions.map(({ session }) => session),
    })),
  },
];
