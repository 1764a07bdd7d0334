/**
 * A supervisor with hand-held children: sessions are stubs that report what the test says, so that a test speaks of the
 * run only. Facts are written down as they are announced.
 */
import { assign, createActor, fromPromise, setup } from 'xstate';

import { supervisorMachine, type SessionReport, type SessionResult } from '../../machines/index.ts';
import type { Backlog } from '../../src/domain/backlog.ts';
import { findSession } from '../../src/domain/live-sessions.ts';
import type { MergeOutcome, RunFact, StopReason } from '../../src/domain/run-fact.ts';
import { systemPlanOf } from '../../src/domain/system-view.ts';
import type { RunLimits, RunState } from '../../src/domain/run-state.ts';
import type { RecoveredWork } from '../../src/domain/work.ts';

export const SIGINT: StopReason = { kind: 'signal', signal: 'SIGINT' };

export interface RunRig {
  readonly facts: RunFact[];
  /** Types of the facts so far, without the header. */
  types(): string[];
  state(): unknown;
  send(event: Parameters<ReturnType<typeof createActor<typeof supervisorMachine>>['send']>[0]): void;
  dispatch(ticket: string, session: string): void;
  /** Sends what a session would report. */
  report(session: string, type: SessionReport['type']): void;
  /** Lets the session's work reach the merge queue, and answers the merge. */
  merge(session: string, outcome: MergeOutcome): Promise<void>;
  /** Answers the merge that is under way. */
  answerMerge(outcome: MergeOutcome): Promise<void>;
  /** Lets every stand-in break from now on. */
  breakStandIns(): void;
  /** The phase in which the supervisor believes a session to be. */
  phaseOf(session: string): string | undefined;
  /** Ends a session's actor with its result. */
  end(session: string, result: Partial<SessionResult> & Pick<SessionResult, 'ending'>): Promise<void>;
  /** Breaks a session's own machine. */
  breakSession(session: string): Promise<void>;
  recovered(...landed: readonly RecoveredWork[]): Promise<void>;
  recoveryFails(reason: string): Promise<void>;
  closed(): Promise<void>;
  /** What the supervisor knows of the run. */
  known(): RunState;
  /** What broke the supervisor itself; null while it works. */
  broke(): unknown;
  /** What the supervisor told a session, in order. */
  told(session: string): string[];
  live(): string[];
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

export function runRig(
  backlog: Backlog,
  limits: Partial<RunLimits> = {},
  shipped = supervisorMachine,
): RunRig {
  const all: RunLimits = { workers: 2, attemptsMax: 1, dispatchesMax: 0, ...limits };
  const plan = systemPlanOf(backlog, all);
  const facts: RunFact[] = [];
  let broke: unknown = null;
  const told = new Map<string, string[]>();
  const results = new Map<
    string,
    { resolve: (result: SessionResult) => void; reject: (error: Error) => void }
  >();
  let doStandInsBreak = false;
  const steps = new Map<string, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  const step = (name: string) =>
    fromPromise<never, never>(() => new Promise((resolve, reject) => steps.set(name, { resolve, reject })));

  // As a session: it hears what it is told, and its life is a promise in the test's hands.
  const stubSession = setup({
    types: {
      input: {} as { readonly session: string },
      context: {} as { readonly session: string; readonly result: SessionResult | null },
      output: {} as SessionResult,
    },
    actors: {
      life: fromPromise<SessionResult, { readonly session: string }>(
        ({ input }) =>
          new Promise((resolve, reject) => {
            results.set(input.session, { resolve, reject });
          }),
      ),
    },
    actions: {
      keep: assign(({ event }) => ({ result: (event as unknown as { output: SessionResult }).output })),
      hear: ({ context, event }) => {
        told.set(context.session, [...(told.get(context.session) ?? []), event.type]);
      },
    },
  }).createMachine({
    context: ({ input }) => ({ ...input, result: null }),
    initial: 'alive',
    output: ({ context }) => context.result!,
    states: {
      alive: {
        invoke: { src: 'life', input: ({ context }) => context, onDone: { target: 'over', actions: 'keep' } },
        on: {
          'session.terminate': { actions: 'hear' },
          'session.kill': { actions: 'hear' },
          'merge.finished': { actions: 'hear' },
        },
      },
      over: { type: 'final' },
    },
  });

  const machine = shipped.provide({
    actors: {
      session: stubSession as never,
      recover: step('recover') as never,
      closeRun: step('closeRun') as never,
      standIn: fromPromise<SessionResult, { session: string; reason: string }>(({ input }) =>
        doStandInsBreak
          ? Promise.reject(new Error('the stand-in broke'))
          : Promise.resolve({
              session: input.session,
              ending: 'lost',
              reason: input.reason,
              keptBranch: null,
              keptWorktree: null,
            }),
      ),
    },
  });
  // The merge queue keeps its machine; only the merge itself is in the test's hands.
  const queue = (
    machine.implementations.actors as unknown as Record<string, { provide(given: object): never }>
  )['mergeQueue']!;
  const supervisor = createActor(
    machine.provide({ actors: { mergeQueue: queue.provide({ actors: { mergeWork: step('merge') } }) } }),
    {
      input: {
        header: {
          type: 'run.started',
          run: 'r',
          version: '0',
          owner: { pid: 1, startTime: '', bootId: '' },
          target: 'main',
          targetCommit: 'c0',
          ...all,
          tickets: backlog.tickets.map((ticket, position) => ({ ...ticket, ...plan.tickets[position]! })),
        },
        backlog,
        limits: all,
        sessions: {
          timeouts: { firstMs: 1000, incrementMs: 0, maxMs: 0 },
          gracePeriodMs: 100,
          agentCanBeAsked: false,
          allowNoChanges: false,
          autoMerge: true,
        },
      },
    },
  );
  supervisor.on('*', (fact) => facts.push(fact));
  // Unheard, the error would be thrown into the process.
  supervisor.subscribe({
    error: (error) => {
      broke = error;
    },
  });
  supervisor.start();

  const answer = async (name: string, how: 'resolve' | 'reject', value: unknown): Promise<void> => {
    const waiting = steps.get(name);
    if (waiting === undefined) throw new Error(`no step "${name}" is under way`);
    steps.delete(name);
    waiting[how](value as never);
    await settled();
  };
  return {
    facts,
    types: () => facts.slice(1).map(({ type }) => type),
    state: () => supervisor.getSnapshot().value,
    send: (event) => supervisor.send(event),
    dispatch: (ticket, session) => supervisor.send({ type: 'dispatch', ticket, session }),
    report: (session, type) => supervisor.send({ type, session } as never),
    merge: async (session, outcome) => {
      supervisor.send({
        type: 'merge.requested',
        session,
        request: { session, ticket: 't', title: '', branch: 'b', head: 'h' },
      });
      await answer('merge', 'resolve', outcome);
    },
    answerMerge: (outcome) => answer('merge', 'resolve', outcome),
    breakStandIns: () => {
      doStandInsBreak = true;
    },
    phaseOf: (session) => findSession(supervisor.getSnapshot().context.run.sessions, session)?.phase,
    end: async (session, result) => {
      results.get(session)?.resolve({ session, reason: '', keptBranch: null, keptWorktree: null, ...result });
      await settled();
    },
    breakSession: async (session) => {
      results.get(session)?.reject(new Error('boom'));
      await settled();
    },
    recovered: (...landed) => answer('recover', 'resolve', { notes: [], landed }),
    recoveryFails: (reason) => answer('recover', 'reject', new Error(reason)),
    closed: () => answer('closeRun', 'resolve', { publication: null }),
    known: () => supervisor.getSnapshot().context.run,
    broke: () => broke,
    told: (session) => told.get(session) ?? [],
    live: () => Object.keys(supervisor.getSnapshot().children),
  };
}
