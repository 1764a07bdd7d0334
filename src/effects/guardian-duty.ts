/**
 * What a guardian does when the orchestrator is gone: it ends all that the run's sessions have left, by the protocol that
 * a session's own machine follows. SIGTERM to every agent's group; a grace period, cut short when the agents are gone;
 * SIGKILL to the groups; then the sweep by marker until nobody is found.
 *
 * D1  Who belongs to the run is written down before the first signal, while children still have their parents.
 * D2  The run is named by its own id, so another run, also the next one of the same project, is never touched. That one's
 *     recovery may end the same processes at the same time: to end somebody who is gone does nothing.
 */
import type { ProcessIdentity } from '../domain/run-fact.ts';
import type { Clock } from '../ports/clock.ts';
import type { GuardianRecord } from './guardian-record.ts';
import { isAlive } from './process-identity.ts';
import { membersOfRun, pause, sweepRun, type RunTraces } from './session-sweep.ts';
import { signalGroup, signalProcess } from './signal-process.ts';

/** Ends all processes of a run's sessions and says how it went. */
export async function endRun(
  { run, sessions, gracePeriodMs }: RunTraces & { readonly gracePeriodMs: number },
  clock: Clock,
): Promise<GuardianRecord> {
  // Whose start was never seen is known by its marker only: nobody here is its parent, so its pid may be a stranger's.
  const traces = sessions.map((session) => ({
    ...session,
    leader: session.leader?.startTime === '' ? null : session.leader,
  }));
  const found = membersOfRun({ run, sessions: traces });
  const leaders = traces.flatMap(({ leader }) => leader ?? []);
  // Cut off between the start of an agent and the word of who it is: it is among those found, so all of them are asked.
  const unnamed = traces.length > leaders.length ? found : [];
  for (const leader of leaders) signalGroup(leader, 'SIGTERM');
  for (const member of unnamed) signalProcess(member, 'SIGTERM');
  await endOf([...leaders, ...unnamed], gracePeriodMs, clock);
  const known = { leader: null, known: found };
  const { survivorsFound, survivorsLeft } = await sweepRun({ run, sessions: [...traces, known] }, clock);
  return {
    v: 1,
    run,
    at: clock.nowMs(),
    // Some may have been started while the others were ending.
    found: Math.max(found.length, survivorsFound),
    killed: survivorsFound,
    left: survivorsLeft,
  };
}

const LOOK_AGAIN_MAX_MS = 250;

/**
 * Waits until none of them lives, at most so long. The system tells nobody but its parent of a process's end, so they are
 * looked at again, ever more rarely. The pauses are added up, because the clock can be set meanwhile.
 */
async function endOf(processes: readonly ProcessIdentity[], patienceMs: number, clock: Clock): Promise<void> {
  let waitedMs = 0;
  for (let pauseMs = 1; waitedMs < patienceMs && processes.some(isAlive); pauseMs *= 2) {
    const nextMs = Math.min(pauseMs, LOOK_AGAIN_MAX_MS, patienceMs - waitedMs);
    await pause(nextMs, clock);
    waitedMs += nextMs;
  }
}
