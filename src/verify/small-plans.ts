/**
 * Every plan of four tickets: what each waits for, and which component each needs, of three at most.
 *
 * There are 543 ways in which four tickets can wait for each other without a cycle, and 14 ways to part them by component:
 * 7602 plans. Those that only rename tickets or components are one plan, and 362 remain. A component is not a name here but
 * those who need it, so renaming components changes nothing to begin with; renaming tickets is undone by keeping, of the 24
 * plans that come of it, the one that is written with the smallest number.
 *
 * Untagged tickets that may run side by side share one component, so they are among these plans. What is not: tickets that run
 * alone and tickets that need two components, which have scopes of their own (`untaggedAlone`, `twoComponents`).
 */
import type { ScopeTicket } from './scope.ts';

/** One way in which four tickets hang together. */
export interface SmallPlan {
  /** For each ticket, the tickets that it waits for, as bits. */
  readonly deps: readonly number[];
  /** For each ticket, its component, numbered in the order in which they first appear. */
  readonly components: readonly number[];
}

/** Tickets of every small plan. */
const TICKETS = [0, 1, 2, 3] as const;

/** Components of a small plan at most. */
const COMPONENTS_MAX = 3;

/** Lists every plan once, always in the same order. */
export function smallPlans(): readonly SmallPlan[] {
  return acyclicDeps().flatMap((deps) =>
    partitions()
      .map((components) => ({ deps, components }))
      .filter((plan) => renamed(plan).every((other) => numberOf(plan) <= numberOf(other))),
  );
}

/** Lists a plan under all 24 orders of its tickets; some may be the same. */
export function renamed({ deps, components }: SmallPlan): readonly SmallPlan[] {
  return ORDERS.map((order) => {
    const newDeps = TICKETS.map(() => 0);
    const newComponents = TICKETS.map(() => 0);
    for (const ticket of TICKETS) {
      const name = order[ticket]!;
      newComponents[name] = components[ticket]!;
      for (const dep of TICKETS) {
        if (isAmong(deps[ticket]!, dep)) newDeps[name]! |= 1 << order[dep]!;
      }
    }
    return { deps: newDeps, components: inOrderOfAppearance(newComponents) };
  });
}

/** A number that no other plan has. */
export function numberOf({ deps, components }: SmallPlan): number {
  let number = 0;
  for (const ticket of TICKETS) number = (number << 6) | (deps[ticket]! << 2) | components[ticket]!;
  return number;
}

/** The tickets of a plan, as a scope has them. */
export function ticketsOf({ deps, components }: SmallPlan): readonly ScopeTicket[] {
  return TICKETS.map((ticket) => ({
    id: NAMES[ticket],
    deps: TICKETS.filter((dep) => isAmong(deps[ticket]!, dep)).map((dep) => NAMES[dep]),
    components: ['xyz'.charAt(components[ticket]!)],
  }));
}

/** Lists what four tickets may wait for, as long as none waits for itself in the end. */
export function acyclicDeps(): readonly (readonly number[])[] {
  return TICKETS.reduce<readonly (readonly number[])[]>(
    (lists, ticket) =>
      lists.flatMap((list) =>
        Array.from({ length: 16 }, (_, deps) => deps)
          .filter((deps) => !isAmong(deps, ticket))
          .map((deps) => [...list, deps]),
      ),
    [[]],
  ).filter(isAcyclic);
}

/** Lists the ways to part four tickets by component. */
export function partitions(): readonly (readonly number[])[] {
  return TICKETS.reduce<readonly (readonly number[])[]>(
    (lists) =>
      lists.flatMap((list) => {
        const known = new Set(list).size;
        const choices = Math.min(known + 1, COMPONENTS_MAX);
        return Array.from({ length: choices }, (_, component) => [...list, component]);
      }),
    [[]],
  );
}

const NAMES = ['A', 'B', 'C', 'D'] as const;

const ORDERS: readonly (readonly number[])[] = ordersOf(TICKETS);

function ordersOf(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    ordersOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

function isAmong(tickets: number, ticket: number): boolean {
  return ((tickets >> ticket) & 1) === 1;
}

/** Takes away who waits for nobody, again and again, until nothing is left or a cycle is. */
function isAcyclic(deps: readonly number[]): boolean {
  let left = 0b1111;
  for (;;) {
    const free = TICKETS.filter((ticket) => isAmong(left, ticket) && (deps[ticket]! & left) === 0);
    if (free.length === 0) return left === 0;
    for (const ticket of free) left &= ~(1 << ticket);
  }
}

function inOrderOfAppearance(components: readonly number[]): readonly number[] {
  const seen = [...new Set(components)];
  return components.map((component) => seen.indexOf(component));
}
