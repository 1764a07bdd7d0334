import { redactFact } from '../domain/redact-fact.ts';
import type { Redact } from '../domain/redact.ts';
import type { Journal } from '../ports/journal.ts';

/** A journal that secrets do not get into: neither into the file, nor into what is shown of its entries. */
export function redactedJournal(journal: Journal, redact: Redact): Journal {
  return { ...journal, append: (fact) => journal.append(redactFact(fact, redact)) };
}
