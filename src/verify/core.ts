/**
 * The core of a run as the checker sees it: a state, events in, facts and commands out.
 *
 * Two cores answer to this: the shipped supervisor machine (`supervisor-model.ts`) and what it is meant to be, written by
 * hand over the functions of the domain (`domain-model.ts`). Everything above knows only this file, so both are
 * explored by the same code, under the same environment, and judged by the same properties.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import type { SessionId } from '../domain/ids.ts';
import type { RunFact } from '../domain/run-fact.ts';
import type { RunState } from '../domain/run-state.ts';
import type { OutcomeKind } from './session-life.ts';

/** The states of the supervisor's chart, by name. */
export const CHART_STATES = [
  'recovering',
  'dispatching',
  'paused',
  'draining',
  'stopping',
  'closing',
  'finished',
] as const;

/** One word of {@link CHART_STATES}. */
export type ChartState = (typeof CHART_STATES)[number];

/** Something that a core does to its children. What it does to `recover` and `closeRun` shows in its chart state. */
export type Command =
  | { readonly kind: 'spawnSession'; readonly session: SessionId }
  | { readonly kind: 'spawnStandIn'; readonly session: SessionId }
  | { readonly kind: 'spawnMergeQueue' }
  | { readonly kind: 'enqueueMerge'; readonly session: SessionId }
  | { readonly kind: 'terminate'; readonly session: SessionId }
  | { readonly kind: 'kill'; readonly session: SessionId }
  | { readonly kind: 'passOutcome'; readonly session: SessionId; readonly outcome: OutcomeKind }
  | { readonly kind: 'forget'; readonly actor: string };

/** What a core does in one step, in order: facts that it announces and commands that it gives. */
export type Output = RunFact | Command;

/** Commands that are given in one step. A table of steps makes equal ones the same object. */
export interface Orders {
  readonly index: number;
  readonly commands: readonly Command[];
}

/** One step of a core. */
export interface CoreStep<State> {
  readonly state: State;
  readonly outputs: readonly Output[];
}

/** What is to be seen of a core's state. */
export interface CoreLook {
  readonly run: RunState;
  readonly chart: ChartState;
  /** Tells whether the core holds the actor of a session, or what stands in for it. */
  readonly hasActor: (kind: 'session' | 'standIn', session: SessionId) => boolean;
  /** How many actors of sessions and of stand-ins the core holds. */
  readonly actors: number;
}

/** A run that is driven by events. */
export interface Core<State> {
  begin(): CoreStep<State>;
  /** May throw: a core that throws has violated its promise to be total. */
  take(state: State, event: SupervisorEvent): CoreStep<State>;
  lookAt(state: State): CoreLook;
}

/** Tells facts from commands. */
export function isFact(output: Output): output is RunFact {
  // Not `'type' in output`, which is slow for things of so many shapes.
  return (output as Partial<RunFact>).type !== undefined;
}
