import type { Journal } from '../src/ports/journal.ts';

/**
 * Waits until everything announced so far is on disk, so that no effect exists which a crash could hide.
 *
 * An actor starts inside the transition that announces it: reports still climb to the supervisor at that moment, and
 * climb synchronously. One microtask later the supervisor has announced them, and the journal has them queued.
 */
export async function announced(journal: Journal): Promise<void> {
  await Promise.resolve();
  await journal.flushed();
}
