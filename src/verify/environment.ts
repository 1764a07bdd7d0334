/**
 * What surrounds the supervisor, as a model of a run asks for it.
 *
 * There are two surroundings: sessions told by their lives (`life-environment.ts`), small enough for large scopes, and the
 * real machines of sessions and of the merge queue (`real-environment.ts`). Both are made of *slots*, one for each ticket and
 * more where needed. Slots are interned, and what may happen in one is worked out once: a slot is met millions of
 * times, and there are a few hundred.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import type { SessionId } from '../domain/ids.ts';
import type { RunState } from '../domain/run-state.ts';
import type { Command, CoreLook } from './core.ts';
import type { Wrong } from './explore.ts';

/** One part of the surroundings. Equal slots are the same object. */
export interface Slot {
  /** Its place among the slots; slots of tickets come first, in the order of the tickets. */
  readonly index: number;
  /** One character that no other slot of this place has. Slots of different tickets that look alike share it. */
  readonly code: string;
  readonly moves: readonly Move[];
}

/** Something that may happen in a slot. */
export interface Move {
  /** What the supervisor is told; null for what it does not notice. */
  readonly event: SupervisorEvent | null;
  /** What happens where the supervisor does not notice, for a person. */
  readonly text: string;
  /** The slot afterwards, before the commands are followed that the supervisor gives in return. */
  readonly next: Slot;
  /** True when progress may rely on it. */
  readonly isOwed: boolean;
  readonly fault: Fault | null;
}

/** What of a scope's supply of faults is used up. */
export type Fault = 'session' | 'mergeQueue';

/** A fault that happens in no slot. */
export interface Mishap {
  readonly event: SupervisorEvent;
  readonly isOwed: boolean;
  readonly fault: Fault | null;
}

/** Everything around the supervisor. */
export interface Environment<S extends Slot = Slot> {
  readonly initial: readonly S[];
  /** Names the session of an attempt. Minted here, so that a checker can tell a reused id. */
  sessionOf(ticket: number, attempt: number): SessionId;
  /** The slots after a command of the supervisor. */
  follow(slots: readonly S[], command: Command): readonly S[];
  /** Which moves the slots together allow now. */
  permits(slots: readonly S[]): (move: Move) => boolean;
  /** Faults that happen in no slot. */
  readonly faults: readonly Mishap[];
  /** What sessions that are over may still be heard to say. */
  lateMessages(run: RunState): readonly SupervisorEvent[];
  /** Says what is wrong with the slots and the supervisor together. */
  judge(slots: readonly S[], look: CoreLook): Wrong | null;
}

/** The slots with one of them changed. */
export function withSlot<S extends Slot>(slots: readonly S[], changed: S): readonly S[] {
  return slots[changed.index] === changed ? slots : slots.with(changed.index, changed);
}
