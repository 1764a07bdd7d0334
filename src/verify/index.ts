/**
 * What checks a run, recorded or modelled, against the promises of the orchestrator.
 */
export type { JournalEntry } from '../domain/journal-entry.ts';
export {
  PROPERTIES,
  type Property,
  type StateProperty,
  type StepProperty,
  type Violation,
} from '../domain/properties.ts';
export { SIGHTINGS, type Sighting } from '../domain/sightings.ts';
export {
  applyFact,
  EMPTY_SYSTEM_VIEW,
  systemPlanOf,
  systemViewOf,
  type SystemPlan,
  type SystemSession,
  type SystemTicket,
  type SystemView,
} from '../domain/system-view.ts';
export { checkTrace, type TraceVerdict, type TraceViolation } from './trace-check.ts';
