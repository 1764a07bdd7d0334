import type { RunFact } from './run-fact.ts';

/** Where a run stands: the supervisor's states, by name. */
export const RUN_PHASES = [
  'recovering',
  'dispatching',
  'paused',
  'draining',
  'stopping',
  'finished',
] as const;

/** One word of {@link RUN_PHASES}. */
export type RunPhase = (typeof RUN_PHASES)[number];

/** Tells which phase a run is in after a fact. Facts about tickets and sessions leave it as it is. */
export function runPhaseAfter(phase: RunPhase, fact: RunFact): RunPhase {
  switch (fact.type) {
    case 'run.started':
      return 'recovering';
    case 'run.recovered':
      // A stop request may arrive while recovery is under way; what recovery reports later does not undo it.
      return phase === 'recovering' ? 'dispatching' : phase;
    case 'run.paused':
      return 'paused';
    case 'run.resumed':
      return 'dispatching';
    case 'run.draining':
      // Both may be asked for while recovery is under way, in any order; the harder one stays.
      return phase === 'stopping' ? phase : 'draining';
    case 'run.stopping':
    case 'run.killing':
      return 'stopping';
    case 'run.finished':
      return 'finished';
    default:
      return phase;
  }
}

/** True once nothing more may be dispatched in this run (S10). */
export function isQuieting(phase: RunPhase): boolean {
  return phase === 'draining' || phase === 'stopping' || phase === 'finished';
}
