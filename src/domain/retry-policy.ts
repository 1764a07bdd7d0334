import type { Ending } from './ending.ts';

/** How often a ticket may be tried in one run. */
export interface RetryLimits {
  /** Attempts in all, the first included; at least 1. */
  readonly attemptsMax: number;
}

/** Derives the limit from the configuration: one attempt and `maxRestarts` more, within `maxIterationsPerTicket`. */
export function retryLimits(config: {
  readonly maxRestarts: number;
  readonly maxIterationsPerTicket: number;
}): RetryLimits {
  const perTicket = config.maxIterationsPerTicket === 0 ? Infinity : config.maxIterationsPerTicket;
  return { attemptsMax: Math.max(1, Math.min(1 + config.maxRestarts, perTicket)) };
}

/**
 * Decides whether another attempt may help. Not after a stop (`terminated`: the ticket stays open for the next run) and
 * not after `lost` (a bug would repeat). A conflict is worth retrying: the next attempt starts from the newer base.
 */
export function mayRetry(ending: Ending, attempts: number, limits: RetryLimits): boolean {
  switch (ending) {
    case 'merged':
    case 'terminated':
    case 'lost':
      return false;
    case 'noChanges':
    case 'failed':
    case 'timedOut':
    case 'stalled':
    case 'conflicted':
    case 'rejected':
      return attempts < limits.attemptsMax;
  }
}
