import type { Blocker } from './blockers.ts';
import type { TicketId } from './ids.ts';
import { stateIn, ticketIn, type SystemView } from './system-view.ts';

/** Judges a reason to give a ticket up: it must be so, and it must last. A reason that may pass is none. */
export function isTrueBlocker(view: SystemView, ticket: TicketId, blocker: Blocker): boolean {
  const waitsFor = (dependency: TicketId, from = ticket): boolean =>
    ticketIn(view, from)?.deps.includes(dependency) === true;
  switch (blocker.kind) {
    case 'dependencyFailed': {
      const state = stateIn(view, blocker.dependency);
      return waitsFor(blocker.dependency) && state?.phase === 'failed' && state.ending === blocker.ending;
    }
    case 'dependencyBlocked':
      return waitsFor(blocker.dependency) && stateIn(view, blocker.dependency)?.phase === 'blocked';
    case 'dependencyExcluded':
      return waitsFor(blocker.dependency) && stateIn(view, blocker.dependency)?.phase === 'excluded';
    case 'dependencyUnknown':
      return ticketIn(view, blocker.dependency) === undefined;
    case 'dependencyCycle':
      return (
        blocker.cycle.includes(ticket) &&
        blocker.cycle.every((member, index) =>
          waitsFor(blocker.cycle[index + 1] ?? blocker.cycle[0] ?? '', member),
        )
      );
    case 'invalidTicket':
      // The file's word is all there is.
      return true;
    case 'dependencyNotLanded':
    case 'componentHeld':
    case 'workersBusy':
    case 'sessionsFull':
    case 'claimed':
    case 'settled':
      return false;
  }
}
