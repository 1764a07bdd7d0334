/**
 * Checks one scope: explores everything that can happen in it and says what was found, in numbers.
 */
import type { supervisorMachine } from '../../machines/index.ts';
import { systemPlanOf } from '../domain/system-view.ts';
import type { Core, Output } from './core.ts';
import type { Slot } from './environment.ts';
import { domainCore, type DomainState } from './domain-model.ts';
import { explore, type PathStep, type Wrong } from './explore.ts';
import { sometimes } from './judged-by.ts';
import { LifeEnvironment, type LifeSlot } from './life-environment.ts';
import { RealEnvironment, type RealSlot } from './real-environment.ts';
import type { RealParts } from './real-parts.ts';
import { runModel, type Moment, type RunAction, type RunModel } from './run-model.ts';
import { backlogOf, limitsOf, type Scope } from './scope.ts';
import { inputOf } from './supervisor-input.ts';
import { supervisorCore, type SupervisorSnapshot } from './supervisor-model.ts';
import { upToSymmetry } from './symmetry.ts';

/** What checking a scope showed. */
export interface ScopeReport {
  readonly scope: string;
  readonly verdict: 'pass' | 'violation' | 'incomplete';
  readonly states: number;
  readonly transitions: number;
  /** States of the supervisor alone. */
  readonly nodes: number;
  readonly depth: number;
  /** Sightings that were made. */
  readonly seen: readonly string[];
  readonly counterexample: (Wrong & { readonly path: readonly RunStep[] }) | null;
}

/** One step of a run: what came to the supervisor, and what came of it. */
export interface RunStep extends RunAction {
  readonly outputs: readonly Output[];
}

/** How to check a scope. */
export interface CheckOptions {
  /** States to visit at most. */
  readonly budget?: number;
  /** Names of the properties to judge by; all by default. */
  readonly only?: readonly string[];
}

/** Checks a scope on the shipped supervisor, or on a mutant of it. */
export function checkScope(
  scope: Scope,
  options: CheckOptions & { readonly machine?: typeof supervisorMachine } = {},
): ScopeReport {
  return checkModel(scope, supervisorModelOf(scope, options), options);
}

/** Checks a scope on the hand-written rules. */
export function checkDomain(scope: Scope, options: CheckOptions = {}): ScopeReport {
  return checkModel(scope, domainModelOf(scope, options), options);
}

/** Checks a scope on the composition: the shipped supervisor, or a mutant of it, with the shipped machines around it. */
export function checkComposition(
  scope: Scope,
  options: CheckOptions & { readonly machine?: typeof supervisorMachine } & Omit<RealParts, 'only'> = {},
): ScopeReport {
  return checkModel(scope, compositionModelOf(scope, options), options);
}

/** The shipped machines in a scope, as a model. */
export function compositionModelOf(
  scope: Scope,
  options: CheckOptions & { readonly machine?: typeof supervisorMachine } & Omit<RealParts, 'only'> = {},
): RunModel<SupervisorSnapshot, RealSlot> {
  const { machine, budget: _budget, only, ...parts } = options;
  return runModel({
    core: supervisorCore(inputOf(scope), machine),
    environment: new RealEnvironment(scope, { ...parts, only: only ?? null }),
    scope,
    plan: systemPlanOf(backlogOf(scope), limitsOf(scope)),
    order: null,
    only: only ?? null,
  });
}

/** The shipped supervisor in a scope, as a model. */
export function supervisorModelOf(
  scope: Scope,
  options: CheckOptions & { readonly machine?: typeof supervisorMachine } = {},
): RunModel<SupervisorSnapshot, LifeSlot> {
  return modelOf(scope, supervisorCore(inputOf(scope), options.machine), options);
}

/** The hand-written rules in a scope, as a model. */
export function domainModelOf(scope: Scope, options: CheckOptions = {}): RunModel<DomainState, LifeSlot> {
  const { backlog, limits, header } = inputOf(scope);
  return modelOf(scope, domainCore(backlog, limits, header), options);
}

function modelOf<State>(scope: Scope, core: Core<State>, { only }: CheckOptions): RunModel<State, LifeSlot> {
  const backlog = backlogOf(scope);
  const plan = systemPlanOf(backlog, limitsOf(scope));
  return runModel({
    core,
    environment: new LifeEnvironment(scope),
    scope,
    plan,
    order: scope.symmetry ? upToSymmetry(backlog) : null,
    only: only ?? null,
  });
}

/** Checks a model of a scope. */
export function checkModel<State, S extends Slot>(
  scope: Scope,
  model: RunModel<State, S>,
  { budget, only }: CheckOptions,
): ScopeReport {
  const first = model.table.first.wrong;
  if (first !== null) {
    const counts = { states: 1, transitions: 0, nodes: 1, depth: 0, seen: [] };
    return { scope: scope.name, verdict: 'violation', ...counts, counterexample: { ...first, path: [] } };
  }
  const { counterexample, verdict, ...counts } = explore(model, budget === undefined ? {} : { budget });
  const { seen } = model.table;
  const unseen = scope.sees.find((name) => !seen.includes(name) && (only?.includes(sometimes(name)) ?? true));
  const report = { scope: scope.name, ...counts, nodes: model.reached.size, seen };
  if (verdict === 'pass' && unseen !== undefined) {
    const message = 'it never comes about in this scope, so a pass would mean nothing';
    return {
      ...report,
      verdict: 'violation',
      counterexample: { property: sometimes(unseen), message, path: [] },
    };
  }
  return {
    ...report,
    verdict,
    counterexample: counterexample && { ...counterexample, path: stepsOf(model, counterexample.path) },
  };
}

function stepsOf<State, S extends Slot>(
  model: RunModel<State, S>,
  path: readonly PathStep<Moment<State, S>, RunAction>[],
): readonly RunStep[] {
  let { node } = model.initial;
  return path.map(({ action: { event, text }, state }) => {
    const outputs = event === null ? [] : model.table.outputsOf(node, event);
    ({ node } = state);
    return { event, text, outputs };
  });
}
