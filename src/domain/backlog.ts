/**
 * The backlog of one run: tickets with their dependencies and components resolved, in a fixed order.
 *
 * Positions in `tickets` are how the rest of the domain speaks of tickets: dependencies and dependents are positions,
 * and the supervisor keeps one state per position. The backlog itself never changes during a run.
 */
import type { Blocker } from './blockers.ts';
import { componentsOf, type ComponentRules } from './component.ts';
import type { TicketId } from './ids.ts';
import type { PlannedTicket } from './run-fact.ts';
import type { TicketCatalogue } from './ticket.ts';

/** One ticket of a run, resolved. */
export interface BacklogTicket {
  readonly id: TicketId;
  readonly title: string;
  readonly body: string;
  readonly priority: number;
  readonly createdMs: number | null;
  /** Positions of the tickets it waits for. Unknown ids are not here: they are blockers. */
  readonly deps: readonly number[];
  /** Positions of the tickets that wait for it. */
  readonly dependents: readonly number[];
  /** What it must hold while it runs; never empty. */
  readonly components: readonly string[];
  readonly standing: PlannedTicket['standing'];
  /** Why it can never start in this run; empty unless `standing` is `blocked`. */
  readonly blockers: readonly Blocker[];
}

/** All tickets of a run, in a stable order. */
export interface Backlog {
  readonly tickets: readonly BacklogTicket[];
  readonly positions: ReadonlyMap<TicketId, number>;
}

/** What decides a ticket's standing beside the ticket itself. */
export interface BacklogOptions {
  readonly components: ComponentRules;
  /** When given, only these tickets may be dispatched. */
  readonly selected: readonly TicketId[] | null;
}

export function compileBacklog(catalogue: TicketCatalogue, options: BacklogOptions): Backlog {
  throw new Error(
    `to be written ${catalogue.tickets.length} ${options.selected?.length} ${componentsOf.name}`,
  );
}
