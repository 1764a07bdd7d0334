import type { TimeoutPolicy } from '../domain/attempt-timeout.ts';
import type { Config } from './schema.ts';

/** Chooses the deadline settings that apply: pi-ticketflow has one for a single worker and one for several. */
export function timeoutPolicy(
  config: Pick<
    Config,
    | 'parallelWorkers'
    | 'attemptTimeoutMs'
    | 'parallelDispatchTimeoutMs'
    | 'timeoutBackoffEnabled'
    | 'timeoutBackoffIncrementMs'
    | 'timeoutBackoffMaxMs'
  >,
): TimeoutPolicy {
  return {
    firstMs: config.parallelWorkers === 1 ? config.attemptTimeoutMs : config.parallelDispatchTimeoutMs,
    incrementMs: config.timeoutBackoffEnabled ? config.timeoutBackoffIncrementMs : 0,
    maxMs: config.timeoutBackoffMaxMs,
  };
}
