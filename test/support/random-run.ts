import { compileBacklog } from '../../src/domain/backlog.ts';
import { chunkedItems } from '../../src/domain/chunked.ts';
import type { Ending } from '../../src/domain/ending.ts';
import { exitCodeOf } from '../../src/domain/exit-code.ts';
import type { PlannedTicket, RunFact, StopReason } from '../../src/domain/run-fact.ts';
import { runPhaseAfter, type RunPhase } from '../../src/domain/run-phase.ts';
import * as changes from '../../src/domain/run-changes.ts';
import * as runState from '../../src/domain/run-state.ts';
import { PHASE_AFTER } from '../../src/domain/session-phase.ts';
import { systemPlanOf, systemViewOf, type SystemView } from '../../src/domain/system-view.ts';
import type { Ticket } from '../../src/domain/ticket.ts';
import { factsOf, started } from './journal-of.ts';

/** What a random run is made of. */
export interface RandomRunInput {
  readonly seed: number;
  /** Dependencies of each ticket, by number; a number that is no ticket is a dangling dependency. */
  readonly deps: readonly (readonly number[])[];
  /** Component tags of each ticket, by number. */
  readonly components: readonly (readonly string[])[];
  readonly workers: number;
  readonly attemptsMax: number;
  readonly dispatchesMax: number;
  readonly mayStop: boolean;
}

/** One step of a run: what was told, and what the supervisor's state said after it. */
export interface RandomStep {
  readonly facts: readonly RunFact[];
  readonly known: SystemView;
}

/** Makes a legal run by chance, moved by the functions the supervisor is moved by. The same input makes the same run. */
export function randomRun(input: RandomRunInput): readonly RandomStep[] {
  const chance = dice(input.seed);
  const backlog = compileBacklog(
    {
      tickets: input.deps.map((deps, index) => ticketOf(index, deps, input.components[index] ?? [])),
      invalid: [],
    },
    { components: { tagPrefix: 'component:', allowUntagged: chance(2) === 0 }, selected: null },
  );
  const { workers, attemptsMax, dispatchesMax } = input;
  const limits = { workers, attemptsMax, dispatchesMax };
  const plan = systemPlanOf(backlog, limits);
  const tickets = backlog.tickets.map((ticket, position): PlannedTicket => ({
    ...ticket,
    ...plan.tickets[position]!,
  }));

  let state = runState.initialRunState(backlog, limits);
  let phase = 'recovering' as RunPhase;
  const steps: RandomStep[] = [];
  const stories = new Map<string, RunFact[]>();
  const tell = (...facts: readonly RunFact[]): void => {
    for (const fact of facts) phase = runPhaseAfter(phase, fact);
    steps.push({ facts, known: systemViewOf(plan, state, phase) });
  };
  const stop = (reason: StopReason, type: 'run.draining' | 'run.stopping'): void => {
    state = { ...state, stop: state.stop ?? reason };
    tell({ type, reason });
  };

  tell(started(tickets, limits));
  tell({ type: 'run.recovered', notes: [] });
  let count = 0;
  for (;;) {
    if (phase === 'dispatching' && state.pending > 0 && !runState.isBudgetLeft(state)) {
      stop({ kind: 'budget', budget: 'maxIterations', limit: dispatchesMax }, 'run.draining');
    }
    if (runState.isQuiet(state) && (state.pending === 0 || state.stop !== null)) break;
    if (input.mayStop && state.stop === null && chance(40) === 0) {
      stop({ kind: 'signal', signal: 'SIGINT' }, chance(2) === 0 ? 'run.draining' : 'run.stopping');
      continue;
    }
    const candidates = phase === 'dispatching' ? runState.readyPositions(state) : [];
    const id = candidates.length === 0 ? null : backlog.tickets[candidates[chance(candidates.length)]!]!.id;
    if (id !== null && (runState.isQuiet(state) || chance(3) === 0)) {
      if (!runState.isComponentFree(state, id) || !runState.isWorkerFree(state)) {
        const blockers = runState.blockersOfTicket(state, id);
        tell({ type: 'dispatch.refused', ticket: id, blockers });
        if (!runState.isQuiet(state)) advance();
        continue;
      }
      count += 1;
      const session = `s${count}`;
      const change = changes.dispatch(state, id, session);
      state = change.state;
      stories.set(session, [...change.facts]);
      tell(...change.facts);
    } else if (!runState.isQuiet(state)) advance();
  }
  tell({
    type: 'run.finished',
    publication: null,
    exitCode: exitCodeOf({ stop: state.stop, tickets: chunkedItems(state.tickets) }),
  });
  return steps;

  function advance(): void {
    const live = state.sessions;
    const { session, ticket } = live[chance(live.length)]!;
    const story = stories.get(session)!;
    const merging = state.sessions.some((other) => other.phase === 'merging');
    const fact = nextFact(story, backlog.tickets[ticket]!.id, chance, merging, phase === 'stopping');
    if (fact === null) return;
    story.push(fact);
    if (fact.type === 'session.ended') {
      const change = changes.settle(state, fact);
      state = change.state;
      tell(...change.facts);
      return;
    }
    const next = PHASE_AFTER[fact.type as keyof typeof PHASE_AFTER];
    if (next !== null) state = changes.enterPhase(state, session, next);
    if (fact.type !== 'merge.finished' || fact.outcome.kind !== 'landed') {
      tell(fact);
      return;
    }
    const change = changes.land(state, session, fact.outcome.commit);
    state = change.state;
    tell(fact, ...change.facts);
  }
}

/** Goes on with the story of a session, by chance; null when it has to wait. */
function nextFact(
  story: readonly RunFact[],
  ticket: string,
  chance: (sides: number) => number,
  isMergeBusy: boolean,
  isStopping: boolean,
): RunFact | null {
  const last = story.at(-1)!;
  if (!('session' in last)) throw new Error(`${last.type} is of no session`);
  const of = factsOf(last.session, ticket);
  const bad = chance(6) === 0;
  const endAs = (ending: Ending): RunFact => of.releasing(ending);
  switch (last.type) {
    case 'session.dispatched':
      return bad ? endAs('failed') : of.prepared;
    case 'session.prepared':
      return bad ? endAs('failed') : of.launched;
    case 'session.launched':
      if (isStopping) return of.stopping;
      return bad ? of.timingOut : chance(5) === 0 ? of.failedExit : of.exited;
    case 'session.timingOut':
      return of.exited;
    case 'session.exited':
      for (const told of story) if (told.type === 'session.timingOut') return endAs(told.cause);
      return last.code === 0 ? of.completed : endAs('failed');
    case 'session.completed':
      return bad ? endAs('failed') : chance(5) === 0 ? { ...of.verified, commits: 0 } : of.verified;
    case 'session.verified':
      if (last.commits === 0) return endAs('noChanges');
      return bad ? endAs('rejected') : of.requested;
    case 'merge.requested':
      return isMergeBusy ? null : of.mergeStarted;
    case 'merge.started':
      return bad ? of.conflicted : of.landed;
    case 'merge.finished':
      return endAs(last.outcome.kind === 'landed' ? 'merged' : 'conflicted');
    case 'session.releasing':
      return of.ended(last.ending, '', last.ending === 'merged' ? null : of.branch);
    default:
      throw new Error(`nothing follows ${last.type}`);
  }
}

function ticketOf(index: number, deps: readonly number[], components: readonly string[]): Ticket {
  return {
    id: `t${index}`,
    title: `Ticket ${index}`,
    body: '',
    status: 'open',
    deps: deps.map((dep) => `t${dep}`),
    priority: 2,
    tags: components.map((component) => `component:${component}`),
    createdMs: null,
  };
}

/** mulberry32: small, seeded, good enough to throw dice with. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}
