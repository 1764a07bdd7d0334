import type { StopReason } from './run-fact.ts';
import type { TicketState } from './ticket-state.ts';

/** How a run ended, in one word for reports. */
export type RunOutcome =
  /** Every eligible ticket landed, or there was nothing to do. */
  | 'complete'
  /** The run worked off what it could, and something failed, conflicted or is blocked. */
  | 'incomplete'
  /** What remains waits in a cycle or for a ticket that does not exist, and nothing else is wrong. */
  | 'deadlock'
  /** The limit of dispatches was reached with tickets left to dispatch. */
  | 'budgetSpent'
  /** A person or the system asked the run to end. */
  | 'stopped'
  /** The orchestrator itself broke, and ended the run in good order. */
  | 'broken';

/** What the outcome of a run is judged by, when no session is live any more. */
export interface RunConclusion {
  /** Why dispatching stopped early; null when the run worked off everything it could. */
  readonly stop: StopReason | null;
  readonly tickets: Iterable<TicketState>;
}

/** Gives the exit code of `run`: 0, 1, 3 or 4 by outcome, 129, 130 or 143 by signal. (2 is for what could not start.) */
export function exitCodeOf(conclusion: RunConclusion): number {
  const { stop } = conclusion;
  switch (outcomeOf(conclusion)) {
    case 'complete':
      return 0;
    case 'incomplete':
    case 'broken':
      return 1;
    case 'deadlock':
      return 3;
    case 'budgetSpent':
      return 4;
    case 'stopped':
      return stop?.kind === 'signal' ? 128 + SIGNAL_NUMBERS[stop.signal] : 1;
  }
}

/** As a shell reports them: 128 and the signal's number, which is the same for these three on every POSIX system. */
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Says in one word how a run ended. A signal wins over everything: whoever sent it did not ask how the work went. */
export function outcomeOf({ stop, tickets }: RunConclusion): RunOutcome {
  if (stop?.kind === 'signal') return 'stopped';
  if (stop?.kind === 'internalError') return 'broken';
  let open = 0;
  let stuck = 0;
  let otherwise = 0;
  for (const state of tickets) {
    if (state.phase === 'pending' || state.phase === 'live') open += 1;
    else if (state.phase === 'failed') otherwise += 1;
    else if (state.phase === 'blocked') {
      if (isStuck(state)) stuck += 1;
      else otherwise += 1;
    }
  }
  if (open + stuck + otherwise === 0) return 'complete';
  if (open > 0 && stop?.kind === 'budget') return 'budgetSpent';
  return open + otherwise === 0 ? 'deadlock' : 'incomplete';
}

/**
 * True when nothing but the shape of the graph is in the way. A blocked dependency counts as such, because it is among
 * the tickets that are judged: if its own reason is another one, the run is not a deadlock by that.
 */
function isStuck({ blockers }: Extract<TicketState, { phase: 'blocked' }>): boolean {
  return blockers.every(
    ({ kind }) => kind === 'dependencyCycle' || kind === 'dependencyUnknown' || kind === 'dependencyBlocked',
  );
}
