/**
 * Judges a run, fact by fact: one that goes on, before anything acts on the fact, or a recorded one, from its journal.
 *
 * What a promise *is* stands in `properties.ts`. This file owns the order in which they are asked, and the one promise that
 * no moment shows: what named one session never names another (S4), which needs the whole history.
 *
 * The first breach is the verdict. Whoever goes on after it is told of a state that should not exist.
 */
import type { SessionId } from './ids.ts';
import { PROPERTIES, type Violation } from './properties.ts';
import type { RunFact } from './run-fact.ts';
import { applyFact, EMPTY_SYSTEM_VIEW, type SystemView } from './system-view.ts';

/** A promise that a run has broken, and the fact that broke it. */
export interface Breach extends Violation {
  readonly property: string;
  /** The number of the fact, as in the journal: 0 for the first. */
  readonly seq: number;
  readonly type: RunFact['type'];
}

/** Follows one run from its first fact. */
export class RunJudge {
  #view: SystemView = EMPTY_SYSTEM_VIEW;
  #heard = 0;
  readonly #names = {
    session: new Set<SessionId>(),
    branch: new Set<string>(),
    worktree: new Set<string>(),
  };

  /** The moment after the last fact. */
  get view(): SystemView {
    return this.#view;
  }

  /** Takes the next fact in, and says which promise it breaks; null when it breaks none. */
  hear(fact: RunFact): Breach | null {
    const before = this.#view;
    const seq = this.#heard;
    this.#heard += 1;
    this.#view = applyFact(before, fact);
    const breach = (property: string, violation: Violation): Breach => ({
      property,
      seq,
      type: fact.type,
      ...violation,
    });

    const reuse = this.#reuse(fact);
    if (reuse !== null) return breach('S4 oneSessionPerTicket', { message: reuse });
    for (const property of PROPERTIES) {
      const verdict =
        property.kind === 'step' ? property.holds(before, fact, this.#view) : property.holds(this.#view);
      if (verdict !== true) return breach(property.name, verdict);
    }
    return null;
  }

  #reuse(fact: RunFact): string | null {
    switch (fact.type) {
      case 'session.dispatched':
        return this.#usedBefore('session', fact.session)
          ? `session id ${fact.session} was used before`
          : null;
      case 'session.prepared':
        for (const thing of ['branch', 'worktree'] as const)
          if (this.#usedBefore(thing, fact[thing])) return `${thing} ${fact[thing]} was used before`;
        return null;
      default:
        return null;
    }
  }

  #usedBefore(thing: 'session' | 'branch' | 'worktree', name: string): boolean {
    const used = this.#names[thing];
    if (used.has(name)) return true;
    used.add(name);
    return false;
  }
}

/** Says in one sentence which promise does not hold, and where. */
export function describeBreach({ property, seq, type, message }: Breach): string {
  return `${property} does not hold at entry ${seq} (${type}): ${message}`;
}
