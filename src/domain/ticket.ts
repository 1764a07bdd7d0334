import type { TicketId } from './ids.ts';

/** What a ticket file may say of its own state. Only the orchestrator writes `closed`, with the merge. */
export type TicketStatus = 'open' | 'in_progress' | 'closed';

/** A unit of work as its author wrote it, free of where it was stored. */
export interface Ticket {
  readonly id: TicketId;
  readonly title: string;
  /** The text after the title, as written; empty when there is none. */
  readonly body: string;
  readonly status: TicketStatus;
  /** Ids this ticket waits for, in file order, without repeats. */
  readonly deps: readonly TicketId[];
  /** 0 is the most urgent, 4 the least. */
  readonly priority: number;
  readonly tags: readonly string[];
  /** Epoch milliseconds; null when the file gives none. */
  readonly createdMs: number | null;
}

/** A ticket file that cannot be used, with the reason to print. */
export interface InvalidTicket {
  /** The id, where one could be read; else the file's name without its ending. */
  readonly id: TicketId;
  /** Path relative to the tickets folder. */
  readonly file: string;
  readonly reason: string;
}

/** What a ticket store holds: the usable tickets, and the rest with reasons. */
export interface TicketCatalogue {
  readonly tickets: readonly Ticket[];
  readonly invalid: readonly InvalidTicket[];
}
