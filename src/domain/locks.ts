/**
 * Who holds which component: a table from component to the one session that holds it.
 *
 * L1  A claim is acquired whole or not at all.
 * L2  `EVERYTHING` conflicts with every claim, also with itself.
 * L3  Acquiring what is held, or releasing what is not, is a bug and throws: a caller asks {@link holdersInTheWay} first.
 */
import type { SessionId } from './ids.ts';

/** The claim of a ticket that must run alone. */
export const EVERYTHING = '*';

/** The table of held components. */
export type Locks = Readonly<Record<string, SessionId>>;

/** A component that is not free, and its holder. */
export interface HeldComponent {
  readonly component: string;
  readonly holder: SessionId;
}

/** Lists what keeps a claim from being acquired; empty when it is free. */
export function holdersInTheWay(locks: Locks, components: readonly string[]): readonly HeldComponent[] {
  const alone = holderOf(locks, EVERYTHING);
  if (alone !== undefined) return [{ component: EVERYTHING, holder: alone }];
  if (components.includes(EVERYTHING)) {
    return [...new Set(Object.values(locks))].map((holder) => ({ component: EVERYTHING, holder }));
  }
  return components.flatMap((component) => {
    const holder = holderOf(locks, component);
    return holder === undefined ? [] : [{ component, holder }];
  });
}

/** True when a claim can be acquired now: the question of {@link holdersInTheWay}, without building its answer. */
export function isFree(locks: Locks, components: readonly string[]): boolean {
  if (holderOf(locks, EVERYTHING) !== undefined) return false;
  if (components.includes(EVERYTHING)) {
    for (const _component in locks) return false;
    return true;
  }
  return components.every((component) => holderOf(locks, component) === undefined);
}

/** Acquires every component of a claim for a session. */
export function acquire(locks: Locks, components: readonly string[], session: SessionId): Locks {
  if (!isFree(locks, components)) {
    throw new Error(
      `session ${session} acquires ${components.join(', ')}, held already: ${JSON.stringify(locks)}`,
    );
  }
  return { ...locks, ...Object.fromEntries(components.map((component) => [component, session])) };
}

/** Releases every component of a claim that a session holds. */
export function release(locks: Locks, components: readonly string[], session: SessionId): Locks {
  let next = locks;
  for (const component of components) {
    const holder = holderOf(next, component);
    if (holder !== session) {
      throw new Error(`session ${session} releases ${component}, which ${holder ?? 'nobody'} holds`);
    }
    // Not `delete`, which makes every table that is copied from this one slow.
    const { [component]: _released, ...others } = next;
    next = others;
  }
  return next;
}

/** Sees own keys only: a user may well name a component `constructor`, which every plain object inherits. */
function holderOf(locks: Locks, component: string): SessionId | undefined {
  return Object.hasOwn(locks, component) ? locks[component] : undefined;
}
