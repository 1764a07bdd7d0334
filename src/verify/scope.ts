/**
 * A scope: the small world in which everything is tried. How many tickets, what they wait for and need, how many workers
 * and attempts, what may go wrong, and who may ask the run to end.
 */
import { compileBacklog, type Backlog } from '../domain/backlog.ts';
import type { TicketId } from '../domain/ids.ts';
import type { RunLimits } from '../domain/run-state.ts';

/** A ticket of a scope. */
export interface ScopeTicket {
  readonly id: TicketId;
  readonly deps?: readonly TicketId[];
  /** Names; `*` runs alone, and no name at all is an untagged ticket. */
  readonly components?: readonly string[];
}

/** What a person or a signal may ask of the run, at any step. */
export type OperatorRequest = 'run.pause' | 'run.drain' | 'run.stop' | 'run.kill';

/** What may break, and how often in one run. */
export interface Faults {
  /** Machines of sessions that may break. */
  readonly sessions: number;
  /** Times the merge queue may break. */
  readonly mergeQueue: number;
  /** What becomes of the stand-ins of broken sessions. */
  readonly standIns: 'succeed' | 'mayBreak' | 'alwaysBreak';
  /** Whether recovery and closing may break. */
  readonly ends: boolean;
  /** Whether messages of sessions that are over may still arrive. */
  readonly lateMessages: boolean;
}

/** One small world. */
export interface Scope {
  readonly name: string;
  readonly describe: string;
  readonly tickets: readonly ScopeTicket[];
  readonly workers: number;
  readonly attemptsMax: number;
  /** 0 means no limit. */
  readonly dispatchesMax: number;
  readonly allowUntagged: boolean;
  /** How much a session tells: every report, only those that a decision of the supervisor depends on, or the fewest that show all. */
  readonly lives: 'full' | 'short' | 'brief';
  /** Whether agents come to an end by themselves, by exit or by deadline, or only when they are asked to. */
  readonly agents: 'endByThemselves' | 'endWhenAsked';
  readonly allowNoChanges: boolean;
  readonly autoMerge: boolean;
  /** Tickets whose work recovery may have landed; it has landed all of them or none. */
  readonly recovers: readonly TicketId[];
  readonly operator: readonly OperatorRequest[];
  readonly faults: Faults;
  /**
   * Whether states that differ only in the word by which a ticket failed are told apart. Nothing decides by that word, nor, in a
   * ticket that is settled, by the number of its attempts; this is forgotten as well where worlds are many.
   */
  readonly endings: 'apart' | 'alike' | 'forgotten';
  /** Whether states that differ only by exchanging tickets that nothing tells apart are counted once. */
  readonly symmetry: boolean;
  /** Names of the sightings without which a pass means nothing. */
  readonly sees: readonly string[];
}

/** Nothing breaks. */
const NO_FAULTS: Faults = {
  sessions: 0,
  mergeQueue: 0,
  standIns: 'succeed',
  ends: false,
  lateMessages: false,
};

/** Everything that can be asked of a run. */
const EVERY_REQUEST: readonly OperatorRequest[] = ['run.pause', 'run.drain', 'run.stop', 'run.kill'];

/** Makes a scope of what matters in it. */
export function scopeOf(
  given: Pick<Scope, 'name' | 'describe' | 'tickets'> & Partial<Omit<Scope, 'name' | 'describe' | 'tickets'>>,
): Scope {
  return {
    workers: 2,
    attemptsMax: 1,
    dispatchesMax: 0,
    allowUntagged: true,
    lives: 'full',
    agents: 'endByThemselves',
    allowNoChanges: false,
    autoMerge: true,
    recovers: [],
    operator: EVERY_REQUEST,
    faults: NO_FAULTS,
    endings: 'alike',
    symmetry: false,
    sees: [],
    ...given,
  };
}

/** The backlog of a scope, compiled as a run compiles it. */
export function backlogOf({ tickets, allowUntagged }: Scope): Backlog {
  return compileBacklog(
    {
      tickets: tickets.map(({ id, deps = [], components = [] }) => ({
        id,
        title: `Ticket ${id}`,
        body: '',
        status: 'open',
        deps,
        priority: 2,
        tags: components.map((component) => `component:${component}`),
        createdMs: null,
      })),
      invalid: [],
    },
    { components: { tagPrefix: 'component:', allowUntagged }, selected: null },
  );
}

/** The limits of a scope. */
export function limitsOf({ workers, attemptsMax, dispatchesMax }: Scope): RunLimits {
  return { workers, attemptsMax, dispatchesMax };
}
