import type { TicketId } from '../domain/ids.ts';
import type { Ticket, TicketCatalogue, TicketStatus } from '../domain/ticket.ts';
import type { TicketStore } from '../ports/ticket-store.ts';
import { targetTip } from './fake-integration.ts';
import { branchRef } from './fake-repository.ts';
import { ticketName } from './faults.ts';
import { ticketPath, type Life, type SimWorld } from './sim-world.ts';

/** The tickets of a world, read as a person's checkout shows them. */
export function fakeTicketStore(world: SimWorld, life: Life): TicketStore {
  const { plan, statuses } = world;
  return {
    load: async (): Promise<TicketCatalogue> => ({
      tickets: plan.tickets.map(({ deps, components, priority }, number): Ticket => {
        const id = ticketName(number);
        return {
          id,
          title: `Ticket ${number}`,
          body: '',
          status: statusInCheckout(world, id),
          deps: deps.map(ticketName),
          priority,
          tags: components.map((component) => `component:${component}`),
          createdMs: null,
        };
      }),
      invalid: [],
    }),
    async close(ticket: TicketId) {
      await world.pause(life, 1 + world.dice.below(4));
      if (statuses.has(ticket)) statuses.set(ticket, 'closed');
    },
  };
}

function statusInCheckout({ plan, repository, statuses }: SimWorld, ticket: TicketId): TicketStatus {
  if (!plan.areTicketsTracked) return statuses.get(ticket) ?? 'open';
  const head = repository.read(branchRef(repository.checkout.branch)) ?? targetTip(repository);
  return repository.at(head).tree.get(ticketPath(ticket)) === 'closed' ? 'closed' : 'open';
}
