import type { MergeOutcome, Publication } from '../domain/run-fact.ts';
import type { MergeRequest } from '../domain/work.ts';

/**
 * Lands work on the integration ref, closes the ticket with it, and publishes to the target branch. A conflict or a red
 * gate touches nothing; nobody's HEAD, index or files are changed except by a fast-forward that collides with no edit.
 */
export interface Integration {
  /** Makes sure the integration ref exists and contains the target's tip. Called before every base and every merge. */
  sync(): Promise<string>;
  merge(request: MergeRequest): Promise<MergeOutcome>;
  /** Moves the target branch up to the integration ref where that is safe; null when there is nothing to publish. */
  publish(): Promise<Publication | null>;
}
