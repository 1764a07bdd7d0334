import type { JournalEntry } from '../../src/domain/journal-entry.ts';

/** Tells of each ticket when its work has landed. */
export function watchLandings() {
  const tickets = new Map<string, string>();
  const landings = new Map<string, PromiseWithResolvers>();
  const landing = (ticket: string): PromiseWithResolvers => {
    const known = landings.get(ticket) ?? promiseWithResolvers();
    landings.set(ticket, known);
    return known;
  };
  return {
    landed: (ticket: string) => landing(ticket).promise,
    onEntry: (entry: JournalEntry) => {
      if (entry.type === 'session.dispatched') tickets.set(entry.session, entry.ticket);
      if (entry.type === 'merge.finished' && entry.outcome.kind === 'landed')
        landing(tickets.get(entry.session)!).resolve();
    },
  };
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function promiseWithResolvers(): PromiseWithResolvers {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
