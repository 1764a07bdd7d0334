/**
 * Faults as a person might make them, planted into copies of the session machine by hand.
 */
import { assign, sendParent } from 'xstate';

import { sessionMachine, type SessionContext } from '../../machines/index.ts';
import type { Mutant } from './mutate.ts';
import { answering, doing, redrawn } from './mutate-machine.ts';
import type { Session } from './real-session.ts';
import { SESSION_ENDS, SESSION_INVARIANTS } from './session-properties.ts';

const { M1, M2, M3, M4, M5, M6, M7 } = SESSION_INVARIANTS;

/** Every planted fault of the session machine. */
export const PLANTED_SESSION_FAULTS: readonly Omit<Mutant<Session>, 'scope'>[] = [
  {
    name: 'merge without asking the sweep',
    describe: 'an agent that exits well has completed, whatever it left running',
    killedBy: M2,
    machine: redrawn(sessionMachine, ['states', 'alive', 'on'], (on) => ({
      ...on,
      'process.exited': { target: 'completed', actions: 'rememberExit' },
    })),
  },
  {
    name: 'nobody sweeps',
    describe: 'a session whose agent exited gives its place back at once',
    killedBy: M4,
    machine: redrawn(sessionMachine, ['states', 'alive', 'on'], (on) => ({
      ...on,
      'process.exited': { target: 'releasing', actions: ['rememberExit', 'endByCause'] },
    })),
  },
  {
    name: 'survivors are let live',
    describe: 'an agent that exited well has completed, although a survivor could not be ended',
    killedBy: M2,
    machine: answering(
      sessionMachine,
      'agentSucceeded',
      ({ context: { exit } }: { readonly context: SessionContext }) => exit?.verdict.outcome === 'succeeded',
    ),
  },
  {
    name: 'objections are overlooked',
    describe: 'work that a person has to look at is merged where merges are automatic',
    killedBy: M2,
    machine: answering(
      sessionMachine,
      'mergeIsHeld',
      ({ context: { autoMerge } }: { readonly context: SessionContext }) => !autoMerge,
    ),
  },
  {
    name: 'the place is not given back',
    describe: 'a session whose work was merged is over at once',
    killedBy: M3,
    machine: redrawn(sessionMachine, ['states', 'merging', 'on'], () => ({
      'merge.finished': { target: 'released', actions: 'endByMerge' },
    })),
  },
  {
    name: 'the place is given back while the agent lives',
    describe: 'an agent is asked to end, and its place is given back meanwhile',
    killedBy: M4,
    machine: redrawn(sessionMachine, ['states', 'alive', 'states', 'running', 'on'], (on) => ({
      ...on,
      'session.terminate': { target: '#session.releasing', actions: ['causeTerminated', 'endByCause'] },
    })),
  },
  {
    name: 'the last cause wins',
    describe: 'a deadline after a stop request overwrites it',
    killedBy: M1,
    machine: doing(sessionMachine, 'causeTimedOut', assign({ cause: 'timedOut' })),
  },
  {
    name: 'the merge decides all',
    describe: 'a merge overwrites the ending that a session has',
    killedBy: M1,
    machine: redrawn(sessionMachine, ['states', 'releasing'], (state) => ({
      ...state,
      on: { 'merge.finished': { actions: assign({ ending: 'merged' }) } },
    })),
  },
  {
    name: 'merged without being told so',
    describe: 'a session that is answered ends merged, whatever the answer',
    killedBy: M2,
    machine: doing(sessionMachine, 'endByMerge', assign({ ending: 'merged' })),
  },
  {
    name: 'deaf while it prepares',
    describe: 'a request to end is passed over while the worktree is made',
    killedBy: M1,
    machine: redrawn(sessionMachine, ['states', 'preparing'], (state) => ({ ...state, on: {} })),
  },
  {
    name: 'deaf while it runs',
    describe: 'a request to end is passed over while the agent runs',
    killedBy: SESSION_ENDS,
    machine: redrawn(sessionMachine, ['states', 'alive', 'states', 'running', 'on'], (on) => ({
      ...on,
      'session.terminate': {},
    })),
  },
  {
    name: 'gives up on its merge',
    describe: 'a request to end takes a session away whose merge is under way',
    killedBy: M5,
    machine: redrawn(sessionMachine, ['states', 'merging', 'on'], (on) => ({
      ...on,
      'session.terminate': { target: 'releasing', actions: ['causeTerminated', 'endByCause'] },
    })),
  },
  {
    name: 'no deadline',
    describe: 'an agent may run for ever',
    killedBy: M5,
    machine: redrawn(sessionMachine, ['states', 'alive', 'states', 'running'], (state) => ({
      ...state,
      after: {},
    })),
  },
  {
    name: 'no deadline for the launch',
    describe: 'an agent may take for ever to be started',
    killedBy: M5,
    machine: redrawn(sessionMachine, ['states', 'alive', 'states', 'launching'], (state) => ({
      ...state,
      after: {},
    })),
  },
  {
    name: 'waits for the killed',
    describe: 'a session waits for ever for an agent that SIGKILL does not end',
    killedBy: M5,
    machine: redrawn(
      sessionMachine,
      ['states', 'alive', 'states', 'timingOut', 'states', 'killing'],
      (state) => ({ ...state, after: {} }),
    ),
  },
  {
    name: 'kills at once',
    describe: 'an agent that ignores its own stop signal is killed, and never terminated',
    killedBy: M6,
    machine: redrawn(
      sessionMachine,
      ['states', 'alive', 'states', 'timingOut', 'states', 'asking'],
      (state) => ({ ...state, after: { gracePeriod: 'killing' } }),
    ),
  },
  {
    name: 'kills and runs',
    describe: 'an agent is left as soon as SIGKILL is sent',
    killedBy: M4,
    machine: redrawn(
      sessionMachine,
      ['states', 'alive', 'states', 'timingOut', 'states', 'killing'],
      (state) => ({ ...state, always: '#session.sweeping' }),
    ),
  },
  {
    name: 'waits for the asked',
    describe: 'an agent that does not end when it is asked is waited for',
    killedBy: M5,
    machine: redrawn(
      sessionMachine,
      ['states', 'alive', 'states', 'timingOut', 'states', 'asking'],
      (state) => ({ ...state, after: { gracePeriod: 'asking' } }),
    ),
  },
  {
    name: 'completed too early',
    describe: 'an agent is said to have done its job as soon as it is being started',
    killedBy: M7,
    machine: redrawn(sessionMachine, ['states', 'alive', 'states', 'launching'], (state) => ({
      ...state,
      entry: 'reportCompleted',
    })),
  },
  {
    name: 'kept branch not told',
    describe: 'a session hands back that nothing was kept, whatever was',
    killedBy: M7,
    machine: redrawn(sessionMachine, [], (chart) => ({
      ...chart,
      output: (asked: { readonly context: SessionContext }) => ({
        ...(chart['output'] as (asked: unknown) => object)(asked),
        keptBranch: null,
      }),
    })),
  },
  {
    name: 'a clean sweep, whatever it was',
    describe: 'a session says of every sweep that nobody is left',
    killedBy: M7,
    machine: doing(
      sessionMachine,
      'reportExited',
      sendParent(({ context: { session, exit } }: { readonly context: SessionContext }) => ({
        type: 'session.exited',
        session,
        code: exit?.code ?? null,
        signal: null,
        survivorsFound: 0,
        survivorsLeft: 0,
      })),
    ),
  },
];
