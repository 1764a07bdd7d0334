import type { RunFact } from './run-fact.ts';

/** Where a live session stands, as the supervisor has been told. */
export const SESSION_PHASES = [
  'preparing',
  'launching',
  'running',
  'timingOut',
  'exited',
  'verifyingWork',
  'awaitingMerge',
  'merging',
  'releasing',
] as const;

/** One word of {@link SESSION_PHASES}. */
export type SessionPhase = (typeof SESSION_PHASES)[number];

/** Facts that move a session from one phase to the next. */
export type PhaseFact = Extract<
  RunFact,
  { readonly type: `session.${string}` | 'merge.requested' | 'merge.started' | 'merge.finished' }
>['type'];

/** The phase that each fact begins; null for the fact that ends the session. */
export const PHASE_AFTER: Readonly<Record<PhaseFact, SessionPhase | null>> = {
  'session.dispatched': 'preparing',
  'session.prepared': 'launching',
  'session.launched': 'running',
  'session.timingOut': 'timingOut',
  'session.exited': 'exited',
  'session.completed': 'verifyingWork',
  'session.verified': 'verifyingWork',
  'merge.requested': 'awaitingMerge',
  'merge.started': 'merging',
  'merge.finished': 'releasing',
  'session.releasing': 'releasing',
  'session.ended': null,
};

/**
 * Tells which phase a session is in after a fact. A process that was given up before it had said that it is there may still
 * say so, and does not begin to run by that.
 */
export function phaseAfter(phase: SessionPhase, type: PhaseFact): SessionPhase {
  if (type === 'session.launched' && phase === 'timingOut') return phase;
  return PHASE_AFTER[type] ?? phase;
}

/** True while a session's work is with the merge queue, and may land. */
export function isInMergeQueue(phase: SessionPhase): boolean {
  return phase === 'awaitingMerge' || phase === 'merging';
}

/**
 * True while a session occupies a worker: an agent process lives, or is about to. From `exited` on, the agent and all it
 * started are known to be gone, so the next agent may start while this one's work is verified and merged.
 */
export function occupiesWorker(phase: SessionPhase): boolean {
  return phase === 'preparing' || phase === 'launching' || phase === 'running' || phase === 'timingOut';
}
