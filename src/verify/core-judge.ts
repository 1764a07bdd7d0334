/**
 * Judges the steps and states of a core by the promises of a run and by what a supervisor must keep beside them.
 */
import type { RunFact } from '../domain/run-fact.ts';
import {
  PROPERTIES,
  type Property,
  type StateProperty,
  type StepProperty,
  type Violation,
} from '../domain/properties.ts';
import { SIGHTINGS, type Sighting } from '../domain/sightings.ts';
import { systemViewOf, type SystemPlan, type SystemView } from '../domain/system-view.ts';
import type { CoreLook, Output } from './core.ts';
import {
  CORE_PROPERTIES,
  TOLD_IS_KNOWN,
  type CoreProperty,
  type CoreStateProperty,
  type CoreStepProperty,
} from './core-properties.ts';
import type { Wrong } from './explore.ts';

/** Judges by all properties, or by some, and notes what was seen. */
export class CoreJudge {
  readonly #plan: SystemPlan;
  readonly #ofStates: readonly StateProperty[];
  readonly #ofSteps: readonly StepProperty[];
  readonly #ofCoreStates: readonly CoreStateProperty[];
  readonly #ofCoreSteps: readonly CoreStepProperty[];
  readonly #isTruthWanted: boolean;
  #unseen: readonly Sighting[] = SIGHTINGS;

  /** Takes names of the properties to judge by; all when null. */
  constructor(plan: SystemPlan, only: readonly string[] | null) {
    this.#plan = plan;
    const isWanted = ({ name }: { readonly name: string }): boolean => only?.includes(name) ?? true;
    const ofRun = PROPERTIES.filter(isWanted);
    const ofCore = CORE_PROPERTIES.filter(isWanted);
    this.#ofStates = ofRun.filter((property) => isOf('state', property));
    this.#ofSteps = ofRun.filter((property) => isOf('step', property));
    this.#ofCoreStates = ofCore.filter((property) => isOf('state', property));
    this.#ofCoreSteps = ofCore.filter((property) => isOf('step', property));
    this.#isTruthWanted = isWanted({ name: TOLD_IS_KNOWN });
  }

  /** Names of the sightings that were made so far. */
  get seen(): readonly string[] {
    return SIGHTINGS.filter((sighting) => !this.#unseen.includes(sighting)).map(({ name }) => name);
  }

  /** What is wrong with one fact, seen with the moments around it. */
  judgeFact(before: SystemView, fact: RunFact, after: SystemView): Wrong | null {
    if (this.#unseen.some((sighting) => sighting.isSeen(after, fact))) {
      this.#unseen = this.#unseen.filter((sighting) => !sighting.isSeen(after, fact));
    }
    for (const property of this.#ofSteps) {
      const verdict = property.holds(before, fact, after);
      if (verdict !== true) return wrongOf(property, verdict);
    }
    return null;
  }

  /** What is wrong with one moment. */
  judgeView(view: SystemView): Wrong | null {
    for (const property of this.#ofStates) {
      const verdict = property.holds(view);
      if (verdict !== true) return wrongOf(property, verdict);
    }
    return null;
  }

  /** What is wrong with everything that a core did in one step. */
  judgeStep(outputs: readonly Output[], before: SystemView): Wrong | null {
    for (const property of this.#ofCoreSteps) {
      const message = property.judge(outputs, before);
      if (message !== null) return { property: property.name, message };
    }
    return null;
  }

  /** What is wrong with a state, by what it told and, where that is not the same, by what it knows. */
  judgeState(look: CoreLook, told: SystemView, difference: string | null): Wrong | null {
    let wrong = this.judgeView(told);
    if (difference !== null) wrong ??= this.judgeView(systemViewOf(this.#plan, look.run, told.phase));
    for (const property of this.#ofCoreStates) {
      if (wrong !== null) break;
      const message = property.judge(look);
      if (message !== null) wrong = { property: property.name, message };
    }
    return wrong;
  }

  /** What is wrong when what was told and what is known differ. */
  judgeTruth(difference: string | null): Wrong | null {
    return difference !== null && this.#isTruthWanted
      ? { property: TOLD_IS_KNOWN, message: difference }
      : null;
  }
}

function wrongOf({ name }: Property, { message }: Violation): Wrong {
  return { property: name, message };
}

function isOf<Kind extends 'state' | 'step', P extends Property | CoreProperty>(
  kind: Kind,
  property: P,
): property is Extract<P, { readonly kind: Kind }> {
  return property.kind === kind;
}
