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
  { scope: 'heldMerges', mail: 'slow', states: 2850, transitions: 13932 },
  { scope: 'single', mail: 'slow', states: 3046, transitions: 14219 },
  { scope: 'deadlock', mail: 'slow', states: 3046, transitions: 15524 },
  { scope: 'endings', mail: 'slow', states: 9146, transitions: 42652 },
  { scope: 'sharedComponent', mail: 'slow', states: 18208, transitions: 87796 },
  { scope: 'untaggedAlone', mail: 'slow', states: 18208, transitions: 87796 },
  { scope: 'breakingSingle', mail: 'slow', states: 25878, transitions: 144794 },
  { scope: 'recovered', mail: 'slow', states: 39390, transitions: 237082 },
  { scope: 'breakingForGood', mail: 'slow', states: 57309, transitions: 377765 },
  { scope: 'noChanges', mail: 'slow', states: 70647, transitions: 436613 },
  { scope: 'pair', mail: 'prompt', states: 344100, transitions: 1739420 },
  { scope: 'chain', mail: 'slow', states: 403362, transitions: 3124708 },
  { scope: 'breaking', mail: 'slow', states: 440202, transitions: 2384514 },
  { scope: 'stubborn', mail: 'slow', states: 526531, transitions: 3471736 },
  { scope: 'retry', mail: 'prompt', states: 1369871, transitions: 6934554 },
];

/** What exploring the machines alone comes to; `nodes` are the states of their charts. */
export const KNOWN_ALONE: Readonly<Record<'session' | 'mergeQueue', KnownCounts>> = {
  session: { states: 2509, transitions: 12692, nodes: 18 },
  mergeQueue: { states: 17, transitions: 91, nodes: 2 },
};
