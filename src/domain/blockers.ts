/**
 * Why a ticket is not being worked on, as data that a person can be told.
 *
 * A blocker is a *reason*, never a flag: whoever asks "why not this one?" gets the list, and an empty list means ready.
 */
import type { Ending } from './ending.ts';
import type { SessionId, TicketId } from './ids.ts';

/** One reason why a ticket is not ready. */
export type Blocker =
  | { readonly kind: 'dependencyNotLanded'; readonly dependency: TicketId }
  | { readonly kind: 'dependencyFailed'; readonly dependency: TicketId; readonly ending: Ending }
  | { readonly kind: 'dependencyBlocked'; readonly dependency: TicketId }
  | { readonly kind: 'dependencyUnknown'; readonly dependency: TicketId }
  | { readonly kind: 'dependencyExcluded'; readonly dependency: TicketId }
  | { readonly kind: 'dependencyCycle'; readonly cycle: readonly TicketId[] }
  | { readonly kind: 'invalidTicket'; readonly file: string; readonly reason: string }
  | { readonly kind: 'componentHeld'; readonly component: string; readonly holder: SessionId }
  | { readonly kind: 'workersBusy'; readonly workers: number }
  /** Agents are done and their work waits to be merged or given back: no more is begun until some of it is. */
  | { readonly kind: 'sessionsFull'; readonly limit: number }
  | { readonly kind: 'claimed'; readonly session: SessionId }
  | { readonly kind: 'settled'; readonly as: 'landed' | 'closed' | 'failed' | 'excluded' };

/** True for a reason that no event of this run can lift. */
export function isPermanent(blocker: Blocker): boolean {
  switch (blocker.kind) {
    case 'dependencyNotLanded':
    case 'componentHeld':
    case 'workersBusy':
    case 'sessionsFull':
    case 'claimed':
      return false;
    case 'dependencyFailed':
    case 'dependencyBlocked':
    case 'dependencyUnknown':
    case 'dependencyExcluded':
    case 'dependencyCycle':
    case 'invalidTicket':
    case 'settled':
      return true;
  }
}

/** Says a blocker in words. */
export function describeBlocker(blocker: Blocker): string {
  switch (blocker.kind) {
    case 'dependencyNotLanded':
      return `waits for ${blocker.dependency} to land`;
    case 'dependencyFailed':
      return `its dependency ${blocker.dependency} ended ${blocker.ending}`;
    case 'dependencyBlocked':
      return `its dependency ${blocker.dependency} is blocked`;
    case 'dependencyUnknown':
      return `its dependency ${blocker.dependency} does not exist`;
    case 'dependencyExcluded':
      return `its dependency ${blocker.dependency} is open and not part of this run`;
    case 'dependencyCycle':
      return `dependency cycle ${[...blocker.cycle, blocker.cycle[0] ?? ''].join(' -> ')}`;
    case 'invalidTicket':
      return `${blocker.file}: ${blocker.reason}`;
    case 'componentHeld':
      return blocker.component === '*'
        ? `needs the repository to itself; session ${blocker.holder} is live`
        : `component ${blocker.component} is held by session ${blocker.holder}`;
    case 'workersBusy':
      return `all ${blocker.workers} workers are busy`;
    case 'sessionsFull':
      return `${blocker.limit} sessions are live already, as many as may wait for their merge`;
    case 'claimed':
      return `session ${blocker.session} is working on it`;
    case 'settled':
      return `it is already ${blocker.as}`;
  }
}
