/**
 * A supervisor with everything that belongs to it in any world: its facts are judged, then go to the journal, and the
 * policy proposes.
 *
 * R1  A journal that cannot be written stops the run: nothing may happen that is not on record.
 * R2  A fact that breaks a promise stops the run before anything acts on it. The request to stop is heard before any other
 *     message and before any actor's first answer, so the agent of a session that should not exist is never started.
 */
import { createActor, type ActorRefFrom } from 'xstate';

import type { SupervisorInput } from '../machines/index.ts';
import type { JournalEntry } from '../src/domain/journal-entry.ts';
import type { RunFact } from '../src/domain/run-fact.ts';
import { describeBreach, RunJudge, type Breach } from '../src/domain/run-judge.ts';
import { errorReason } from '../src/domain/session-outcome.ts';
import type { Clock } from '../src/ports/clock.ts';
import type { Journal } from '../src/ports/journal.ts';
import type { SessionIds } from '../src/ports/session-ids.ts';
import type { Adoptions } from './adoptions.ts';
import { connectDispatcher } from './dispatcher.ts';
import type { provide } from './provide.ts';

/** What a supervisor is surrounded with. */
export interface RunSupervisorParts {
  readonly clock: Clock;
  readonly input: SupervisorInput;
  readonly journal: Journal;
  readonly ids: SessionIds;
  /** The same as in the world of the machine; absent where no session of an earlier run ever goes on. */
  readonly adoptions?: Adoptions | undefined;
  /** Told every entry of the journal as it is announced, in order. Must not throw. */
  readonly onEntry: (entry: JournalEntry) => void;
  /** Told the first promise that the run breaks, when its entry is announced; nothing is judged after it. Must not throw. */
  readonly onBreach: (breach: Breach) => void;
}

/** Makes the supervisor of a run out of a machine that is bound to a world. It is not started yet. */
export function createRunSupervisor(
  machine: ReturnType<typeof provide>,
  { clock, input, journal, ids, adoptions, onEntry, onBreach }: RunSupervisorParts,
): ActorRefFrom<ReturnType<typeof provide>> {
  const supervisor = createActor(machine, { clock, input });
  const judge = new RunJudge();
  let isBroken = false;
  let isWatched = false;
  supervisor.on('*', (fact: RunFact) => {
    const breach = isBroken ? null : judge.hear(fact);
    // The bad fact goes on record like any other: it is what the journal is to be sent for.
    onEntry(journal.append(fact));
    void watchJournal();
    if (breach === null) return;
    isBroken = true;
    onBreach(breach);
    // After its last fact a run has nothing left to stop.
    if (fact.type !== 'run.finished') stop(describeBreach(breach));
  });
  connectDispatcher(supervisor, { backlog: input.backlog, ids, adoptions });
  return supervisor;

  async function watchJournal(): Promise<void> {
    if (isWatched) return;
    isWatched = true;
    try {
      await journal.flushed();
      isWatched = false;
    } catch (error) {
      stop(errorReason(error));
    }
  }

  function stop(message: string): void {
    supervisor.send({ type: 'run.stop', reason: { kind: 'internalError', message } });
  }
}
