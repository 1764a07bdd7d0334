/**
 * Broken copies of the shipped session machine, each with the property that is meant to notice: every guard forced both
 * ways, every action left out, and faults as a person might make them. They are explored alone, where anything may happen.
 */
import { sessionMachine } from '../../machines/index.ts';
import type { Mutant } from './mutate.ts';
import { answering, leavingOut } from './mutate-machine.ts';
import { PLANTED_SESSION_FAULTS } from './planted-session-faults.ts';
import type { Session } from './real-session.ts';
import { SESSION_INVARIANTS, SESSION_TOTAL } from './session-properties.ts';

/** A broken copy of the session machine. */
export type SessionMutant = Mutant<Session> & { readonly of: 'session' };

/** A word of the machine and the property that notices when it is broken. */
type Kill = readonly [word: string, killedBy: string];

const { M1, M2, M4, M5, M6, M7 } = SESSION_INVARIANTS;

/**
 * `endedFailed` is not among them: it is asked last, and a session that is over has an ending, so it could only take a place
 * that nobody needs.
 */
const GUARDS_DROPPED: readonly Kill[] = [
  ['isAskedToEnd', M1],
  ['agentCannotBeAsked', M6],
  ['agentSucceeded', M2],
  ['hasNoWork', 'sometimes ends merged'],
  ['mergeIsHeld', 'sometimes ends merged'],
  ['endedMerged', M1],
  ['endedNoChanges', M1],
  ['endedTimedOut', M1],
  ['endedStalled', M1],
  ['endedTerminated', M1],
  ['endedConflicted', M1],
  ['endedRejected', M1],
];

const GUARDS_CLOSED: readonly Kill[] = [
  ['isAskedToEnd', M1],
  ['agentCannotBeAsked', M6],
  ['agentSucceeded', 'sometimes ends merged'],
  ['hasNoWork', M2],
  ['mergeIsHeld', M2],
  ['endedMerged', M1],
  ['endedNoChanges', M1],
  ['endedFailed', M1],
  ['endedTimedOut', M1],
  ['endedStalled', M1],
  ['endedTerminated', M1],
  ['endedConflicted', M1],
  ['endedRejected', M1],
];

const ACTIONS_LEFT_OUT: readonly Kill[] = [
  ['rememberPlace', SESSION_TOTAL],
  ['rememberExit', M7],
  ['rememberSweep', M7],
  ['rememberWork', M7],
  ['rememberRelease', M7],
  ['causeTimedOut', M1],
  ['causeStalled', M1],
  ['causeTerminated', M1],
  ['endByCause', M1],
  ['endNoChanges', M1],
  ['endHeld', M1],
  ['endFailed', M1],
  ['endByMerge', M1],
  ['keepPlace', M7],
  ['askAgent', M6],
  ['terminateAgent', M6],
  ['killAgent', M4],
  ['reportPrepared', M7],
  ['reportLaunched', M7],
  ['reportTimingOut', M7],
  ['reportExited', M7],
  ['reportCompleted', M7],
  ['reportVerified', M7],
  ['requestMerge', M5],
  ['reportReleasing', M7],
];

/** Every mutant of the session machine that must be killed. */
export const SESSION_MUTANTS: readonly SessionMutant[] = [
  ...GUARDS_DROPPED.map(([guard, killedBy]) => ({
    name: `${guard}: always`,
    describe: `the guard \`${guard}\` is dropped`,
    killedBy,
    machine: answering(sessionMachine, guard, () => true),
  })),
  ...GUARDS_CLOSED.map(([guard, killedBy]) => ({
    name: `${guard}: never`,
    describe: `the guard \`${guard}\` lets nothing pass`,
    killedBy,
    machine: answering(sessionMachine, guard, () => false),
  })),
  ...ACTIONS_LEFT_OUT.map(([action, killedBy]) => ({
    name: `${action}: left out`,
    describe: `the action \`${action}\` is left out`,
    killedBy,
    machine: leavingOut(sessionMachine, action),
  })),
  ...PLANTED_SESSION_FAULTS,
].map((mutant) => ({ ...mutant, of: 'session', scope: 'session' }) as const);
