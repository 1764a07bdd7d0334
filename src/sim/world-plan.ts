/**
 * A world before it begins, as plain data: what is to be done, by what kind of agents, and what will go wrong. A plan and
 * its seed decide everything that happens.
 */
import { dice, type Dice } from '../domain/dice.ts';
import type { Fault, PlannedFault } from './faults.ts';

/** One ticket of a world. */
export interface TicketPlan {
  /** Numbers of the tickets it waits for; a number that is no ticket is a dependency that does not exist. */
  readonly deps: readonly number[];
  /** Empty: the ticket is untagged. */
  readonly components: readonly string[];
  readonly priority: number;
}

/** What an agent process does, whatever its ticket. */
export interface AgentPlan {
  readonly workMs: number;
  readonly commits: number;
  /** Leaves a change that it did not commit. */
  readonly hasLeftovers: boolean;
  /** Works on a file that others work on too. */
  readonly isOnSharedFile: boolean;
  readonly end: 'succeeds' | 'fails' | 'diesSilently' | 'hangs';
  /** What it does when it is asked to end. */
  readonly whenAsked: 'ends' | 'endsSlowly' | 'ignores';
  /** Leaves a process behind, which goes on writing. */
  readonly hasSurvivor: boolean;
}

/** Everything that decides a world. */
export interface WorldPlan {
  readonly seed: number;
  readonly tickets: readonly TicketPlan[];
  /** In the order of their launches; after the last, the first comes again. */
  readonly agents: readonly AgentPlan[];
  readonly workers: number;
  readonly attemptsMax: number;
  /** 0 means no limit. */
  readonly dispatchesMax: number;
  readonly allowUntagged: boolean;
  /** Ticket files are in the repository, and closed with the merge. */
  readonly areTicketsTracked: boolean;
  readonly agentCanBeAsked: boolean;
  /** 0 means that silence is no reason to end an agent. */
  readonly stallTimeoutMs: number;
  readonly faults: readonly PlannedFault[];
}

/** How every agent behaves once a world has healed. */
export const GOOD_AGENT: AgentPlan = {
  workMs: 1000,
  commits: 1,
  hasLeftovers: false,
  isOnSharedFile: false,
  end: 'succeeds',
  whenAsked: 'ends',
  hasSurvivor: false,
};

/** The file that several agents, and people, may change. */
export const SHARED_FILE = 'shared.txt';

/** Makes the world of a seed. */
export function worldOf(seed: number): WorldPlan {
  const chance = dice(seed);
  const count = 3 + chance.below(4);
  return {
    seed,
    tickets: Array.from({ length: count }, (_ticket, number) => ticketPlan(number, count, chance)),
    agents: Array.from({ length: count + 2 }, () => agentPlan(chance)),
    workers: 1 + chance.below(3),
    attemptsMax: 1 + chance.below(2),
    dispatchesMax: chance.chance(10) ? 1 + chance.below(count) : 0,
    allowUntagged: chance.chance(50),
    areTicketsTracked: chance.chance(70),
    agentCanBeAsked: chance.chance(50),
    stallTimeoutMs: chance.pick([0, 1500]),
    faults: Array.from({ length: chance.below(5) }, () => ({
      atStep: chance.below(STEPS_WITH_FAULTS),
      fault: faultPlan(count, chance),
    })),
  };
}

/** A world of a few tickets takes about so many steps. */
const STEPS_WITH_FAULTS = 160;

function ticketPlan(number: number, count: number, chance: Dice): TicketPlan {
  // Mostly a dependency points back; a forward one makes a cycle now and then, and the one beyond the end is unknown.
  const deps = Array.from({ length: chance.below(3) }, () =>
    chance.chance(96) ? chance.below(Math.max(number, 1)) : chance.below(count + 1),
  );
  return {
    deps: [...new Set(deps)].filter((dep) => dep !== number),
    components: chance.chance(20)
      ? []
      : [...new Set([chance.pick(['a', 'b', 'c', 'd']), chance.pick(['d', 'e', 'f'])])].slice(
          chance.below(2),
        ),
    priority: chance.below(5),
  };
}

function agentPlan(chance: Dice): AgentPlan {
  return {
    workMs: 10 + chance.below(2000),
    commits: chance.chance(85) ? 1 + chance.below(2) : 0,
    hasLeftovers: chance.chance(25),
    isOnSharedFile: chance.chance(30),
    end: chance.chance(75) ? 'succeeds' : chance.pick(['fails', 'diesSilently', 'hangs'] as const),
    whenAsked: chance.pick(['ends', 'ends', 'endsSlowly', 'ignores'] as const),
    hasSurvivor: chance.chance(15),
  };
}

function faultPlan(tickets: number, chance: Dice): Fault {
  const kind = chance.pick(FAULT_KINDS);
  switch (kind) {
    case 'orchestratorDies':
      return { kind, isJournalTorn: chance.chance(50) };
    case 'gitLocked':
      return { kind, commands: 1 + chance.below(12) };
    case 'repositoryFull':
      return { kind, commands: 1 + chance.below(4) };
    case 'worktreeDeleted':
      return { kind, skip: chance.below(2) };
    case 'userCloses':
      return { kind, ticket: chance.below(tickets) };
    case 'userCommits':
    case 'userEdits':
      return { kind, file: chance.pick([SHARED_FILE, 'person.txt']) };
    case 'clockJumps':
      return { kind, byMs: chance.pick([-3_600_000, 3_600_000]) };
    case 'pause':
      return { kind, forMs: chance.below(3000) };
    case 'strayDispatch':
      return { kind, ticket: chance.below(tickets) };
    case 'diskFull':
    case 'spawnFails':
    case 'userSwitches':
    case 'stop':
    case 'kill':
    case 'drain':
      return { kind };
  }
}

/** The kinds of faults that worlds are struck by, repeated by how much is to be learned of them. */
export const FAULT_KINDS: readonly Fault['kind'][] = [
  'orchestratorDies',
  'orchestratorDies',
  'orchestratorDies',
  'orchestratorDies',
  'strayDispatch',
  'strayDispatch',
  'strayDispatch',
  'gitLocked',
  'gitLocked',
  'repositoryFull',
  'repositoryFull',
  'worktreeDeleted',
  'worktreeDeleted',
  'userCloses',
  'userCommits',
  'userCommits',
  'userEdits',
  'userSwitches',
  'diskFull',
  'spawnFails',
  'clockJumps',
  'stop',
  'kill',
  'drain',
  'pause',
];
