import type { Backlog } from './backlog.ts';
import type { Blocker } from './blockers.ts';
import { holdersInTheWay, type Locks } from './locks.ts';
import type { TicketState } from './ticket-state.ts';

/** What readiness is judged by: one moment of a run. */
export interface Moment {
  readonly backlog: Backlog;
  readonly position: number;
  readonly stateOf: (position: number) => TicketState;
  readonly locks: Locks;
  readonly workersBusy: number;
  readonly workers: number;
}

/** Lists every reason why a ticket cannot be dispatched at this moment; empty means that it is ready. */
export function blockersOf({
  backlog,
  position,
  stateOf,
  locks,
  workersBusy,
  workers,
}: Moment): readonly Blocker[] {
  const ticket = backlog.tickets[position];
  if (ticket === undefined)
    throw new RangeError(`no position ${position} in a backlog of ${backlog.tickets.length}`);
  const state = stateOf(position);
  switch (state.phase) {
    case 'landed':
    case 'closed':
    case 'failed':
    case 'excluded':
      return [{ kind: 'settled', as: state.phase }];
    case 'blocked':
      return state.blockers;
    case 'live':
      return [{ kind: 'claimed', session: state.session }];
    case 'pending': {
      const blockers: Blocker[] = [];
      for (const dep of ticket.deps) {
        const blocker = dependencyBlocker(backlog.tickets[dep]!.id, stateOf(dep));
        if (blocker !== null) blockers.push(blocker);
      }
      for (const held of holdersInTheWay(locks, ticket.components))
        blockers.push({ kind: 'componentHeld', ...held });
      if (workersBusy >= workers) blockers.push({ kind: 'workersBusy', workers });
      return blockers;
    }
  }
}

function dependencyBlocker(dependency: string, state: TicketState): Blocker | null {
  switch (state.phase) {
    case 'landed':
    case 'closed':
      return null;
    case 'pending':
    case 'live':
      return { kind: 'dependencyNotLanded', dependency };
    case 'failed':
      return { kind: 'dependencyFailed', dependency, ending: state.ending };
    case 'blocked':
      return { kind: 'dependencyBlocked', dependency };
    case 'excluded':
      return { kind: 'dependencyExcluded', dependency };
  }
}
