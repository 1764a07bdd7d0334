/**
 * In which scopes is the composition explored, how, and what does it come to?
 *
 * The counts are exact, as those of the scopes are. States of the supervisor alone are not among them: they are those that
 * the lives of sessions lead to, in every scope (`KNOWN_COUNTS`), and that is what the composition is explored for. Scopes of
 * short lives are not among them either, because a real session tells everything.
 */
import type { KnownCounts } from './scopes.ts';

/** How the composition of a scope is explored, and what that comes to. */
export interface Composition extends Omit<KnownCounts, 'nodes'> {
  readonly scope: string;
  /** `prompt` where every crossing of messages would be too many: see `RealParts`. */
  readonly mail: 'slow' | 'prompt';
}

/** Every scope in which the composition is explored, smallest first. */
export const COMPOSITIONS: readonly Composition[] = [
  { scope: 'heldMerges', mail: 'slow', states: 3032, transitions: 14905 },
  { scope: 'single', mail: 'slow', states: 3228, transitions: 15157 },
  { scope: 'deadlock', mail: 'slow', states: 3228, transitions: 16567 },
  { scope: 'endings', mail: 'slow', states: 9692, transitions: 45466 },
  { scope: 'sharedComponent', mail: 'slow', states: 19300, transitions: 93634 },
  { scope: 'untaggedAlone', mail: 'slow', states: 19300, transitions: 93634 },
  { scope: 'breakingSingle', mail: 'slow', states: 27146, transitions: 152514 },
  { scope: 'recovered', mail: 'slow', states: 41644, transitions: 251647 },
  { scope: 'breakingForGood', mail: 'slow', states: 60401, transitions: 399334 },
  { scope: 'noChanges', mail: 'slow', states: 74427, transitions: 461851 },
  { scope: 'pair', mail: 'prompt', states: 378300, transitions: 1914779 },
  { scope: 'chain', mail: 'slow', states: 425342, transitions: 3303683 },
  { scope: 'breaking', mail: 'slow', states: 462066, transitions: 2516186 },
  { scope: 'stubborn', mail: 'slow', states: 526531, transitions: 3471736 },
  { scope: 'retry', mail: 'prompt', states: 1506347, transitions: 7634794 },
];

/** What exploring the machines alone comes to; `nodes` are the states of their charts. */
export const KNOWN_ALONE: Readonly<Record<'session' | 'mergeQueue', KnownCounts>> = {
  session: { states: 2549, transitions: 12836, nodes: 18 },
  mergeQueue: { states: 17, transitions: 91, nodes: 2 },
};
