/**
 * The machines under events as nobody should send them: any of their union, in any order, late, twice, of nobody.
 *
 * Whatever comes, no machine breaks, and what a machine promises by itself holds. What it promises together with others
 * (one merge at a time needs the queue, kept branches need the session) cannot hold when those others are made up: the
 * explorer and the simulator check it, with the real ones.
 */
import { fc } from '@fast-check/vitest';
import { assign, createActor, fromPromise, setup } from 'xstate';
import { describe, expect, test } from 'vitest';

import {
  mergeQueueMachine,
  supervisorMachine,
  sessionMachine,
  type MergeQueueContext,
  type MergeQueueEvent,
  type MergeReport,
  type SessionEvent,
  type SupervisorEvent,
} from '../../machines/index.ts';
import type { SessionContext } from '../../machines/session/context.ts';
import { sessionSetup } from '../../machines/session/setup.ts';
import { ENDINGS } from '../../src/domain/ending.ts';
import { PROPERTIES } from '../../src/domain/properties.ts';
import type { MergeOutcome } from '../../src/domain/run-fact.ts';
import { applyFact, EMPTY_SYSTEM_VIEW, systemPlanOf, systemViewOf } from '../../src/domain/system-view.ts';
import type { MergeRequest } from '../../src/domain/work.ts';
import { aBacklog, aTicket } from '../support/backlogs.ts';
import {
  doneEvent as done,
  LANDED,
  mergeQueueEvents,
  sessionEvents,
  supervisorEvents,
} from '../support/random-events.ts';
import { runRig } from '../support/run-rig.ts';
import {
  ALL_GIVEN_BACK,
  CLEAN_SWEEP,
  EXITED_WELL,
  PLACE,
  sessionRig,
  SPAWNED,
  WORK,
  type SessionRig,
} from '../support/session-rig.ts';

/** Sums up what happened in all runs of a property: a property of runs in which nothing happens is none. */
type Seen = Map<string, number>;

const count = (seen: Seen, what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

/** What an agent's process can be known to be gone by, or given up after SIGKILL. */
const ENDS_OF_AGENT: ReadonlySet<string> = new Set([
  'process.exited',
  'process.spawnFailed',
  'xstate.error.actor.agentProcess',
  'xstate.after.gracePeriod.session.alive.timingOut.killing',
]);

const RUNS = { numRuns: 300, seed: 7 };

// a ──► c ──► e     b     d     f
// a and c share component x, b and d share y
const TICKETS = ['a', 'b', 'c', 'd', 'e', 'f'];
const BACKLOG = aBacklog([
  aTicket('a', { tags: ['component:x'] }),
  aTicket('b', { tags: ['component:y'] }),
  aTicket('c', { tags: ['component:x'], deps: ['a'] }),
  aTicket('d', { tags: ['component:y'] }),
  aTicket('e', { tags: ['component:z'], deps: ['c'] }),
  aTicket('f', { tags: ['component:w'] }),
]);
const LIMITS = { workers: 2, attemptsMax: 2, dispatchesMax: 5 };

/** What a supervisor keeps whatever its children say; the others are promises of the children too. */
const OWN = PROPERTIES.filter(({ name }) => !/^S[3567] /.test(name));

/** And S3, when it dispatches: that a process which is gone never runs again is for its session to keep. */
const AT_DISPATCH = PROPERTIES.filter(({ name }) => !/^S[567] /.test(name));

describe('a supervisor', () => {
  // Recovery is over at once, or nothing would ever be dispatched.
  const events = fc
    .tuple(
      fc.subarray([{ ticket: 'a', session: 'earlier', commit: 'c0' }]),
      fc.array(supervisorEvents(TICKETS), { minLength: 10, maxLength: 60, size: 'max' }),
    )
    .map(([landed, rest]): SupervisorEvent[] => [done('recover', { notes: [], landed }), ...rest]);

  /** Says what goes wrong first; null when nothing does. */
  function trouble(sent: readonly SupervisorEvent[], seen: Seen, machine = supervisorMachine): string | null {
    const rig = runRig(BACKLOG, LIMITS, machine);
    const plan = systemPlanOf(BACKLOG, LIMITS);
    let told = EMPTY_SYSTEM_VIEW;
    let heard = 0;
    for (const [at, event] of sent.entries()) {
      if (rig.state() !== 'finished') rig.send(event);
      if (rig.broke() !== null) return `event ${at}, ${event.type}: ${String(rig.broke())}`;
      for (const fact of rig.facts.slice(heard)) {
        count(seen, fact.type);
        const before = told;
        told = applyFact(told, fact);
        for (const property of fact.type === 'session.dispatched' ? AT_DISPATCH : OWN) {
          const verdict =
            property.kind === 'step' ? property.holds(before, fact, told) : property.holds(told);
          if (verdict !== true) return `event ${at}, told: ${property.name}: ${verdict.message}`;
        }
      }
      heard = rig.facts.length;
      const known = systemViewOf(plan, rig.known(), told.phase);
      for (const property of OWN) {
        const verdict = property.kind === 'step' || property.holds(known);
        if (verdict !== true) return `event ${at}, known: ${property.name}: ${verdict.message}`;
      }
    }
    return null;
  }

  test('never breaks, and keeps what it promises by itself', () => {
    const seen: Seen = new Map();
    fc.assert(
      fc.property(events, (sent) => {
        expect(trouble(sent, seen)).toBeNull();
      }),
      RUNS,
    );
    // All that a supervisor can say.
    expect(seen.size).toBe(26);
  });

  test.each<[string, typeof supervisorMachine, RegExp]>([
    ['hears the dead', supervisorMachine.provide({ guards: { isOfLiveSession: () => true } }), /is not live/],
    ['looks at no dependency', supervisorMachine.provide({ guards: { depsReady: () => true } }), /S2/],
    ['counts no workers', supervisorMachine.provide({ guards: { workerFree: () => true } }), /S3|S8/],
  ])('that %s is found out', (_what, broken, finding) => {
    expect(firstTrouble(events, (sent) => trouble(sent, new Map(), broken))).toMatch(finding);
  });
});

describe('a session', () => {
  // Null stands for what the session waits for: chance alone hardly ever leads it to a good end.
  const events = fc.array(fc.option(sessionEvents()), { minLength: 10, maxLength: 60, size: 'max' });

  function trouble(
    sent: readonly (SessionEvent | null)[],
    seen: Seen,
    machine = sessionMachine,
  ): string | null {
    const rig = sessionRig({}, machine);
    for (const [at, sentNow] of sent.entries()) {
      const event = sentNow ?? awaitedIn(rig.state());
      const before = { context: rig.context(), state: rig.state(), reports: rig.reports().length };
      rig.ask(event);
      const broken = brokenPromise(rig, event, before);
      if (broken !== null) return `event ${at}, ${event.type}: ${broken}`;
      if (rig.result() !== null) break;
    }
    const { ending } = rig.result() ?? { ending: 'none' };
    count(seen, ending);
    return null;
  }

  interface Moment {
    readonly context: SessionContext | undefined;
    readonly state: unknown;
    readonly reports: number;
  }

  /** Says which of M1 to M5 of the machine's own head does not hold. */
  function brokenPromise(rig: SessionRig, event: SessionEvent, before: Moment): string | null {
    const reports = rig.reports();
    if (reports.some((type) => type.startsWith('xstate.error'))) return 'it broke';
    const now = rig.context();
    const result = rig.result();
    const { cause, ending } = before.context ?? { cause: null, ending: null };
    const endingNow = result?.ending ?? now?.ending;
    if (cause !== null && now !== undefined && now.cause !== cause) return `M1: the cause was ${cause}`;
    if (ending !== null && endingNow !== ending) return `M1: the ending was ${ending}`;

    const isMergeAsked = reports.slice(before.reports).includes('merge.requested');
    if (isMergeAsked && !mayMerge(now)) return 'M2: it is merged';

    if (result !== null) {
      if (before.state !== 'releasing' || !event.type.endsWith('.actor.releasePlace'))
        return `M3: it ends from ${JSON.stringify(before.state)}`;
      if (reports.at(-1) !== 'session.releasing') return `M3: its last word is ${reports.at(-1)}`;
    }
    if (isAlive(before.state) && !isAlive(rig.state()) && !ENDS_OF_AGENT.has(event.type))
      return 'M4: its agent is forgotten';
    if (result === null && rig.state() !== 'merging' && !rig.isBounded()) return 'M5: nothing bounds it';
    return null;
  }

  test('never breaks, and keeps M1 to M5', () => {
    const seen: Seen = new Map();
    fc.assert(
      fc.property(events, (sent) => {
        expect(trouble(sent, seen)).toBeNull();
      }),
      RUNS,
    );
    // What would be said of one that forgot how it ended is never said.
    expect([...seen.keys()].sort()).toEqual(['none', ...ENDINGS.filter((one) => one !== 'lost')].sort());
  });

  const timedOutAtLast = assign<SessionContext, SessionEvent, unknown, SessionEvent, never>({
    cause: 'timedOut',
  });
  const { states } = sessionMachine.config;
  const forgetsItsAgent = sessionSetup.createMachine({
    ...sessionMachine.config,
    states: {
      ...states,
      alive: { ...states?.['alive'], on: { ...states?.['alive']?.on, 'process.stalled': 'releasing' } },
    },
  } as never) as unknown as typeof sessionMachine;

  test.each<[string, typeof sessionMachine, RegExp]>([
    ['takes the last cause', sessionMachine.provide({ actions: { causeTimedOut: timedOutAtLast } }), /M1/],
    ['merges whatever it was left', sessionMachine.provide({ guards: { agentSucceeded: () => true } }), /M2/],
    ['forgets its agent', forgetsItsAgent, /M4/],
  ])('that %s is found out', (_what, broken, finding) => {
    expect(firstTrouble(events, (sent) => trouble(sent, new Map(), broken))).toMatch(finding);
  });
});

describe('a merge queue', () => {
  const events = fc.array(mergeQueueEvents(), { maxLength: 40, size: 'max' });

  /** What a queue that keeps Q1 to Q3 reports: first come, first served, each answered once. */
  function expected(sent: readonly MergeQueueEvent[]): readonly string[] {
    const waiting: string[] = [];
    const reports: string[] = [];
    const begin = () => waiting[0] !== undefined && reports.push(`merge.started ${waiting[0]}`);
    for (const event of sent) {
      if (event.type === 'merge.enqueue') {
        waiting.push(event.request.session);
        if (waiting.length === 1) begin();
      } else if (waiting.length > 0) {
        const outcome = event.type === 'xstate.done.actor.mergeWork' ? event.output.kind : 'failed';
        reports.push(`merge.finished ${waiting.shift()} ${outcome}`);
        begin();
      }
    }
    return reports;
  }

  function trouble(sent: readonly MergeQueueEvent[], machine = mergeQueueMachine): string | null {
    let live = 0;
    let wrong: string | null = null;
    const reports: string[] = [];
    const mergeWork = fromPromise<MergeOutcome, MergeRequest>(({ input, signal }) => {
      live += 1;
      if (live > 1) wrong ??= 'Q1: two merges at once';
      if (reports.at(-1) !== `merge.started ${input.session}`) wrong ??= 'Q3: a merge begins unannounced';
      signal.addEventListener('abort', () => (live -= 1));
      return new Promise(() => {});
    });
    const parent = setup({ actors: { queue: machine.provide({ actors: { mergeWork } }) } }).createMachine({
      invoke: { id: 'queue', src: 'queue' },
      on: {
        'merge.*': {
          actions: ({ event }) => {
            const { type, session, outcome } = event as MergeReport & { readonly outcome?: MergeOutcome };
            reports.push(`${type} ${session}${outcome === undefined ? '' : ` ${outcome.kind}`}`);
          },
        },
        'xstate.error.actor.queue': { actions: () => (wrong ??= 'it broke') },
      },
    });
    const actor = createActor(parent).start();
    for (const event of sent) if (wrong === null) actor.getSnapshot().children['queue']?.send(event);
    actor.stop();
    if (wrong !== null) return wrong;
    const difference = reports.join('\n') === expected(sent).join('\n');
    return difference ? null : `Q2: ${reports.join(', ')} and not ${expected(sent).join(', ')}`;
  }

  test('never breaks, and keeps Q1 to Q3', () => {
    fc.assert(
      fc.property(events, (sent) => {
        expect(trouble(sent)).toBeNull();
      }),
      RUNS,
    );
  });

  const dropLast = assign<MergeQueueContext, MergeQueueEvent, unknown, MergeQueueEvent, never>(
    ({ context }) => ({ requests: context.requests.slice(0, -1) }),
  );

  test.each<[string, typeof mergeQueueMachine, RegExp]>([
    ['lets the last one go', mergeQueueMachine.provide({ actions: { dropHead: dropLast } }), /Q2/],
    ['says nothing of a broken merge', mergeQueueMachine.provide({ actions: { reportBroken() {} } }), /Q2/],
    ['begins without a word', mergeQueueMachine.provide({ actions: { reportStarted() {} } }), /Q3/],
  ])('that %s is found out', (_what, broken, finding) => {
    expect(firstTrouble(events, (sent) => trouble(sent, broken))).toMatch(finding);
  });
});

/** What is wrong with a broken machine, in the smallest story that shows it; null when none of the runs does. */
function firstTrouble<Event>(
  stories: fc.Arbitrary<Event[]>,
  trouble: (sent: Event[]) => string | null,
): string | null {
  const property = fc.property(stories, (sent) => trouble(sent) === null);
  const { counterexample } = fc.check(property, { ...RUNS, endOnFailure: true });
  return counterexample === null ? null : trouble(counterexample[0]);
}

function mayMerge(context: SessionContext | undefined): boolean {
  return (
    context?.cause === null &&
    context.exit?.verdict.outcome === 'succeeded' &&
    context.sweep?.survivorsLeft === 0
  );
}

/** What a session in this state waits for. */
function awaitedIn(state: unknown): SessionEvent {
  if (isAlive(state)) return JSON.stringify(state).includes('launching') ? SPAWNED : EXITED_WELL;
  switch (state) {
    case 'preparing':
      return done('prepareWorktree', PLACE);
    case 'sweeping':
      return done('sweepSurvivors', CLEAN_SWEEP);
    case 'verifyingWork':
      return done('verifyWork', WORK);
    case 'merging':
      return { type: 'merge.finished', session: 's1', outcome: LANDED };
    default:
      return done('releasePlace', ALL_GIVEN_BACK);
  }
}

function isAlive(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'alive' in state;
}
