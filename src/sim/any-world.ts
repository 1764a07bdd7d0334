/**
 * Any world that the simulator can live in, for fast-check: it makes worlds and, above all, knows what a simpler one is.
 * Everything shrinks towards one ticket, good agents and no fault, also in a world that fast-check did not make itself.
 */
import {
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  nat,
  noShrink,
  oneof,
  record,
  uniqueArray,
} from 'fast-check';
import type { Arbitrary } from 'fast-check';

import type { Fault, PlannedFault } from './faults.ts';
import { GOOD_AGENT, SHARED_FILE, type AgentPlan, type TicketPlan, type WorldPlan } from './world-plan.ts';

/** As many as the worlds of seeds have. */
const TICKETS_MAX = 6;

const ticket: Arbitrary<TicketPlan> = record({
  // Mostly none: where too many wait for each other, nothing happens.
  deps: oneof(
    { weight: 3, arbitrary: constant([]) },
    { weight: 1, arbitrary: uniqueArray(nat({ max: TICKETS_MAX }), { maxLength: 2 }) },
  ),
  components: uniqueArray(constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 2 }),
  priority: nat({ max: 4 }),
});

/** The first word of each list is what a good agent does: that is where shrinking goes. */
const agent: Arbitrary<AgentPlan> = record({
  workMs: around(GOOD_AGENT.workMs, { min: 0, max: 3000 }),
  commits: around(GOOD_AGENT.commits, { min: 0, max: 2 }),
  hasLeftovers: boolean(),
  isOnSharedFile: boolean(),
  end: constantFrom('succeeds', 'fails', 'diesSilently', 'hangs'),
  whenAsked: constantFrom('ends', 'endsSlowly', 'ignores'),
  hasSurvivor: boolean(),
});

const kinds = <const Kind extends Fault['kind']>(...of: Kind[]): Arbitrary<Kind> => constantFrom(...of);

/** Any fault, those from which most is to be learned more often. */
const fault: Arbitrary<Fault> = oneof(
  { weight: 4, arbitrary: record({ kind: kinds('orchestratorDies'), isJournalTorn: boolean() }) },
  { weight: 2, arbitrary: record({ kind: kinds('gitLocked'), commands: integer({ min: 1, max: 12 }) }) },
  { weight: 2, arbitrary: record({ kind: kinds('strayDispatch'), ticket: nat({ max: TICKETS_MAX }) }) },
  record({ kind: kinds('userCommits'), file: constantFrom(SHARED_FILE, 'person.txt', 't0.txt') }),
  record({ kind: kinds('userEdits'), file: constantFrom(SHARED_FILE, 'person.txt', 't0.txt') }),
  record({ kind: kinds('clockJumps'), byMs: integer({ min: -1e7, max: 1e7 }) }),
  record({ kind: kinds('repositoryFull'), commands: integer({ min: 1, max: 4 }) }),
  record({ kind: kinds('worktreeDeleted'), skip: nat({ max: 2 }) }),
  record({ kind: kinds('userCloses'), ticket: nat({ max: TICKETS_MAX }) }),
  record({ kind: kinds('pause'), forMs: nat({ max: 5000 }) }),
  record({ kind: kinds('diskFull', 'spawnFails', 'userSwitches', 'stop', 'kill', 'drain') }),
);

const faults: Arbitrary<readonly PlannedFault[]> = array(record({ atStep: nat({ max: 200 }), fault }), {
  maxLength: 40,
});

/** Any world; its seed is no size, and stays as it is. */
export const anyWorld: Arbitrary<WorldPlan> = record({
  seed: noShrink(nat({ max: 2 ** 31 - 1 })),
  tickets: array(ticket, { minLength: 1, maxLength: TICKETS_MAX, size: 'max' }),
  agents: array(agent, { minLength: 1, maxLength: TICKETS_MAX + 2, size: 'max' }),
  faults,
  workers: integer({ min: 1, max: 3 }),
  attemptsMax: integer({ min: 1, max: 2 }),
  dispatchesMax: nat({ max: TICKETS_MAX }),
  allowUntagged: boolean(),
  areTicketsTracked: boolean(),
  agentCanBeAsked: boolean(),
  stallTimeoutMs: constantFrom(0, 1500),
});

/** A number that shrinks towards the middle of a range and not to one end. */
function around(
  middle: number,
  { min, max }: { readonly min: number; readonly max: number },
): Arbitrary<number> {
  return integer({ min: min - middle, max: max - middle }).map(
    (offset) => middle + offset,
    (value) => (value as number) - middle,
  );
}
