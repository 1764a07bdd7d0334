/**
 * What the supervisor is meant to be: its rules written by hand over the functions of the domain, without xstate.
 *
 * It is the other half of a comparison. Explored beside the shipped machine it must take the same steps, announce the
 * same facts and give the same commands (`lockstep` in the tests); where the two differ, one of them is wrong. It is also
 * quicker, so the sweep over a thousand small worlds uses it (`sweep.ts`).
 */
import type { Backlog } from '../domain/backlog.ts';
import { findSession } from '../domain/live-sessions.ts';
import type { FactOf } from '../domain/run-fact.ts';
import * as domain from '../domain/run-state.ts';
import { isInMergeQueue } from '../domain/session-phase.ts';
import type { Core, CoreLook } from './core.ts';
import { Turn, type DomainState } from './domain-turn.ts';

export type { DomainState } from './domain-turn.ts';

/** Makes the hand-written core of a run. */
export function domainCore(
  backlog: Backlog,
  limits: domain.RunLimits,
  header: FactOf<'run.started'>,
): Core<DomainState> {
  const turn = new Turn();
  return {
    begin: () => ({
      state: { run: domain.initialRunState(backlog, limits), chart: 'recovering', broken: [] },
      outputs: [{ kind: 'spawnMergeQueue' }, header],
    }),
    take: (state, event) => turn.take(state, event),
    lookAt,
  };
}

function lookAt({ run, chart, broken }: DomainState): CoreLook {
  const hasActor: CoreLook['hasActor'] = (kind, session) => {
    const live = findSession(run.sessions, session);
    if (live === undefined) return false;
    if (!broken.includes(session)) return kind === 'session';
    return kind === 'standIn' && !isInMergeQueue(live.phase);
  };
  let actors = 0;
  for (const { session } of run.sessions) {
    if (hasActor('session', session) || hasActor('standIn', session)) actors += 1;
  }
  return { run, chart, actors, hasActor };
}
