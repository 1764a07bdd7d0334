/**
 * The sessions of one ticket among real surroundings: their machines, and what may happen to each.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import type { SessionId } from '../domain/ids.ts';
import type { MergeRequest } from '../domain/work.ts';
import { Codes } from './codes.ts';
import type { Command } from './core.ts';
import type { Move, Slot } from './environment.ts';
import type { Wrong } from './explore.ts';
import { brokenEvent } from './life-events.ts';
import {
  brokenEntry,
  commanded,
  entryText,
  hasAgent,
  startedEntry,
  stepped,
  stoodInEntry,
  type LiveEntry,
  type RealEntry,
} from './real-entry.ts';
import type { Intern, RealParts } from './real-parts.ts';
import { sessionTable, type SessionEdge, type SessionTable } from './real-session.ts';
import type { Scope } from './scope.ts';
import type { ScopeSessions } from './scope-sessions.ts';
import { OUTCOMES } from './session-life.ts';
import { branchOf } from './session-world.ts';
import { sessionInputOf } from './supervisor-input.ts';

/** What is going on for one ticket. */
export interface TicketSlot extends Slot {
  readonly kind: 'ticket';
  readonly entries: readonly RealEntry[];
  /** What the machine of a session has just done wrong. */
  readonly wrong: Wrong | null;
  /** Agents that live, or may. */
  readonly agents: number;
}

/** A command that concerns one session. */
type SessionOrder = Exclude<Command, { readonly kind: 'forget' | 'spawnMergeQueue' | 'enqueueMerge' }>;

/** Every slot of the tickets of one scope. */
export class TicketSlots {
  readonly #scope: Scope;
  readonly #sessions: ScopeSessions;
  readonly #parts: RealParts;
  readonly #intern: Intern;
  readonly #tables = new Map<SessionId, SessionTable>();
  readonly #slots = new Map<string, TicketSlot>();
  readonly #codes = new Codes('ways in which the sessions of a ticket may stand');
  readonly #requests = new Map<SessionId, MergeRequest>();

  constructor(scope: Scope, sessions: ScopeSessions, parts: RealParts, intern: Intern) {
    this.#scope = scope;
    this.#sessions = sessions;
    this.#parts = parts;
    this.#intern = intern;
  }

  /** The slot of a ticket that nobody works on. */
  empty(ticket: number): TicketSlot {
    return this.#slot(ticket, [], null);
  }

  /** What a session asked to be merged. */
  requestOf(session: SessionId): MergeRequest {
    const request = this.#requests.get(session);
    if (request === undefined) throw new Error(`session ${session} asked for no merge`);
    return request;
  }

  /** The slot after a command to one of its sessions. `isLanded`: it is told with it that the work has landed. */
  commanded(slot: TicketSlot, command: SessionOrder, attempt: number, isLanded: boolean): TicketSlot {
    const { session } = command;
    if (command.kind === 'spawnSession') {
      const others = slot.entries.filter((entry) => entry.attempt !== attempt);
      const { first } = this.#tableOf(slot.index, attempt);
      return this.#slot(slot.index, [...others, startedEntry(attempt, session, first)], first.wrong);
    }
    const entries = slot.entries.map((entry): RealEntry => {
      if (entry.attempt !== attempt) return entry;
      switch (command.kind) {
        case 'terminate':
          return commanded(entry, { type: 'session.terminate' });
        case 'kill':
          return commanded(entry, { type: 'session.kill' });
        case 'passOutcome':
          return commanded(entry, { type: 'merge.finished', session, outcome: OUTCOMES[command.outcome] });
        case 'spawnStandIn':
          return stoodInEntry(entry, isLanded);
      }
    });
    return this.#slot(slot.index, entries, null);
  }

  #slot(ticket: number, entries: readonly RealEntry[], wrong: Wrong | null): TicketSlot {
    const text = entries.map(entryText).join('|') + (wrong === null ? '' : `!${wrong.message}`);
    const key = `${ticket}${text}`;
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    let moves: readonly Move[] | null = null;
    const movesOf = (): readonly Move[] => entries.flatMap((entry) => this.#movesOf(slot, entry));
    const slot: TicketSlot = {
      kind: 'ticket',
      index: ticket,
      code: this.#codes.of(text),
      entries,
      wrong,
      agents: entries.filter(hasAgent).length,
      get moves() {
        moves ??= movesOf();
        return moves;
      },
    };
    this.#slots.set(key, slot);
    return slot;
  }

  #movesOf(slot: TicketSlot, entry: RealEntry): readonly Move[] {
    const session = this.#sessions.idOf(slot.index, entry.attempt);
    switch (entry.at) {
      case 'alive':
      case 'over':
        return [...this.#arrivals(slot, entry, session), ...this.#stepsOf(slot, entry, session)];
      case 'broke':
        return this.#arrivals(slot, entry, session);
      case 'standIn':
        return this.#standInMoves(slot, entry, session);
    }
  }

  /** The oldest thing that a session said arrives. */
  #arrivals(
    slot: TicketSlot,
    entry: Exclude<RealEntry, { at: 'standIn' }>,
    session: SessionId,
  ): readonly Move[] {
    const [message, ...outbox] = entry.outbox;
    if (message === undefined) return [];
    const isLast = entry.at === 'over' && outbox.length === 0;
    return [
      {
        event: this.#intern(message.said, `${session} ${message.key}`),
        text: message.said.type,
        next: this.#changed(slot, entry, isLast ? null : { ...entry, outbox }),
        isOwed: true,
        fault: null,
      },
    ];
  }

  #stepsOf(slot: TicketSlot, entry: LiveEntry, session: SessionId): readonly Move[] {
    if (entry.at === 'over' || (this.#parts.mail === 'prompt' && entry.outbox.length > 0)) return [];
    const table = this.#tableOf(slot.index, entry.attempt);
    const [message, ...inbox] = entry.inbox;
    const quiet = (text: string, next: TicketSlot): Move => ({
      event: null,
      text: `${session}: ${text}`,
      next,
      isOwed: true,
      fault: null,
    });
    const to = (from: LiveEntry, edge: SessionEdge): TicketSlot => {
      for (const deed of edge.deeds) {
        if (deed.kind !== 'reports' || deed.report.type !== 'merge.requested') continue;
        this.#requests.set(session, deed.report.request);
      }
      return this.#changed(slot, entry, stepped(from, session, edge), edge.wrong);
    };
    return [
      ...entry.node.chances.map(({ text, event }) =>
        quiet(text, to(entry, table.take(entry.node, event, text))),
      ),
      ...(message === undefined
        ? []
        : [
            quiet(
              `hears ${message.key}`,
              to({ ...entry, inbox }, table.take(entry.node, message.said, message.key)),
            ),
          ]),
      {
        ...quiet('its machine breaks', this.#changed(slot, entry, brokenEntry(entry, session))),
        isOwed: false,
        fault: 'session',
      },
    ];
  }

  #standInMoves(
    slot: TicketSlot,
    entry: Extract<RealEntry, { readonly at: 'standIn' }>,
    session: SessionId,
  ): readonly Move[] {
    const { standIns } = this.#scope.faults;
    const actorId = `standIn.${session}` as const;
    const keptBranch = entry.left.work ? branchOf(session, this.#sessions.ticketOf(slot.index)) : null;
    const output = { session, ending: 'lost', reason: '', keptBranch, keptWorktree: null } as const;
    const ends = (event: SupervisorEvent, key: string, isOwed: boolean): Move => ({
      event: this.#intern(event, `${session} standIn ${key}`),
      text: event.type,
      next: this.#changed(slot, entry, null),
      isOwed,
      fault: null,
    });
    const done = { type: `xstate.done.actor.${actorId}`, actorId, output } as const;
    return [
      ...(standIns === 'alwaysBreak' ? [] : [ends(done, `done ${keptBranch}`, true)]),
      ...(standIns === 'succeed' ? [] : [ends(brokenEvent(actorId), 'broke', standIns === 'alwaysBreak')]),
    ];
  }

  #changed(slot: TicketSlot, from: RealEntry, to: RealEntry | null, wrong: Wrong | null = null): TicketSlot {
    const entries = slot.entries.flatMap((entry) => (entry !== from ? [entry] : to === null ? [] : [to]));
    return this.#slot(slot.index, entries, wrong);
  }

  #tableOf(ticket: number, attempt: number): SessionTable {
    const session = this.#sessions.idOf(ticket, attempt);
    let table = this.#tables.get(session);
    if (table === undefined) {
      const { session: machine, sweeps = 'clean', only = null } = this.#parts;
      table = sessionTable(
        sessionInputOf(this.#scope, ticket, attempt, session),
        { agents: this.#scope.agents, sweeps },
        machine === undefined ? { only } : { machine, only },
      );
      this.#tables.set(session, table);
    }
    return table;
  }
}
