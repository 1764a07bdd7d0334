/**
 * The other half of the invariants: what must have been seen, because a run in which nothing happened violates nothing.
 */
import type { RunFact } from './run-fact.ts';
import type { SystemView } from './system-view.ts';

/** Something that must be seen at least once before a green check means anything. */
export interface Sighting {
  readonly name: string;
  readonly describe: string;
  isSeen(after: SystemView, fact: RunFact): boolean;
}

/** What a run worth checking shows at least once. */
export const SIGHTINGS: readonly Sighting[] = [
  {
    name: 'two sessions at once',
    describe: 'two agents run side by side',
    isSeen: (after) => after.sessions.filter(({ phase }) => phase === 'running').length >= 2,
  },
  {
    name: 'a timeout fires',
    describe: 'an agent is ended at its deadline',
    isSeen: (_after, fact) => fact.type === 'session.timingOut' && fact.cause === 'timedOut',
  },
  {
    name: 'a conflict happens',
    describe: 'work does not merge with what landed before it',
    isSeen: (_after, fact) => fact.type === 'merge.finished' && fact.outcome.kind === 'conflicted',
  },
  {
    name: 'work lands',
    describe: 'a session’s work reaches the integration ref',
    isSeen: (_after, fact) => fact.type === 'merge.finished' && fact.outcome.kind === 'landed',
  },
  {
    name: 'a ticket is retried',
    describe: 'a second attempt is dispatched',
    isSeen: (_after, fact) => fact.type === 'session.dispatched' && fact.attempt > 1,
  },
  {
    name: 'work is recovered',
    describe: 'what an earlier run had completed lands while this one recovers',
    isSeen: (_after, fact) => fact.type === 'ticket.recovered',
  },
  {
    name: 'a failure blocks a dependent',
    describe: 'a ticket is blocked by one that failed',
    isSeen: (_after, fact) => fact.type === 'ticket.blocked',
  },
  ...(['dependencyNotLanded', 'componentHeld', 'workersBusy', 'sessionsFull', 'claimed'] as const).map(
    (kind): Sighting => ({
      name: `refused: ${kind}`,
      describe: `a dispatch is refused because of ${kind}`,
      isSeen: (_after, fact) =>
        fact.type === 'dispatch.refused' && fact.blockers.some((blocker) => blocker.kind === kind),
    }),
  ),
];
