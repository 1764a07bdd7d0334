import type { TicketId } from './ids.ts';
import type { SessionPhase } from './session-phase.ts';
import type { EndedSessionView } from './session-view.ts';
import type { TicketState } from './ticket-state.ts';

/** Where a ticket stands, in one word for a reader. `ready` and `waiting` are what the run may still dispatch. */
export const TICKET_STANDINGS = [
  'ready',
  'waiting',
  'running',
  'merging',
  'landed',
  'failed',
  'blocked',
  'closed',
  'excluded',
] as const;

/** One word of {@link TICKET_STANDINGS}. */
export type TicketStanding = (typeof TICKET_STANDINGS)[number];

/** A ticket as a reader sees it. */
export interface TicketView {
  readonly id: TicketId;
  readonly title: string;
  readonly priority: number;
  readonly deps: readonly TicketId[];
  readonly dependents: readonly TicketId[];
  readonly components: readonly string[];
  readonly state: TicketState;
  readonly standing: TicketStanding;
  /** Dependencies that have not landed yet. */
  readonly unmet: number;
  /** Its sessions that are over, oldest first. */
  readonly ended: readonly EndedSessionView[];
}

/** How many tickets stand where. */
export type TicketCounts = Readonly<Record<TicketStanding, number>>;

/** The counts of no tickets at all. */
export const NO_COUNTS: TicketCounts = {
  ready: 0,
  waiting: 0,
  running: 0,
  merging: 0,
  landed: 0,
  failed: 0,
  blocked: 0,
  closed: 0,
  excluded: 0,
};

/** Tells where a ticket stands by its state, the dependencies it still misses, and the phase of its session if it has one. */
export function standingOf(
  state: TicketState,
  unmet: number,
  phase: SessionPhase | undefined,
): TicketStanding {
  switch (state.phase) {
    case 'pending':
      return unmet === 0 ? 'ready' : 'waiting';
    case 'live':
      return phase === 'awaitingMerge' || phase === 'merging' ? 'merging' : 'running';
    case 'landed':
    case 'failed':
    case 'blocked':
    case 'closed':
    case 'excluded':
      return state.phase;
  }
}
