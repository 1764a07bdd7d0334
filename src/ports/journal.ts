import type { JournalEntry } from '../domain/journal-entry.ts';
import type { RunFact } from '../domain/run-fact.ts';

/** The durable record of a run. */
export interface Journal {
  /**
   * Queues a fact, in order, and returns it with its place and time. Total: a failure to write is reported by
   * {@link Journal.flushed}, and the facts after it are still numbered, for whoever watches.
   */
  append(fact: RunFact): JournalEntry;
  /** Resolves when every fact queued so far is on disk (fsync); rejects when it cannot be. Effects wait for this. */
  flushed(): Promise<void>;
  close(): Promise<void>;
}
