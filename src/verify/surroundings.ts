/**
 * Everything around the supervisor at one moment, interned: equal surroundings are the same object.
 *
 * A scope has a hundred thousand states and a few thousand surroundings, so what may happen in them, and where the commands
 * of the supervisor lead, is asked of the environment once and looked up from then on.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import type { Orders } from './core.ts';
import { withSlot, type Environment, type Fault, type Move, type Slot } from './environment.ts';
import { IntRows, PairTable } from './int-rows.ts';

/** The slots at one moment, and what may still break. */
export interface Surroundings<S extends Slot> {
  readonly index: number;
  readonly slots: readonly S[];
  readonly faults: Readonly<Record<Fault, number>>;
}

/** What happened in one step of a run. */
export interface RunAction {
  /** What came to the supervisor; null for what it did not notice. */
  readonly event: SupervisorEvent | null;
  readonly text: string;
}

/** Something that may happen around the supervisor. */
export interface Stir<S extends Slot> {
  readonly move: RunAction & Pick<Move, 'isOwed'>;
  /** The surroundings afterwards, before the commands are followed that the supervisor gives in return. */
  readonly next: Surroundings<S>;
}

/** All surroundings of one environment, as far as they have been met. */
export class SurroundingsTable<S extends Slot> {
  readonly initial: Surroundings<S>;
  readonly #environment: Environment<S>;
  readonly #rows: IntRows;
  readonly #known: Surroundings<S>[] = [];
  readonly #stirs: (readonly Stir<S>[])[] = [];
  readonly #followed = new PairTable<Surroundings<S>>();

  constructor(environment: Environment<S>, faults: Surroundings<S>['faults']) {
    this.#environment = environment;
    const { initial } = environment;
    this.#rows = new IntRows(initial.length + 2);
    this.initial = this.#intern(initial, faults);
  }

  /** What may happen, always in the same order. */
  stirs(around: Surroundings<S>): readonly Stir<S>[] {
    return (this.#stirs[around.index] ??= this.#stirsOf(around));
  }

  /** The surroundings after the supervisor has given orders. */
  follow(around: Surroundings<S>, orders: Orders): Surroundings<S> {
    if (orders.commands.length === 0) return around;
    let next = this.#followed.get(around.index, orders.index);
    if (next === undefined) {
      let { slots } = around;
      for (const command of orders.commands) slots = this.#environment.follow(slots, command);
      next = this.#intern(slots, around.faults);
      this.#followed.set(around.index, orders.index, next);
    }
    return next;
  }

  #stirsOf({ slots, faults }: Surroundings<S>): readonly Stir<S>[] {
    const isLeft = (fault: Fault | null): boolean => fault === null || faults[fault] > 0;
    const isPermitted = this.#environment.permits(slots);
    const stirs: Stir<S>[] = [];
    for (const { event, isOwed, fault } of this.#environment.faults) {
      if (!isLeft(fault)) continue;
      const move = { event, text: event.type, isOwed };
      stirs.push({ move, next: this.#intern(slots, less(faults, fault)) });
    }
    for (const slot of slots) {
      for (const move of slot.moves) {
        if (!isLeft(move.fault) || !isPermitted(move)) continue;
        stirs.push({ move, next: this.#intern(slots, less(faults, move.fault), move.next as S) });
      }
    }
    return stirs;
  }

  /** The surroundings of these slots, of which one may be changed. The list is copied only for surroundings that are new. */
  #intern(slots: readonly S[], faults: Surroundings<S>['faults'], changed: S | null = null): Surroundings<S> {
    const { row } = this.#rows;
    if (slots.length + 2 !== row.length) {
      throw new Error(`the surroundings have ${slots.length} slots now, and had ${row.length - 2}`);
    }
    for (let index = 0; index < slots.length; index += 1) row[index] = numberOf(slots[index]!.code);
    if (changed !== null) row[changed.index] = numberOf(changed.code);
    row[slots.length] = faults.session;
    row[slots.length + 1] = faults.mergeQueue;
    const index = this.#rows.intern();
    return (this.#known[index] ??= {
      index,
      slots: changed === null ? slots : withSlot(slots, changed),
      faults,
    });
  }
}

/** The number of a slot's code, which is one character. */
export function numberOf(code: string): number {
  if (code.length !== 1) throw new Error(`the code of a slot is one character, not "${code}"`);
  return code.charCodeAt(0);
}

function less(faults: Readonly<Record<Fault, number>>, fault: Fault | null): Readonly<Record<Fault, number>> {
  return fault === null ? faults : { ...faults, [fault]: faults[fault] - 1 };
}
