/**
 * Surroundings of the supervisor that are real: the shipped machines of its sessions and of its merge queue.
 *
 * Each ticket has a slot with its sessions, and the merge queue has one. What is said waits in a mailbox, one for each sender
 * and receiver, first come, first served; that it arrives is a move of its own. So whatever is on its way crosses whatever
 * else is: a request to end a report, an answer a crash.
 *
 * A machine that breaks says nothing more; what it said before arrives. Nothing is known here of what a session may tell:
 * that is for the machine to say, and the lives (`session-life.ts`) are held against it.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import type { SessionId } from '../domain/ids.ts';
import { isLive, type RunState } from '../domain/run-state.ts';
import type { Command, CoreLook } from './core.ts';
import { withSlot, type Environment, type Mishap, type Move } from './environment.ts';
import type { Wrong } from './explore.ts';
import { OVER_AFTER_MERGE } from './life-environment.ts';
import { QueueSlots, type QueueSlot } from './queue-slot.ts';
import type { RealParts } from './real-parts.ts';
import type { Scope } from './scope.ts';
import { ScopeSessions } from './scope-sessions.ts';
import { TicketSlots, type TicketSlot } from './ticket-slot.ts';

/** One part of real surroundings. */
export type RealSlot = TicketSlot | QueueSlot;

/** The name under which it is reported that a run is finished and a session of it is not. */
export const NOBODY_LEFT_BEHIND = 'C9 nobodyLeftBehind';

/** The name under which it is reported that too many agents live, whatever the supervisor knows of them. */
export const AGENTS_BOUNDED = 'C10 agentsBounded';

/** Surroundings of real machines. */
export class RealEnvironment implements Environment<RealSlot> {
  readonly #scope: Scope;
  readonly #sessions: ScopeSessions;
  readonly #events = new Map<string, SupervisorEvent>();
  readonly #tickets: TicketSlots;
  readonly #queues: QueueSlots;
  readonly faults: readonly Mishap[] = [];

  constructor(scope: Scope, parts: RealParts = {}) {
    this.#scope = scope;
    this.#sessions = new ScopeSessions(scope);
    const intern = (event: SupervisorEvent, key: string): SupervisorEvent => this.#interned(event, key);
    this.#tickets = new TicketSlots(scope, this.#sessions, parts, intern);
    this.#queues = new QueueSlots(scope.tickets.length, parts, intern);
  }

  get initial(): readonly RealSlot[] {
    return [
      ...this.#scope.tickets.map((_ticket, position) => this.#tickets.empty(position)),
      this.#queues.fresh,
    ];
  }

  sessionOf(ticket: number, attempt: number): SessionId {
    return this.#sessions.idOf(ticket, attempt);
  }

  permits(): (move: Move) => boolean {
    return () => true;
  }

  lateMessages(run: RunState): readonly SupervisorEvent[] {
    return this.#sessions.lateMessages(run);
  }

  judge(slots: readonly RealSlot[], { run, chart }: CoreLook): Wrong | null {
    let agents = 0;
    for (const slot of slots) {
      if (slot.wrong !== null) return slot.wrong;
      if (slot.kind === 'queue') {
        const ghost = slot.concerns.find((session) => !isLive(run, session));
        if (ghost === undefined) continue;
        const message = `session ${ghost} is over, and its work is still with the merge queue`;
        return { property: OVER_AFTER_MERGE, message };
      }
      agents += slot.agents;
      if (chart === 'finished' && slot.entries.length > 0) {
        const session = this.sessionOf(slot.index, slot.entries[0]!.attempt);
        const message = `the run is finished, and session ${session} is not`;
        return { property: NOBODY_LEFT_BEHIND, message };
      }
    }
    if (agents <= this.#scope.workers) return null;
    return {
      property: AGENTS_BOUNDED,
      message: `${agents} agents live, and there are ${this.#scope.workers} workers`,
    };
  }

  follow(slots: readonly RealSlot[], command: Command): readonly RealSlot[] {
    const queue = slots.at(-1) as QueueSlot;
    if (command.kind === 'forget') return slots;
    if (command.kind === 'spawnMergeQueue') return withSlot(slots, this.#queues.fresh);
    const { session } = command;
    if (command.kind === 'enqueueMerge') {
      return withSlot(slots, this.#queues.asked(queue, this.#tickets.requestOf(session)));
    }
    const { ticket, attempt } = this.#sessions.ownerOf(session);
    const slot = slots[ticket] as TicketSlot;
    const isLanded = queue.state.landed === session;
    const next = withSlot(slots, this.#tickets.commanded(slot, command, attempt, isLanded));
    return isLanded ? withSlot(next, this.#queues.heard(queue)) : next;
  }

  /** Equal events are the same object, because steps of the supervisor are looked up by it. */
  #interned(event: SupervisorEvent, key: string): SupervisorEvent {
    const known = this.#events.get(key);
    if (known !== undefined) return known;
    this.#events.set(key, event);
    return event;
  }
}
