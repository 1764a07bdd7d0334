/**
 * Proposes dispatches: the policy at work. It follows the facts of the run and, whenever the supervisor could take one
 * more session, sends the best ready ticket. The supervisor's guards decide; a wrong proposal is refused and harmless.
 *
 * There is no batch and no poll: every change of the supervisor is an occasion.
 */
import type { ActorRefFrom } from 'xstate';

import type { supervisorMachine } from '../machines/index.ts';
import type { Backlog } from '../src/domain/backlog.ts';
import { isPermanent } from '../src/domain/blockers.ts';
import type { TicketId } from '../src/domain/ids.ts';
import { isBudgetLeft, isWorkerFree, readyPositions } from '../src/domain/run-state.ts';
import { ReadyQueue } from '../src/domain/scheduling-policy.ts';
import type { SessionIds } from '../src/ports/session-ids.ts';
import type { Adoptions } from './adoptions.ts';

/** What the policy proposes out of. */
export interface DispatcherParts {
  readonly backlog: Backlog;
  readonly ids: SessionIds;
  /** Sessions that are under way already, and so come before whatever the policy would choose. */
  readonly adoptions?: Adoptions | undefined;
}

/** Connects the policy to a supervisor that has not been started yet. */
export function connectDispatcher(
  supervisor: ActorRefFrom<typeof supervisorMachine>,
  { backlog, ids, adoptions }: DispatcherParts,
): void {
  const queue = new ReadyQueue(backlog);
  for (const position of readyPositions(supervisor.getSnapshot().context.run)) queue.add(position);

  const refused = new Set<TicketId>();
  const enqueue = ({ ticket }: { readonly ticket: TicketId }): void => {
    const position = backlog.positions.get(ticket);
    if (position !== undefined) queue.add(position);
  };
  supervisor.on('ticket.readied', enqueue);
  supervisor.on('ticket.requeued', enqueue);
  const withdraw = ({ ticket }: { readonly ticket: TicketId }): void => {
    const position = backlog.positions.get(ticket);
    if (position !== undefined) queue.remove(position);
  };
  supervisor.on('ticket.recovered', withdraw);
  // Proposed again at once, it would be refused again at once: whoever is in the way has to end first.
  supervisor.on('dispatch.refused', ({ ticket, blockers }) => {
    if (!blockers.some(isPermanent)) refused.add(ticket);
  });
  supervisor.on('session.ended', () => {
    for (const ticket of refused) enqueue({ ticket });
    refused.clear();
  });

  supervisor.subscribe({
    next: (snapshot) => {
      const { run } = snapshot.context;
      if (!snapshot.matches('dispatching') || !isWorkerFree(run) || !isBudgetLeft(run)) return;
      const adopted = adoptions?.next();
      if (adopted !== undefined) {
        const { session, ticket, from, timeLeftMs } = adopted;
        withdraw(adopted);
        supervisor.send({ type: 'dispatch', ticket, session, adopted: { from, timeLeftMs } });
        return;
      }
      const position = queue.next(run.locks);
      const ticket = position === null ? undefined : backlog.tickets[position];
      if (position === null || ticket === undefined) return;
      queue.remove(position);
      // One at a time: what this dispatch changes is the next occasion.
      supervisor.send({ type: 'dispatch', ticket: ticket.id, session: ids.next() });
    },
    // Whoever follows the supervisor hears of it. Unheard here, it would be thrown into the process as well, which would
    // be gone before its agents were taken down.
    error: () => {},
  });
}
