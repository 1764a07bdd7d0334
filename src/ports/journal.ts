import type { RunFact } from '../domain/run-fact.ts';

/** The durable record of a run. */
export interface Journal {
  /** Queues a fact, in order. Total: a failure to write is reported by {@link Journal.flushed}. */
  append(fact: RunFact): void;
  /** Resolves when every fact queued so far is on disk (fsync); rejects when it cannot be. Effects wait for this. */
  flushed(): Promise<void>;
  close(): Promise<void>;
}
