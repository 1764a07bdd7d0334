import { EVERYTHING } from './locks.ts';

/** The pseudo-component that untagged tickets share when they may run beside tagged ones. A tag that spells it joins them. */
export const UNTAGGED = '(untagged)';

/** How tags become components. */
export interface ComponentRules {
  /** Tags that begin with this name a component, e.g. `component:`. */
  readonly tagPrefix: string;
  /** False: an untagged ticket runs alone. True: untagged tickets share {@link UNTAGGED}. */
  readonly allowUntagged: boolean;
}

/**
 * Reads a ticket's components from its tags, sorted and without repeats. Never empty: a ticket that names none gets the
 * claim its rules give it, so every live session holds at least one lock. `component:*` asks to run alone.
 */
export function componentsOf(tags: readonly string[], rules: ComponentRules): readonly string[] {
  const names = new Set<string>();
  for (const tag of tags) {
    const name = tag.startsWith(rules.tagPrefix) ? tag.slice(rules.tagPrefix.length).trim() : '';
    if (name.length > 0) names.add(name);
  }
  if (names.has(EVERYTHING)) return [EVERYTHING];
  if (names.size === 0) return [rules.allowUntagged ? UNTAGGED : EVERYTHING];
  return [...names].sort();
}
