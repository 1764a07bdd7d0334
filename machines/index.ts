/**
 * The statecharts of ralph-actors, as they run: to visualise, to check, or to run under actors of your own.
 */
export { mergeQueueMachine, type MergeQueueContext, type MergeQueueEvent } from './merge-queue/machine.ts';
export { mermaidOf, withDiagrams } from './diagram.ts';
export type * from './protocol.ts';
export type { SessionContext, SessionInput } from './session/context.ts';
export type { SessionEvent } from './session/events.ts';
export { sessionMachine } from './session/machine.ts';
export type { AgentProcessInput, PlaceInput } from './session/setup.ts';
export type {
  SessionSettings,
  SupervisorContext,
  SupervisorInput,
  SupervisorOutput,
} from './supervisor/context.ts';
export type { ClosingReport, RecoveryReport, SupervisorEvent } from './supervisor/events.ts';
export { supervisorMachine } from './supervisor/machine.ts';
export type { StandInInput } from './supervisor/setup.ts';
