/**
 * A supervisor with everything that belongs to it in any world: its facts go to the journal, and the policy proposes.
 *
 * A journal that cannot be written stops the run: nothing may happen that is not on record.
 */
import { createActor, type ActorRefFrom } from 'xstate';

import type { SupervisorInput } from '../machines/index.ts';
import type { JournalEntry } from '../src/domain/journal-entry.ts';
import type { RunFact } from '../src/domain/run-fact.ts';
import { errorReason } from '../src/domain/session-outcome.ts';
import type { Clock } from '../src/ports/clock.ts';
import type { Journal } from '../src/ports/journal.ts';
import type { SessionIds } from '../src/ports/session-ids.ts';
import { connectDispatcher } from './dispatcher.ts';
import type { provide } from './provide.ts';

/** What a supervisor is surrounded with. */
export interface RunSupervisorParts {
  readonly clock: Clock;
  readonly input: SupervisorInput;
  readonly journal: Journal;
  readonly ids: SessionIds;
  /** Told every entry of the journal as it is announced, in order. Must not throw. */
  readonly onEntry: (entry: JournalEntry) => void;
}

/** Makes the supervisor of a run out of a machine that is bound to a world. It is not started yet. */
export function createRunSupervisor(
  machine: ReturnType<typeof provide>,
  { clock, input, journal, ids, onEntry }: RunSupervisorParts,
): ActorRefFrom<ReturnType<typeof provide>> {
  const supervisor = createActor(machine, { clock, input });
  let isWatched = false;
  supervisor.on('*', (fact: RunFact) => {
    onEntry(journal.append(fact));
    void watchJournal();
  });
  connectDispatcher(supervisor, { backlog: input.backlog, ids });
  return supervisor;

  async function watchJournal(): Promise<void> {
    if (isWatched) return;
    isWatched = true;
    try {
      await journal.flushed();
      isWatched = false;
    } catch (error) {
      supervisor.send({ type: 'run.stop', reason: { kind: 'internalError', message: errorReason(error) } });
    }
  }
}
