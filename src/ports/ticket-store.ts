import type { TicketId } from '../domain/ids.ts';
import type { TicketCatalogue } from '../domain/ticket.ts';

/** Where tickets live. The orchestrator reads all of them and writes one thing: that a ticket is closed. */
export interface TicketStore {
  /** Reads every ticket; a bad file is an entry of `invalid`, never an exception. */
  load(): Promise<TicketCatalogue>;
  /** Marks a ticket closed in the store, keeping every other byte. Closing a closed or vanished ticket does nothing. */
  close(ticket: TicketId): Promise<void>;
}
