/**
 * The backlog of one run: tickets with their dependencies and components resolved, in a fixed order.
 *
 * Positions in `tickets` are how the rest of the domain speaks of tickets: dependencies and dependents are positions,
 * and the supervisor keeps one state per position. The backlog itself never changes during a run.
 *
 * B1  One entry per id, ascending by id, whatever order the store read its files in.
 * B2  Everything an eligible ticket waits for is eligible or closed, and eligible tickets form no cycle: a run that
 *     works off its eligible tickets cannot get stuck.
 */
import type { Blocker } from './blockers.ts';
import { componentsOf, type ComponentRules } from './component.ts';
import type { TicketId } from './ids.ts';
import type { PlannedTicket } from './run-fact.ts';
import type { InvalidTicket, Ticket, TicketCatalogue } from './ticket.ts';
import { cyclesByMember, dependentsOf, stronglyConnected, type DependencyGraph } from './ticket-graph.ts';

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

/**
 * Resolves what a store holds into the backlog of a run. Nothing wrong with a ticket is an error here: it becomes a
 * blocker of that ticket, its dependents are blocked by it, and the rest goes on.
 */
export function compileBacklog(catalogue: TicketCatalogue, options: BacklogOptions): Backlog {
  const entries = entriesById(catalogue);
  const positions = new Map(entries.map((entry, position) => [entry.ticket.id, position]));
  const deps = entries.map(({ ticket }) =>
    ticket.deps.flatMap((id) => {
      const dep = positions.get(id);
      return dep === undefined ? [] : [dep];
    }),
  );
  const dependents = dependentsOf(deps);
  const verdicts = judge(entries, deps, positions, options.selected);
  const tickets = entries.map(({ ticket }, position) => ({
    id: ticket.id,
    title: ticket.title,
    body: ticket.body,
    priority: ticket.priority,
    createdMs: ticket.createdMs,
    deps: deps[position]!,
    dependents: dependents[position]!,
    components: componentsOf(ticket.tags, options.components),
    ...verdicts[position]!,
  }));
  return { tickets, positions };
}

/** Lists the selected ids that the store does not hold, so that a mistyped one is refused before anything starts. */
export function unknownSelected(
  catalogue: TicketCatalogue,
  selected: readonly TicketId[],
): readonly TicketId[] {
  const known = new Set([...catalogue.tickets, ...catalogue.invalid].map(({ id }) => id));
  return [...new Set(selected)].filter((id) => !known.has(id));
}

/** The graph of what is still to be done: who waits for whom among eligible tickets. Acyclic, by B2. */
export function openDependencies(backlog: Backlog): DependencyGraph {
  const isEligible = (position: number): boolean => backlog.tickets[position]?.standing === 'eligible';
  return backlog.tickets.map(({ deps, standing }) =>
    standing === 'eligible' ? deps.filter(isEligible) : [],
  );
}

interface Entry {
  readonly ticket: Ticket;
  readonly problems: readonly Blocker[];
}

function entriesById(catalogue: TicketCatalogue): readonly Entry[] {
  const entries = new Map<TicketId, Entry>();
  for (const ticket of catalogue.tickets) {
    if (entries.has(ticket.id)) throw new Error(`the ticket store lists ${ticket.id} twice as usable`);
    entries.set(ticket.id, { ticket, problems: [] });
  }
  for (const invalid of catalogue.invalid) {
    const { ticket, problems } = entries.get(invalid.id) ?? { ticket: unreadable(invalid), problems: [] };
    const problem: Blocker = { kind: 'invalidTicket', file: invalid.file, reason: invalid.reason };
    entries.set(invalid.id, { ticket, problems: [...problems, problem] });
  }
  // Code units, not a locale: the order, and with it a run, must not depend on the machine.
  return [...entries.values()].sort((a, b) => (a.ticket.id < b.ticket.id ? -1 : 1));
}

function unreadable({ id }: InvalidTicket): Ticket {
  return { id, title: id, body: '', status: 'open', deps: [], priority: 4, tags: [], createdMs: null };
}

type Verdict = Pick<BacklogTicket, 'standing' | 'blockers'>;

/** Settles dependencies before dependents, so that each ticket is judged by the verdicts on what it waits for. */
function judge(
  entries: readonly Entry[],
  deps: DependencyGraph,
  positions: ReadonlyMap<TicketId, number>,
  selected: readonly TicketId[] | null,
): readonly Verdict[] {
  const wanted = selected === null ? null : new Set(selected);
  // Closed work waits for nothing any more: a ring through a closed ticket holds nobody up.
  const waits = deps.map((row, position) => (isClosed(entries[position]!) ? [] : row));
  const groups = stronglyConnected(waits);
  const groupOf = new Int32Array(entries.length);
  groups.forEach((group, index) => group.forEach((position) => (groupOf[position] = index)));
  const cycleBlockers = cycleBlockersByMember(entries, waits, groups);
  const verdicts: Verdict[] = [];

  const blockersAt = (position: number): readonly Blocker[] => {
    const { ticket, problems } = entries[position]!;
    const blockers: Blocker[] = [...problems];
    const inCycle = cycleBlockers.get(position);
    if (inCycle !== undefined) blockers.push(inCycle);
    for (const dependency of ticket.deps) {
      const dep = positions.get(dependency);
      if (dep === undefined) blockers.push({ kind: 'dependencyUnknown', dependency });
      else if (groupOf[dep] === groupOf[position])
        continue; // the cycle says it already
      else if (verdicts[dep]!.standing === 'excluded')
        blockers.push({ kind: 'dependencyExcluded', dependency });
      else if (verdicts[dep]!.standing === 'blocked')
        blockers.push({ kind: 'dependencyBlocked', dependency });
    }
    return blockers;
  };

  for (const group of groups) {
    for (const position of group) {
      const entry = entries[position]!;
      if (isClosed(entry)) verdicts[position] = { standing: 'closed', blockers: [] };
      else if (wanted !== null && !wanted.has(entry.ticket.id)) {
        verdicts[position] = { standing: 'excluded', blockers: [] };
      } else {
        const blockers = blockersAt(position);
        verdicts[position] = { standing: blockers.length === 0 ? 'eligible' : 'blocked', blockers };
      }
    }
  }
  return verdicts;
}

/** One blocker a cycle, shared by the members: a ring of thousands would otherwise be listed thousands of times. */
function cycleBlockersByMember(
  entries: readonly Entry[],
  waits: DependencyGraph,
  groups: readonly (readonly number[])[],
): ReadonlyMap<number, Blocker> {
  const told = new Map<readonly number[], Blocker>();
  const byMember = new Map<number, Blocker>();
  for (const [member, cycle] of cyclesByMember(waits, groups)) {
    const blocker = told.get(cycle) ?? {
      kind: 'dependencyCycle',
      cycle: cycle.map((position) => entries[position]!.ticket.id),
    };
    told.set(cycle, blocker);
    byMember.set(member, blocker);
  }
  return byMember;
}

/** A closed ticket whose id a broken file claims as well is not trusted to be closed. */
function isClosed({ ticket, problems }: Entry): boolean {
  return ticket.status === 'closed' && problems.length === 0;
}
