/** Holds what a session has changed against the components of its ticket. */
import { describeSpills, spillsOf, type ComponentPaths } from '../../domain/component-paths.ts';
import type { TicketId } from '../../domain/ids.ts';
import type { SessionPlace } from '../../domain/work.ts';
import { changedPaths } from './changed-paths.ts';
import type { Repository } from './repository.ts';

/** Which paths are whose, and what a ticket has claimed. */
export interface ComponentTruth {
  /** Empty when the project does not say. */
  readonly owners: readonly ComponentPaths[];
  /** The components of a ticket; none for a ticket that is gone, whose work a person then looks at. */
  readonly claimedBy: (ticket: TicketId) => readonly string[];
}

/** Says which paths of other components the work of a session touches; null when none. */
export async function spillOf(
  repository: Repository,
  { owners, claimedBy }: ComponentTruth,
  { ticket, base }: SessionPlace,
  head: string,
  tipNow: () => Promise<string>,
): Promise<string | null> {
  if (owners.length === 0 || head === base) return null;
  const changed = await changedPaths(repository, { base, tip: await tipNow(), head });
  return describeSpills(spillsOf(changed, owners, claimedBy(ticket)));
}
