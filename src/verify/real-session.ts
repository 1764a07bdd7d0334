/**
 * The shipped session machine as the checker takes it: what it remembers, what may happen to it, what it must keep.
 */
import type { SnapshotFrom } from 'xstate';

import { sessionMachine, type SessionInput, type SessionReport } from '../../machines/index.ts';
import { MachineTable, type MachineEdge, type MachineKind, type MachineNode } from './machine-table.ts';
import type { PureState } from './pure-machine.ts';
import { SESSION_PROPERTIES, SESSION_TOTAL } from './session-properties.ts';
import {
  chancesOf,
  NEW_WORLD,
  settled,
  worldAfter,
  type SessionWorld,
  type WorldSettings,
} from './session-world.ts';

/** The shipped session machine, or a mutant of it. */
export type Session = typeof sessionMachine;

/** A state of a session. */
export type SessionNode = MachineNode<Session, SessionReport, SessionWorld>;

/** A step of a session. */
export type SessionEdge = MachineEdge<Session, SessionReport, SessionWorld>;

/** The states and steps of one session. */
export type SessionTable = MachineTable<Session, SessionReport, SessionWorld>;

/** Makes the table of one session. */
export function sessionTable(
  input: SessionInput,
  settings: WorldSettings,
  {
    machine = sessionMachine,
    only = null,
  }: { readonly machine?: Session; readonly only?: readonly string[] | null },
): SessionTable {
  const kind: MachineKind<Session, SessionReport, SessionWorld> = {
    machine,
    input,
    newWorld: NEW_WORLD,
    worldAfter: (world, event, deeds, before) =>
      worldAfter(world, event, deeds, before !== null && isAgentOpen(before)),
    settled,
    memoryOf,
    chancesOf: (state, world) => chancesOf(input, state, world, settings),
    properties: SESSION_PROPERTIES,
    total: SESSION_TOTAL,
  };
  return new MachineTable(kind, only);
}

/** True while it is open how the agent ends: its place is being made, or it is there. */
function isAgentOpen({ running }: PureState<Session>): boolean {
  return running.includes('prepareWorktree') || running.includes('agentProcess');
}

/** What it only passes on to a person, as the reason of a failure, is left out. */
function memoryOf({ snapshot }: { readonly snapshot: SnapshotFrom<Session> }): unknown {
  const { place, cause, exit, sweep, work, ending, release } = snapshot.context;
  return [
    place !== null,
    cause,
    exit?.verdict.outcome ?? null,
    sweep?.survivorsLeft ?? null,
    work?.commits ?? null,
    ending,
    release?.keptBranch ?? null,
  ];
}
