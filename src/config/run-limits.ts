import { retryLimits } from '../domain/retry-policy.ts';
import type { RunLimits } from '../domain/run-state.ts';
import type { Config } from './schema.ts';

/** Derives the bounds of a run from the settings. */
export function runLimits(
  config: Pick<Config, 'parallelWorkers' | 'maxIterations' | 'maxRestarts' | 'maxIterationsPerTicket'>,
): RunLimits {
  return { ...retryLimits(config), workers: config.parallelWorkers, dispatchesMax: config.maxIterations };
}
