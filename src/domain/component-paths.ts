/**
 * Which paths are whose, and which work goes beyond the components of its ticket.
 *
 * A component is a promise of its ticket: "this is what I work on". Where a project says which paths a component owns, the
 * promise can be held against what a session has changed.
 *
 * P1  A path that nobody owns is free.
 * P2  A path with several owners needs all of them. So two tickets that may run at once never both change an owned path.
 * P3  A ticket that runs alone may change anything: nobody is beside it.
 */
import { EVERYTHING } from './locks.ts';
import { listed } from './session-outcome.ts';

/** A component, and how to tell that a path of the repository is its own. */
export interface ComponentPaths {
  readonly component: string;
  owns(path: string): boolean;
}

/** Paths that were changed, of a component that was not claimed. */
export interface Spill {
  readonly component: string;
  readonly paths: readonly string[];
}

/** Lists what changed paths belong to beside the components that were claimed, in the order of the owners. */
export function spillsOf(
  changed: readonly string[],
  owners: readonly ComponentPaths[],
  claimed: readonly string[],
): readonly Spill[] {
  if (claimed.includes(EVERYTHING)) return [];
  return owners
    .filter(({ component }) => !claimed.includes(component))
    .map((owner) => ({ component: owner.component, paths: changed.filter((path) => owner.owns(path)) }))
    .filter(({ paths }) => paths.length > 0);
}

/** Says spills in one line; null when there are none. */
export function describeSpills(spills: readonly Spill[]): string | null {
  if (spills.length === 0) return null;
  const parts = spills.map(({ component, paths }) => `${listed(paths)} of ${component}`);
  return `touched ${parts.join('; ')}`;
}
