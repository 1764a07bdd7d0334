/**
 * The programming interface of ralph-actors: open a project, start a run, follow it.
 */
export type { Config } from './config/schema.ts';
export type { Ending } from './domain/ending.ts';
export type { JournalEntry } from './domain/journal-entry.ts';
export type { RunFact, StopReason } from './domain/run-fact.ts';
export type { RunReport, TicketReport } from './domain/run-report.ts';
export { emptyRunView, type RunView } from './domain/run-view.ts';
export {
  openProject,
  type OpenedProject,
  type Project,
  type ProjectOptions,
} from './orchestrator/project.ts';
export type { RunHandle, RunOptions, StartedRun } from './orchestrator/run-handle.ts';
export { startRun } from './orchestrator/start-run.ts';
export { VERSION } from './orchestrator/version.ts';
