import { fc, test } from '@fast-check/vitest';
import { describe, expect, test as plain } from 'vitest';

import { isPermanent } from '../../src/domain/blockers.ts';
import { chunkedGet, chunkedItems } from '../../src/domain/chunked.ts';
import { ENDINGS } from '../../src/domain/ending.ts';
import { dispatch, enterPhase, land, settle } from '../../src/domain/run-changes.ts';
import {
  areDepsReady,
  blockersOfTicket,
  initialRunState,
  isBudgetLeft,
  isComponentFree,
  isUnclaimed,
  isWorkerFree,
  readyPositions,
  type RunState,
  isLive,
  sessionOf,
} from '../../src/domain/run-state.ts';
import { occupiesWorker, SESSION_PHASES } from '../../src/domain/session-phase.ts';
import { satisfiesDependents } from '../../src/domain/ticket-state.ts';
import { aBacklog, aTicket, backlogs } from '../support/backlogs.ts';

/** One decision of a random life: which kind, and which of the things it could be about. */
const decisions = fc.array(fc.tuple(fc.constantFrom('dispatch', 'phase', 'land', 'settle'), fc.nat()), {
  maxLength: 60,
});

/** Lets a run live by random decisions, every one of them legal, and looks at each state. */
function live(
  state: RunState,
  steps: readonly (readonly [string, number])[],
  look: (state: RunState) => void,
): void {
  let now = state;
  look(now);
  steps.forEach(([kind, dice], step) => {
    const { sessions } = now;
    const session = sessions[dice % Math.max(1, sessions.length)]?.session;
    if (kind === 'dispatch') {
      const free = now.backlog.tickets.filter(({ id }) => mayDispatch(now, id));
      const ticket = free[dice % Math.max(1, free.length)];
      if (ticket !== undefined) now = dispatch(now, ticket.id, `s${step}`).state;
    } else if (session !== undefined) {
      const isLanded = chunkedGet(now.tickets, sessionOf(now, session).ticket).phase === 'landed';
      if (kind === 'phase') now = enterPhase(now, session, SESSION_PHASES[dice % SESSION_PHASES.length]!);
      else if (kind === 'land' && !isLanded) now = land(now, session, `c${step}`).state;
      else if (kind === 'settle') {
        const ending = isLanded ? 'merged' : ENDINGS[1 + (dice % (ENDINGS.length - 1))]!;
        now = settle(now, { session, ending, reason: '', keptBranch: null, keptWorktree: null }).state;
      }
    }
    look(now);
  });
}

function mayDispatch(state: RunState, ticket: string): boolean {
  return (
    isUnclaimed(state, ticket) &&
    areDepsReady(state, ticket) &&
    isComponentFree(state, ticket) &&
    isWorkerFree(state) &&
    isBudgetLeft(state)
  );
}

const lives = {
  backlog: backlogs(8),
  limits: fc.record({
    workers: fc.integer({ min: 1, max: 3 }),
    attemptsMax: fc.integer({ min: 1, max: 3 }),
    dispatchesMax: fc.nat(9),
  }),
  steps: decisions,
};

describe('in every life of a run', () => {
  test.prop(lives)(
    'the locks are exactly the components of the live sessions',
    ({ backlog, limits, steps }) => {
      live(initialRunState(backlog, limits), steps, ({ locks, sessions }) => {
        const held = sessions.flatMap(({ session, ticket }) =>
          backlog.tickets[ticket]!.components.map((component) => [component, session]),
        );
        expect(locks).toEqual(Object.fromEntries(held));
      });
    },
  );

  test.prop(lives)(
    'a ticket is live exactly while a session works on it that has not landed',
    ({ backlog, limits, steps }) => {
      live(initialRunState(backlog, limits), steps, ({ tickets, sessions }) => {
        const claimed = [...chunkedItems(tickets)].flatMap((state) =>
          state.phase === 'live' ? [state.session] : [],
        );
        const unlanded = sessions.filter(({ ticket }) => chunkedGet(tickets, ticket).phase !== 'landed');
        expect(claimed.sort()).toEqual(unlanded.map(({ session }) => session).sort());
      });
    },
  );

  test.prop(lives)('the count of pending tickets is their number', ({ backlog, limits, steps }) => {
    live(initialRunState(backlog, limits), steps, ({ tickets, pending }) => {
      expect(pending).toBe([...chunkedItems(tickets)].filter(({ phase }) => phase === 'pending').length);
    });
  });

  test.prop(lives)(
    'workers, waiting sessions, attempts and dispatches stay within their limits',
    ({ backlog, limits, steps }) => {
      live(initialRunState(backlog, limits), steps, ({ sessions, dispatched }) => {
        const all = sessions;
        expect(all.length).toBeLessThanOrEqual(2 * limits.workers);
        for (const { attempt, ticket } of all) {
          // An attempt that was ended because the run stops is not counted against the ticket, and may be made again.
          expect(attempt).toBeLessThanOrEqual(Math.max(limits.attemptsMax, dispatched));
          expect(backlog.tickets[ticket]!.standing).toBe('eligible');
        }
        if (limits.dispatchesMax > 0) expect(dispatched).toBeLessThanOrEqual(limits.dispatchesMax);
      });
    },
  );

  test.prop(lives)(
    'a pending ticket can still become ready, and a blocked one never',
    ({ backlog, limits, steps }) => {
      live(initialRunState(backlog, limits), steps, (state) => {
        backlog.tickets.forEach(({ id, deps }, position) => {
          const { phase } = chunkedGet(state.tickets, position);
          const isHopeless = deps.some((dep) =>
            ['failed', 'blocked', 'excluded'].includes(chunkedGet(state.tickets, dep).phase),
          );
          if (phase === 'pending') expect(isHopeless).toBe(false);
          if (phase === 'blocked') expect(blockersOfTicket(state, id).every(isPermanent)).toBe(true);
        });
      });
    },
  );

  test.prop(lives)(
    'a ticket is ready exactly when nothing but a worker or a component can be in its way',
    ({ backlog, limits, steps }) => {
      live(initialRunState(backlog, limits), steps, (state) => {
        const ready = backlog.tickets.flatMap(({ deps }, position) =>
          chunkedGet(state.tickets, position).phase === 'pending' &&
          deps.every((dep) => satisfiesDependents(chunkedGet(state.tickets, dep)))
            ? [position]
            : [],
        );
        expect(readyPositions(state)).toEqual(ready);
      });
    },
  );

  test.prop(lives)(
    'the guards and the reasons agree: a ticket is refused if and only if there is a blocker',
    ({ backlog, limits, steps }) => {
      live(initialRunState(backlog, { ...limits, dispatchesMax: 0 }), steps, (state) => {
        const occupied = state.sessions.filter(({ phase }) => occupiesWorker(phase)).length;
        // Sessions that wait for their merge are bounded too, and that is said by no blocker.
        if (isWorkerFree(state) !== occupied < limits.workers) return;
        for (const { id } of backlog.tickets) {
          expect(blockersOfTicket(state, id).length === 0).toBe(mayDispatch(state, id));
        }
      });
    },
  );
});

describe('what only a bug can ask for', () => {
  const state = initialRunState(aBacklog([aTicket('a')]), { workers: 1, attemptsMax: 1, dispatchesMax: 0 });

  plain('throws with the facts: dispatching twice, an unknown ticket, a session that is not live', () => {
    const claimed = dispatch(state, 'a', 's1').state;
    expect(() => dispatch(claimed, 'a', 's2')).toThrow('cannot dispatch a (live) to session s2');
    expect(() => dispatch(state, 'b', 's1')).toThrow('ticket b is not in the backlog of this run');
    expect(() => land(state, 's9', 'c')).toThrow('session s9 is not live');
  });

  plain('takes no session for live that was never dispatched, whatever it is called', () => {
    expect(isLive(state, 'constructor')).toBe(false);
    expect(isLive(dispatch(state, 'a', 'constructor').state, 'constructor')).toBe(true);
  });
});
