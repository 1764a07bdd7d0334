/**
 * By which properties is a scope judged?
 */
import { EVENTUALITIES, STOP_ENDS, type Eventuality } from '../domain/eventualities.ts';
import { PROPERTIES } from '../domain/properties.ts';
import { ACTIONS_TOTAL, CORE_PROPERTIES, TOLD_IS_KNOWN } from './core-properties.ts';
import { OVER_AFTER_MERGE } from './life-environment.ts';
import type { Scope } from './scope.ts';

/** Names everything that must hold in a scope: what must always, what must stay within reach, and what must be seen. */
export function judgedBy(scope: Scope): readonly string[] {
  return [
    ...[...PROPERTIES, ...CORE_PROPERTIES].map(({ name }) => name),
    ACTIONS_TOTAL,
    TOLD_IS_KNOWN,
    OVER_AFTER_MERGE,
    ...eventualitiesIn(scope).map(({ name }) => name),
    ...scope.sees.map(sometimes),
  ];
}

/** What must come about in a scope: of agents that never end by themselves, only what holds even of them. */
export function eventualitiesIn({ agents }: Scope): readonly Eventuality[] {
  return agents === 'endByThemselves'
    ? EVENTUALITIES
    : EVENTUALITIES.filter(({ name }) => name === STOP_ENDS);
}

/** The name under which it is reported that something was never seen. */
export function sometimes(sighting: string): string {
  return `sometimes ${sighting}`;
}
