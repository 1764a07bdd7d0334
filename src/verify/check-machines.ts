/**
 * Checks the two machines that run under the supervisor, each alone: everything that can happen to a session and to the
 * merge queue, in every setting.
 */
import type { MergeReport, SessionReport } from '../../machines/index.ts';
import { ENDINGS } from '../domain/ending.ts';
import type { CheckOptions, ScopeReport } from './check-scope.ts';
import { checkAlone, type Hearing, type Variant } from './machine-alone.ts';
import { EVERY_REQUEST_ANSWERED } from './merge-queue-properties.ts';
import { enqueueOf, type MergeQueueWorld } from './merge-queue-world.ts';
import { mergeQueueTable, type MergeQueue, type MergeQueueNode } from './real-merge-queue.ts';
import { sessionTable, type Session, type SessionNode } from './real-session.ts';
import { OUTCOMES, type OutcomeKind } from './session-life.ts';
import { SESSION_ENDS } from './session-properties.ts';
import { branchOf, type SessionWorld } from './session-world.ts';

/** Checks the shipped session machine alone, or a mutant of it. */
export function checkSession(options: CheckOptions & { readonly machine?: Session } = {}): ScopeReport {
  const { machine, only = null } = options;
  const variants = SETTINGS.map((settings): Variant<Session, SessionReport, SessionWorld> => {
    const { agents, describe, ...given } = settings;
    const table = sessionTable(
      { ...SESSION, ...given },
      { agents, sweeps: 'any' },
      { only, ...(machine === undefined ? {} : { machine }) },
    );
    // An agent that goes on for ever owes nobody an end before it is asked for.
    const isOn = ({ world }: SessionNode): boolean => world.agent === 'alive' && world.cause === null;
    return { describe, table, isMet: (node) => node.isOver || (agents === 'endWhenAsked' && isOn(node)) };
  });
  const sightings = ENDINGS.filter((ending) => ending !== 'lost').map(
    (ending) => [`ends ${ending}`, ({ state }: SessionNode) => state.snapshot.value === ending] as const,
  );
  const goal = { name: SESSION_ENDS, describe: 'the session is over' };
  return checkAlone(
    { name: 'session', variants, hearingsOf: () => FROM_SUPERVISOR, goal, sightings: new Map(sightings) },
    options,
  );
}

/** Checks the shipped merge queue alone, or a mutant of it. */
export function checkMergeQueue(options: CheckOptions & { readonly machine?: MergeQueue } = {}): ScopeReport {
  const { machine, only = null } = options;
  const table = mergeQueueTable({ only, ...(machine === undefined ? {} : { machine }) });
  const variant: Variant<MergeQueue, MergeReport, MergeQueueWorld> = {
    describe: 'the merge queue is started',
    table,
    isMet: ({ world }) => world.waiting.length === 0,
  };
  return checkAlone(
    {
      name: 'mergeQueue',
      variants: [variant],
      hearingsOf: ({ world }) => REQUESTS.filter(({ text }) => !world.waiting.includes(text)),
      goal: { name: EVERY_REQUEST_ANSWERED, describe: 'nobody waits for an answer' },
      sightings: new Map([['everybody waits', isEverybodyWaiting]]),
    },
    options,
  );
}

function isEverybodyWaiting({ world }: MergeQueueNode): boolean {
  return world.waiting.length === REQUESTS.length;
}

const SESSION = {
  session: 'A.1',
  ticket: 'A',
  title: 'Ticket A',
  attempt: 1,
  attemptTimeoutMs: 1000,
  gracePeriodMs: 100,
};

/** Every setting of a session that can change what it does, and both kinds of agents. */
const SETTINGS = [true, false].flatMap((agentCanBeAsked) =>
  [true, false].flatMap((allowNoChanges) =>
    [true, false].flatMap((autoMerge) =>
      (['endByThemselves', 'endWhenAsked'] as const).map((agents) => ({
        agentCanBeAsked,
        allowNoChanges,
        autoMerge,
        agents,
        describe: [
          `a session begins; its agent ${agents === 'endByThemselves' ? 'ends by itself' : 'goes on until it is told to end'}`,
          `and can ${agentCanBeAsked ? '' : 'not '}be asked`,
          `${allowNoChanges ? 'no changes are' : 'work is'} enough`,
          `merges are ${autoMerge ? 'automatic' : 'held'}`,
        ].join(', '),
      })),
    ),
  ),
);

/** All that a supervisor can say, whenever. Only the answer to a request to merge is owed. */
const FROM_SUPERVISOR: readonly Hearing[] = [
  { text: 'it is told to end', event: { type: 'session.terminate' }, isOwed: false },
  { text: 'it is told to kill its agent', event: { type: 'session.kill' }, isOwed: false },
  ...(Object.keys(OUTCOMES) as OutcomeKind[]).map((kind): Hearing => ({
    text: `it is told that its merge ${kind}`,
    event: { type: 'merge.finished', session: SESSION.session, outcome: OUTCOMES[kind] },
    isOwed: true,
  })),
];

/** Requests of three sessions: enough for one to be merged, one to be next and one to wait behind it. */
const REQUESTS: readonly Hearing[] = ['A.1', 'B.1', 'C.1'].map((session) => {
  const ticket = session.slice(0, 1);
  const branch = branchOf(session, ticket);
  const request = { session, ticket, title: `Ticket ${ticket}`, branch, head: `head-of-${session}` };
  return { text: session, event: enqueueOf(request), isOwed: false };
});
