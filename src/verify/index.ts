/**
 * What checks a run, recorded or modelled, against the promises of the orchestrator: `ralph-actors/verify`.
 *
 * `checkTrace` judges a journal. `checkScope` tries everything that can happen in a small world, one of `SCOPES` or one
 * made by `scopeOf`. `explore` does the same for any model.
 */
export { EVENTUALITIES, type Eventuality } from '../domain/eventualities.ts';
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
export { checkDomain, checkScope, type CheckOptions, type RunStep, type ScopeReport } from './check-scope.ts';
export {
  drawCounterexample,
  replayCounterexample,
  saveCounterexample,
  tellCounterexample,
  type Finding,
  type SavedCounterexample,
} from './counterexample.ts';
export {
  explore,
  type Counterexample,
  type Exploration,
  type Goal,
  type Model,
  type PathStep,
  type Step,
  type Wrong,
} from './explore.ts';
export { ALL_MUTANTS, killMutant, type AnyMutant, type MutantReport } from './kill-mutants.ts';
export type { Mutant, Supervisor } from './mutate.ts';
export { scopeOf, type Faults, type OperatorRequest, type Scope, type ScopeTicket } from './scope.ts';
export { KNOWN_COUNTS, SCOPES, type KnownCounts } from './scopes.ts';
export { checkTrace, type TraceVerdict, type TraceViolation } from './trace-check.ts';
