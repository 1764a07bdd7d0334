/**
 * A session machine with its actors in the test's hands: each step waits until the test lets it succeed or fail, and
 * everything the session reports to its parent is written down.
 */
import { assign, createActor, fromCallback, fromPromise, setup, type AnyEventObject } from 'xstate';

import {
  sessionMachine,
  type AgentCommand,
  type AgentProcessInput,
  type PlaceInput,
  type SessionEvent,
  type AgentReport,
  type SessionResult,
} from '../../machines/index.ts';
import type { SessionContext, SessionInput } from '../../machines/session/context.ts';
import type { SweepReport, WorkReport, ReleaseReport, SessionPlace } from '../../src/domain/work.ts';
import { transitionName } from './transitions.ts';

type PrepareInput = { readonly session: string; readonly ticket: string };
type SweepInput = { readonly session: string };

/** A step under way: exactly one of the two is to be called. */
export interface Step<Result> {
  succeed(result: Result): Promise<void>;
  fail(reason: string): Promise<void>;
}

export const PLACE: SessionPlace = {
  session: 's1',
  ticket: 't1',
  worktree: '/w/s1',
  branch: 'ralph/t1/s1',
  base: 'b0',
};
export const WORK: WorkReport = { head: 'h1', commits: 1, leftoversCommitted: false, objection: null };
export const CLEAN_SWEEP: SweepReport = { survivorsFound: 0, survivorsLeft: 0 };
export const ALL_GIVEN_BACK: ReleaseReport = { keptBranch: null, keptWorktree: null };
export const EXITED_WELL: AgentReport = {
  type: 'process.exited',
  exit: { code: 0, signal: null, verdict: { outcome: 'succeeded' } },
};
export const EXITED_BADLY: AgentReport = {
  type: 'process.exited',
  exit: { code: 3, signal: null, verdict: { outcome: 'failed', reason: 'exit code 3: no idea' } },
};
export const SPAWNED: AgentReport = {
  type: 'process.spawned',
  process: { pid: 7, startTime: '1', bootId: 'x' },
};

export interface SessionRig {
  /** Types of everything reported so far, in order. */
  reports(): string[];
  /** What the agent's process was told, in order. */
  readonly told: string[];
  prepare: Step<SessionPlace>;
  sweep: Step<SweepReport>;
  verify: Step<WorkReport>;
  release: Step<ReleaseReport>;
  /** A report of the agent process. */
  agent(report: AgentReport): void;
  /** Breaks the actor that holds the agent's process. */
  breakAgent(reason: string): void;
  /** A request of the supervisor. */
  ask(event: SessionEvent): void;
  state(): unknown;
  context(): SessionContext | undefined;
  /** True while something of its own will end the state it is in: a timer, or an actor. */
  isBounded(): boolean;
  /** Names of the transitions of the session's chart that were taken, in order. */
  readonly taken: string[];
  /** Lets every timer that is due by then fire, in order. */
  elapse(ms: number): void;
  /** What the session handed to its parent, or null while it lives. */
  result(): SessionResult | null;
}

export const INPUT: SessionInput = {
  session: 's1',
  ticket: 't1',
  title: 'T',
  attempt: 1,
  attemptTimeoutMs: 1000,
  gracePeriodMs: 100,
  agentCanBeAsked: true,
  allowNoChanges: false,
  autoMerge: true,
};

export function sessionRig(given: Partial<SessionInput> = {}, machine = sessionMachine): SessionRig {
  const told: string[] = [];
  const waiting = new Map<string, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  const step = <Result, Input>(name: string) =>
    fromPromise<Result, Input>(
      () => new Promise<Result>((resolve, reject) => waiting.set(name, { resolve, reject })),
    );
  let sendFromAgent: (event: AgentReport) => void = () => {
    throw new Error('the agent process has not been started');
  };
  const session = machine.provide({
    actors: {
      prepareWorktree: step<SessionPlace, PrepareInput>('prepare'),
      sweepSurvivors: step<SweepReport, SweepInput>('sweep'),
      verifyWork: step<WorkReport, SessionPlace>('verify'),
      releasePlace: step<ReleaseReport, PlaceInput>('release'),
      agentProcess: fromCallback<AgentCommand, AgentProcessInput>(({ sendBack, receive }) => {
        sendFromAgent = sendBack;
        receive((command) => {
          if ('reason' in command) throw new Error(String(command.reason));
          told.push(command.type);
        });
      }),
    },
  });
  const parent = setup({
    types: {
      context: {} as { readonly reports: readonly AnyEventObject[]; readonly result: SessionResult | null },
    },
    actors: { session },
  }).createMachine({
    context: { reports: [], result: null },
    invoke: {
      id: 's',
      src: 'session',
      input: { ...INPUT, ...given },
      onDone: { actions: assign(({ event }) => ({ result: event.output })) },
    },
    on: { '*': { actions: assign(({ context, event }) => ({ reports: [...context.reports, event] })) } },
  });
  const taken: string[] = [];
  const timers: { at: number; fire: () => void }[] = [];
  let now = 0;
  const actor = createActor(parent, {
    inspect: (event) => {
      if (event.type !== '@xstate.microstep' || event.actorRef === actor) return;
      taken.push(...event._transitions.map(transitionName));
    },
    clock: {
      setTimeout: (fire, delay) => {
        const timer = { at: now + delay, fire };
        timers.push(timer);
        return timer;
      },
      clearTimeout: (timer) => {
        const at = timers.indexOf(timer as never);
        if (at >= 0) timers.splice(at, 1);
      },
    },
  });
  actor.start();
  const child = () => actor.getSnapshot().children['s'];
  const inside = () => child()?.getSnapshot();
  const stepOf = <Result>(name: string): Step<Result> => {
    const settle = async (how: 'resolve' | 'reject', value: unknown): Promise<void> => {
      const waited = waiting.get(name);
      if (waited === undefined) throw new Error(`no step "${name}" is under way`);
      waiting.delete(name);
      waited[how](value as never);
      // A promise actor answers a few microtasks after its promise.
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    };
    return {
      succeed: (result) => settle('resolve', result),
      fail: (reason) => settle('reject', new Error(reason)),
    };
  };
  return {
    reports: () => actor.getSnapshot().context.reports.map(({ type }) => type),
    told,
    prepare: stepOf('prepare'),
    sweep: stepOf('sweep'),
    verify: stepOf('verify'),
    release: stepOf('release'),
    agent: (report) => sendFromAgent(report),
    ask: (event) => child()?.send(event),
    breakAgent: (reason) => inside()?.children['agentProcess']?.send({ type: 'break', reason }),
    state: () => inside()?.value,
    context: () => inside()?.context,
    isBounded: () => timers.length > 0 || Object.keys(inside()?.children ?? {}).length > 0,
    taken,
    elapse: (ms) => {
      now += ms;
      for (let due = next(timers, now); due !== undefined; due = next(timers, now)) {
        timers.splice(timers.indexOf(due), 1);
        due.fire();
      }
    },
    result: () => actor.getSnapshot().context.result,
  };
}

function next(timers: readonly { at: number; fire: () => void }[], now: number) {
  return timers.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)[0];
}
