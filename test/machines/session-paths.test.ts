/**
 * Model-based tests of the session: `@xstate/graph` walks the shipped chart, and every path that it finds is walked again
 * by a real session actor, with real invoked actors and a real clock's answers, which has to be in the same place after
 * every step.
 *
 * What the graph cannot do, and what is done about it:
 *   - It runs no actions, invokes nothing and lets no time pass, and `createTestModel` refuses a machine that has `invoke` or
 *     `after`. So the ends of invoked actors and the deadlines are events here, offered whenever the chart takes them.
 *   - Its actors have no parent, and a report to none is an error. So the words that only tell somebody something are
 *     silent in the model. They change no state; that they say the right thing is for `session.test.ts`.
 *   - A missing `input`, or a missing event, makes a small green graph. So every count is pinned.
 *   - Several actors at once, with their mailboxes, are for the explorer of `src/verify`.
 */
import { adjacencyMapToArray, getAdjacencyMap, getShortestPaths } from '@xstate/graph';
import type { SnapshotFrom } from 'xstate';
import { describe, expect, test } from 'vitest';

import { sessionMachine, type SessionEvent, type SessionInput } from '../../machines/index.ts';
import type { MergeOutcome } from '../../src/domain/run-fact.ts';
import {
  ALL_GIVEN_BACK,
  CLEAN_SWEEP,
  EXITED_BADLY,
  EXITED_WELL,
  INPUT,
  PLACE,
  sessionRig,
  SPAWNED,
  WORK,
  type SessionRig,
} from '../support/session-rig.ts';
import { transitionsOf } from '../support/transitions.ts';

type SessionState = SnapshotFrom<typeof sessionMachine>;

/** Something that can happen to a session: to the model as an event, to the real one by a hand of the test. */
interface Happening {
  readonly event: SessionEvent;
  readonly really: (rig: SessionRig) => unknown;
}

const BOOM = 'boom';

const done = (actor: string, output: unknown): SessionEvent =>
  ({ type: `xstate.done.actor.${actor}`, actorId: actor, output }) as never;
const error = (actor: string): SessionEvent =>
  ({ type: `xstate.error.actor.${actor}`, actorId: actor, error: new Error(BOOM) }) as never;
const after = (delay: string, state: string): SessionEvent =>
  ({ type: `xstate.after.${delay}.session.alive.${state}` }) as never;
const merge = (outcome: MergeOutcome): SessionEvent => ({ type: 'merge.finished', session: 's1', outcome });

const SURVIVOR = { survivorsFound: 1, survivorsLeft: 1 };
const NO_WORK = { ...WORK, commits: 0 };
const OBJECTED = { ...WORK, objection: 'touched a of b' };

const asked = (event: SessionEvent): Happening => ({ event, really: (rig) => rig.ask(event) });
const byAgent = (event: Parameters<SessionRig['agent']>[0]): Happening => ({
  event,
  really: (rig) => rig.agent(event),
});
const elapsed = (delay: 'attemptDeadline' | 'gracePeriod', state: string): Happening => ({
  event: after(delay, state),
  really: (rig) => rig.elapse(delay === 'attemptDeadline' ? INPUT.attemptTimeoutMs : INPUT.gracePeriodMs),
});

const HAPPENINGS: readonly Happening[] = [
  { event: done('prepareWorktree', PLACE), really: (rig) => rig.prepare.succeed(PLACE) },
  { event: error('prepareWorktree'), really: (rig) => rig.prepare.fail(BOOM) },
  byAgent(SPAWNED),
  byAgent({ type: 'process.spawnFailed', reason: 'no such program' }),
  byAgent(EXITED_WELL),
  byAgent(EXITED_BADLY),
  byAgent({ type: 'process.stalled', silentMs: 5 }),
  { event: error('agentProcess'), really: (rig) => rig.breakAgent(BOOM) },
  asked({ type: 'session.terminate' }),
  asked({ type: 'session.kill' }),
  elapsed('attemptDeadline', 'launching'),
  elapsed('attemptDeadline', 'running'),
  elapsed('gracePeriod', 'timingOut.asking'),
  elapsed('gracePeriod', 'timingOut.terminating'),
  elapsed('gracePeriod', 'timingOut.killing'),
  { event: done('sweepSurvivors', CLEAN_SWEEP), really: (rig) => rig.sweep.succeed(CLEAN_SWEEP) },
  { event: done('sweepSurvivors', SURVIVOR), really: (rig) => rig.sweep.succeed(SURVIVOR) },
  { event: error('sweepSurvivors'), really: (rig) => rig.sweep.fail(BOOM) },
  { event: done('verifyWork', WORK), really: (rig) => rig.verify.succeed(WORK) },
  { event: done('verifyWork', NO_WORK), really: (rig) => rig.verify.succeed(NO_WORK) },
  { event: done('verifyWork', OBJECTED), really: (rig) => rig.verify.succeed(OBJECTED) },
  { event: error('verifyWork'), really: (rig) => rig.verify.fail(BOOM) },
  asked(merge({ kind: 'landed', commit: 'c1', publication: { kind: 'published', commit: 'c1' } })),
  asked(merge({ kind: 'conflicted', paths: ['a'] })),
  asked(merge({ kind: 'rejected', reason: 'gate test: exit code 1' })),
  asked(merge({ kind: 'failed', reason: 'no space left' })),
  { event: done('releasePlace', ALL_GIVEN_BACK), really: (rig) => rig.release.succeed(ALL_GIVEN_BACK) },
  { event: error('releasePlace'), really: (rig) => rig.release.fail(BOOM) },
];
const REALLY = new Map(HAPPENINGS.map(({ event, really }) => [event, really]));

const TELLING = Object.keys(sessionMachine.implementations.actions).filter((name) =>
  /^(?:report|request|ask|terminate|kill)/.test(name),
);
const model = sessionMachine.provide({
  actions: Object.fromEntries(TELLING.map((name) => [name, (): void => {}])),
});

/** Which questions the settings of a session answer in another way, and the exact size of the chart that they leave. */
const SETTINGS: readonly {
  readonly given: Partial<SessionInput>;
  readonly states: number;
  readonly steps: number;
  readonly paths: number;
}[] = [
  { given: {}, states: 161, steps: 230, paths: 158 },
  { given: { agentCanBeAsked: false }, states: 158, steps: 209, paths: 140 },
  { given: { autoMerge: false }, states: 151, steps: 220, paths: 152 },
  { given: { allowNoChanges: true }, states: 171, steps: 240, paths: 164 },
];

/** A way through the chart: what happens, and where the model is after it. */
type Path = readonly { readonly event: SessionEvent; readonly state: SessionState }[];

/** Every step of the model, each at the end of the shortest path to it. */
function graphOf(given: Partial<SessionInput>, happenings = HAPPENINGS) {
  const options = {
    input: { ...INPUT, ...given },
    events: (state: SessionState) => happenings.map(({ event }) => event).filter((event) => state.can(event)),
  };
  const states = getAdjacencyMap(model, options);
  const steps = adjacencyMapToArray(states);
  const shortest = new Map<string, Path>(
    getShortestPaths(model, options).map((path) => [keyOf(path.state), path.steps.slice(1)]),
  );
  const paths = steps.map(({ state, event, nextState }): Path => [
    ...(shortest.get(keyOf(state)) ?? []),
    { event, state: nextState },
  ]);
  return { states: Object.keys(states).length, steps: steps.length, paths: withoutPrefixes(paths) };
}

function keyOf({ value, context }: SessionState): string {
  return JSON.stringify({ value, context });
}

/** Leaves out a path that another one begins with. */
function withoutPrefixes(paths: readonly Path[]): readonly Path[] {
  const names = paths.map((path) => path.map(({ event }) => `${JSON.stringify(event)};`).join(''));
  return paths.filter(
    (_path, at) => !names.some((other, index) => index !== at && other.startsWith(names[at]!)),
  );
}

/** Walks a path with a real session, and says what differs first; null when nothing does. */
async function walk(path: Path, rig: SessionRig): Promise<string | null> {
  for (const [at, { event, state }] of path.entries()) {
    await REALLY.get(event)?.(rig);
    const isOver = state.status === 'done';
    const should = isOver ? state.output : { value: state.value, context: state.context };
    const is = isOver ? rig.result() : { value: rig.state(), context: rig.context() };
    if (JSON.stringify(is) !== JSON.stringify(should))
      return `step ${at + 1}, ${event.type}: ${JSON.stringify(is)} and not ${JSON.stringify(should)}`;
  }
  return null;
}

const PATHS = graphOf({}).paths;

describe('a real session', () => {
  const taken = new Set<string>();

  test.each(SETTINGS)('is where the chart says after every step of every path: $given', async (setting) => {
    const { given, ...counts } = setting;
    const graph = graphOf(given);
    const differences: string[] = [];
    for (const path of graph.paths) {
      const rig = sessionRig(given);
      const difference = await walk(path, rig);
      if (difference !== null) differences.push(difference);
      for (const name of rig.taken) taken.add(name);
    }
    expect(differences).toEqual([]);
    expect({ ...graph, paths: graph.paths.length }).toEqual(counts);
  });

  test('has taken every transition of the chart by then, but two', () => {
    const all = transitionsOf(sessionMachine);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(48);
    // Errors of steps that are over, which `random-events.test.ts` sends; and the way to `lost`: whoever enters `releasing`
    // has set an ending before, so it is for the bug that does not.
    expect(all.filter((name) => !taken.has(name))).toEqual([
      'session xstate.error.actor.* -> stays',
      'session.released always -> session.lost',
    ]);
  });

  test.each<[string, typeof sessionMachine]>([
    ['merges what is not there', sessionMachine.provide({ guards: { hasNoWork: () => false } })],
    ['is deaf to a request to end', sessionMachine.provide({ guards: { isAskedToEnd: () => false } })],
    ['skips the asking', sessionMachine.provide({ guards: { agentCannotBeAsked: () => true } })],
    ['forgets why it ended its agent', sessionMachine.provide({ actions: { causeStalled: () => {} } })],
    ['forgets what it kept', sessionMachine.provide({ actions: { keepPlace: () => {} } })],
  ])('that %s is found out', async (_what, broken) => {
    const walks = PATHS.map((path) => walk(path, sessionRig({}, broken)));
    expect((await Promise.all(walks)).filter((difference) => difference !== null)).not.toEqual([]);
  });
});

describe('a graph', () => {
  test('is small and green when it is not told what can happen, which is why sizes are pinned', () => {
    expect(graphOf({}, [])).toMatchObject({ states: 1, steps: 0, paths: [] });
  });
});
