/**
 * Surroundings of the supervisor in which sessions are told by their lives, and the merge queue by its promise.
 *
 * Each ticket has a slot with what is going on for it. The queue is here what it promises to be, one merge at a time, in any
 * order; that the real one keeps the promise, first come, first served, is for the composition to show.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import type { SessionId } from '../domain/ids.ts';
import type { RunState } from '../domain/run-state.ts';
import { Codes } from './codes.ts';
import type { Command } from './core.ts';
import { withSlot, type Environment, type Mishap, type Move, type Slot } from './environment.ts';
import type { Wrong } from './explore.ts';
import { brokenEvent, eventOf, QUEUE_BROKE } from './life-events.ts';
import type { Scope } from './scope.ts';
import { ScopeSessions } from './scope-sessions.ts';
import {
  asked,
  broken,
  informed,
  landedUnheard,
  lifeSteps,
  mayBreak,
  NEWBORN,
  OUTCOMES,
  outcomesOf,
  stoodIn,
  type Life,
} from './session-life.ts';

/** One session of a ticket, and its place in the merge queue. Kept while either is there. */
interface Entry {
  readonly attempt: number;
  /** Null when it is over and the queue does not know yet. */
  readonly life: Life | null;
  readonly queue: 'none' | 'waiting' | 'merging';
}

/** What is going on for one ticket outside the supervisor. */
export interface LifeSlot extends Slot {
  readonly entries: readonly Entry[];
  readonly moves: readonly LifeMove[];
  readonly isMerging: boolean;
  /** A session that is over while its work is still with the merge queue. */
  readonly ghost: SessionId | null;
  /** Where commands lead that have been followed before. */
  readonly followed: Map<string, LifeSlot>;
}

interface LifeMove extends Move {
  readonly next: LifeSlot;
  readonly needsIdleQueue: boolean;
}

/** The name under which it is reported that a session was let go too early: the part of S1 that facts do not show. */
export const OVER_AFTER_MERGE = 'C8 overAfterMerge';

/** A command that concerns one session. */
type SessionOrder = Exclude<Command, { readonly kind: 'spawnMergeQueue' | 'forget' }>;

/** Surroundings of lives. */
export class LifeEnvironment implements Environment<LifeSlot> {
  readonly #scope: Scope;
  readonly #slots = new Map<string, LifeSlot>();
  readonly #codes = new Codes('ways in which a session may stand');
  readonly #events = new Map<string, SupervisorEvent>();
  readonly #sessions: ScopeSessions;

  constructor(scope: Scope) {
    this.#scope = scope;
    this.#sessions = new ScopeSessions(scope);
  }

  get initial(): readonly LifeSlot[] {
    return this.#scope.tickets.map((_ticket, position) => this.#slot(position, []));
  }

  get faults(): readonly Mishap[] {
    return this.#scope.faults.mergeQueue > 0
      ? [{ event: QUEUE_BROKE, isOwed: false, fault: 'mergeQueue' }]
      : [];
  }

  sessionOf(ticket: number, attempt: number): SessionId {
    return this.#sessions.idOf(ticket, attempt);
  }

  permits(slots: readonly LifeSlot[]): (move: Move) => boolean {
    const isQueueIdle = !slots.some(({ isMerging }) => isMerging);
    return (move) => isQueueIdle || !(move as LifeMove).needsIdleQueue;
  }

  judge(slots: readonly LifeSlot[]): Wrong | null {
    const ghost = slots.find((slot) => slot.ghost !== null)?.ghost;
    if (ghost === undefined) return null;
    const message = `session ${ghost} is over, and its work is still with the merge queue`;
    return { property: OVER_AFTER_MERGE, message };
  }

  follow(slots: readonly LifeSlot[], command: Command): readonly LifeSlot[] {
    if (command.kind === 'forget') return slots;
    if (command.kind === 'spawnMergeQueue') return slots.map((slot) => this.#withoutQueue(slot));
    const { ticket } = this.#sessions.ownerOf(command.session);
    return withSlot(slots, this.#followIn(slots[ticket]!, command));
  }

  #followIn(slot: LifeSlot, command: SessionOrder): LifeSlot {
    const key = `${command.kind}${command.session}${command.kind === 'passOutcome' ? command.outcome : ''}`;
    let next = slot.followed.get(key);
    if (next === undefined) {
      next = this.#obey(slot, command);
      slot.followed.set(key, next);
    }
    return next;
  }

  #obey(slot: LifeSlot, command: SessionOrder): LifeSlot {
    const { attempt } = this.#sessions.ownerOf(command.session);
    if (command.kind === 'spawnSession') {
      return this.#slot(slot.index, [
        ...slot.entries.filter((entry) => entry.attempt !== attempt),
        { attempt, life: NEWBORN, queue: 'none' },
      ]);
    }
    return this.#change(slot, attempt, (entry) => {
      switch (command.kind) {
        case 'enqueueMerge':
          return { ...entry, queue: 'waiting' };
        case 'terminate':
        case 'kill':
          return { ...entry, life: entry.life && asked(entry.life) };
        case 'passOutcome':
          return { ...entry, life: entry.life && informed(entry.life, command.outcome) };
        case 'spawnStandIn':
          return { ...entry, life: entry.life && stoodIn(entry.life) };
      }
    });
  }

  /** The slot after the merge queue broke and was replaced by an empty one. */
  #withoutQueue(slot: LifeSlot): LifeSlot {
    return this.#slot(
      slot.index,
      slot.entries.flatMap((entry) => (entry.life === null ? [] : [{ ...entry, queue: 'none' as const }])),
    );
  }

  lateMessages(run: RunState): readonly SupervisorEvent[] {
    return this.#sessions.lateMessages(run);
  }

  #slot(ticket: number, entries: readonly Entry[]): LifeSlot {
    const text = JSON.stringify(entries);
    const key = `${ticket}${text}`;
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const isMerging = entries.some(({ queue }) => queue === 'merging');
    const ghost = entries.find(({ life }) => life === null);
    let moves: readonly LifeMove[] | null = null;
    const movesOf = (): readonly LifeMove[] => entries.flatMap((entry) => this.#movesOf(slot, entry));
    const slot: LifeSlot = {
      index: ticket,
      entries,
      code: this.#codes.of(text),
      isMerging,
      followed: new Map(),
      ghost: ghost === undefined ? null : this.sessionOf(ticket, ghost.attempt),
      get moves() {
        moves ??= movesOf();
        return moves;
      },
    };
    this.#slots.set(key, slot);
    return slot;
  }

  #change(slot: LifeSlot, attempt: number, change: (entry: Entry) => Entry): LifeSlot {
    return this.#slot(
      slot.index,
      slot.entries.flatMap((entry) => {
        if (entry.attempt !== attempt) return [entry];
        const changed = change(entry);
        return changed.life === null && changed.queue === 'none' ? [] : [changed];
      }),
    );
  }

  #movesOf(slot: LifeSlot, { attempt, life, queue }: Entry): readonly LifeMove[] {
    const moves: LifeMove[] = [];
    const session = this.sessionOf(slot.index, attempt);
    const add = (
      event: SupervisorEvent,
      change: (entry: Entry) => Entry,
      given: Partial<LifeMove> = {},
    ): void => {
      moves.push({
        event: this.#interned(event),
        text: event.type,
        next: this.#change(slot, attempt, change),
        isOwed: true,
        fault: null,
        needsIdleQueue: false,
        ...given,
      });
    };
    const { standIns } = this.#scope.faults;
    if (life !== null && !(life.at === 'standIn' && standIns === 'alwaysBreak')) {
      for (const { telling, next } of lifeSteps(life, this.#scope)) {
        const event = eventOf(session, this.#sessions.ticketOf(slot.index), life, telling);
        add(event, (entry) => ({ ...entry, life: next }));
      }
    }
    if (life?.at === 'standIn' && standIns !== 'succeed') {
      const isOwed = standIns === 'alwaysBreak';
      add(brokenEvent(`standIn.${session}`), (entry) => ({ ...entry, life: null }), { isOwed });
    } else if (this.#scope.faults.sessions > 0 && life !== null && mayBreak(life, this.#scope)) {
      const fault = { fault: 'session', isOwed: false } as const;
      add(brokenEvent(`session.${session}`), (entry) => ({ ...entry, life: broken(life) }), fault);
    }
    const isBrief = this.#scope.lives === 'brief';
    if (queue === 'waiting' && !isBrief) {
      const started: SupervisorEvent = { type: 'merge.started', session };
      add(started, (entry) => ({ ...entry, queue: 'merging' }), { needsIdleQueue: true });
    }
    if (queue === 'merging' || (queue === 'waiting' && isBrief)) {
      for (const kind of outcomesOf(this.#scope)) {
        const finished: SupervisorEvent = { type: 'merge.finished', session, outcome: OUTCOMES[kind] };
        add(finished, (entry) => ({
          ...entry,
          queue: 'none',
          life: entry.life && kind === 'landed' ? landedUnheard(entry.life) : entry.life,
        }));
      }
    }
    return moves;
  }

  /** Equal events are the same object, because steps of the supervisor are looked up by it. */
  #interned(event: SupervisorEvent): SupervisorEvent {
    const text = JSON.stringify(event);
    const known = this.#events.get(text);
    if (known !== undefined) return known;
    this.#events.set(text, event);
    return event;
  }
}
