import type { RunFact } from './run-fact.ts';

/** The version of what is written to disk. A change of meaning gets a new number and the old one stays readable. */
export const JOURNAL_VERSION = 1;

/** A fact with its place and time: one line of `journal.jsonl`. */
export type JournalEntry = RunFact & {
  readonly v: typeof JOURNAL_VERSION;
  /** 0 for the first entry of a run; no gaps. */
  readonly seq: number;
  /** Epoch milliseconds, by the orchestrator's clock. */
  readonly at: number;
};
