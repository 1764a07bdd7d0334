/**
 * A backlog as the first fact of a run tells it, and back again: what a journal says is enough to decide by.
 */
import type { Backlog } from './backlog.ts';
import type { PlannedTicket } from './run-fact.ts';
import { dependentsOf } from './ticket-graph.ts';

/** Tells a backlog as a run announces it. */
export function plannedTicketsOf({ tickets }: Backlog): readonly PlannedTicket[] {
  return tickets.map(({ id, title, priority, deps, components, standing, blockers }) => ({
    id,
    title,
    priority,
    deps: deps.flatMap((dep) => tickets[dep]?.id ?? []),
    components,
    standing,
    blockers,
  }));
}

/** Makes the backlog of a run that announced these tickets. What nothing depends on, as a ticket's body, is not on record. */
export function backlogOfPlan(planned: readonly PlannedTicket[]): Backlog {
  const positions = new Map(planned.map(({ id }, position) => [id, position]));
  const deps = planned.map((ticket) => ticket.deps.flatMap((dep) => positions.get(dep) ?? []));
  const dependents = dependentsOf(deps);
  const tickets = planned.map((ticket, position) => ({
    ...ticket,
    body: '',
    createdMs: null,
    deps: deps[position]!,
    dependents: dependents[position]!,
  }));
  return { tickets, positions };
}
