/**
 * Which sessions of a run that was cut off go on in this one.
 *
 * The questions are those that the supervisor asks at a dispatch, asked of the state that it will have then; its guards ask
 * them again. Who is not adopted is ended and salvaged, as everybody is where nobody is adopted.
 *
 * A1  Only an agent that was at work at the cut: one that was being ended is ended.
 * A2  Only under the claim that it was dispatched with: other components may be somebody else's by now.
 * A3  Not beside a journal with a hole, which may hide that the session went on and ended since.
 */
import { attemptTimeoutMs, type TimeoutPolicy } from '../src/domain/attempt-timeout.ts';
import type { CutOffSession } from '../src/domain/cut-off.ts';
import { dispatch, recoverTickets } from '../src/domain/run-changes.ts';
import type { ProcessIdentity } from '../src/domain/run-fact.ts';
import {
  blockersOfTicket,
  isBudgetLeft,
  isUnclaimed,
  ticketOf,
  type RunState,
} from '../src/domain/run-state.ts';
import type { RecoveredWork, SessionPlace } from '../src/domain/work.ts';
import type { KeptAgent } from '../src/ports/adopting-host.ts';
import type { Clock } from '../src/ports/clock.ts';
import type { CutOffRun } from '../src/ports/past-runs.ts';
import type { Adoptions } from './adoptions.ts';

/** What it takes to let sessions go on. */
export interface AdoptionParts {
  readonly clock: Clock;
  readonly adoptions: Adoptions;
  /** The state that the supervisor starts with. */
  readonly initial: RunState;
  readonly timeouts: TimeoutPolicy;
  /** Looks whether a session's agent can be followed and its place is there; null when not. */
  kept(place: SessionPlace): KeptAgent | null;
}

/** A session whose agent could go on. */
export interface Candidate {
  readonly run: CutOffRun;
  readonly cutOff: CutOffSession;
  readonly place: SessionPlace;
  readonly agent: KeptAgent;
}

/**
 * What an attempt has left at least that is past its deadline: enough to attach to its agent first, which then is ended by
 * the usual steps.
 */
const TIME_LEFT_MIN_MS = 1000;

/** Says whether the agent of a session can go on, as far as that is seen from the session alone. */
export function adoptableSession(
  run: CutOffRun,
  cutOff: CutOffSession,
  runs: readonly CutOffRun[],
  parts: AdoptionParts | undefined,
): Candidate | null {
  const { place, agent: launched } = cutOff;
  if (parts === undefined || place === null || launched === null) return null;
  if (runs.some(({ isDamaged }) => isDamaged)) return null;
  const agent = parts.kept(place);
  return agent !== null && isSame(agent.process, launched) ? { run, cutOff, place, agent } : null;
}

/** Adopts who may be dispatched, one after the other, as the supervisor will be asked to. */
export function adoptAll(
  candidates: readonly Candidate[],
  landed: readonly RecoveredWork[],
  parts: AdoptionParts | undefined,
): { readonly adopted: readonly Candidate[]; readonly refused: readonly Candidate[] } {
  if (parts === undefined) return { adopted: [], refused: candidates };
  const adopted: Candidate[] = [];
  const refused: Candidate[] = [];
  let state = recoverTickets(parts.initial, landed).state;
  for (const candidate of candidates) {
    const { run, cutOff, place, agent } = candidate;
    const { session, ticket } = cutOff;
    if (!mayGoOn(state, cutOff)) {
      refused.push(candidate);
      continue;
    }
    state = dispatch(state, ticket, session, run.run).state;
    const timeLeftMs = timeLeft(cutOff.attempt, agent, parts);
    parts.adoptions.add({ session, ticket, from: run.run, place, timeLeftMs });
    adopted.push(candidate);
  }
  return { adopted, refused };
}

function mayGoOn(state: RunState, { ticket, components }: CutOffSession): boolean {
  if (!isUnclaimed(state, ticket) || !isBudgetLeft(state)) return false;
  if (blockersOfTicket(state, ticket).length > 0) return false;
  const claim = new Set(ticketOf(state, ticket).components);
  return claim.size === components.length && components.every((component) => claim.has(component));
}

/** Whoever has ended in time is not late because nobody looked. A clock that was set back only makes us patient. */
function timeLeft(attempt: number, agent: KeptAgent, { timeouts, clock }: AdoptionParts): number {
  const allMs = attemptTimeoutMs(timeouts, attempt);
  if (agent.hasEnded) return allMs;
  const spentMs = Math.max(0, clock.nowMs() - agent.startedMs);
  return Math.max(TIME_LEFT_MIN_MS, allMs - spentMs);
}

function isSame(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.startTime === other.startTime && one.bootId === other.bootId;
}
