/**
 * What may come to the supervisor whatever its sessions are about to tell: the policy's wishes, requests of a person, and the
 * ends of recovery and of closing.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import { chunkedGet } from '../domain/chunked.ts';
import type { RunState } from '../domain/run-state.ts';
import type { CoreLook } from './core.ts';
import type { Environment } from './environment.ts';
import type { Scope } from './scope.ts';

/** Lists what may come at a state of the supervisor, and whether progress may rely on it. */
export function happeningsIn(
  scope: Scope,
  environment: Pick<Environment, 'sessionOf' | 'lateMessages'>,
): (look: CoreLook) => readonly (readonly [event: SupervisorEvent, isOwed: boolean])[] {
  const requests = requestsOf(scope);
  const dispatches = dispatchesOf(scope, environment);
  const recoveries = recoveriesOf(scope);
  const owed = (event: SupervisorEvent): readonly [SupervisorEvent, boolean] => [event, true];
  const notOwed = (event: SupervisorEvent): readonly [SupervisorEvent, boolean] => [event, false];
  return ({ chart, run }) => [
    ...(chart === 'recovering' ? recoveries.map(owed) : []),
    ...(chart === 'closing' ? [owed(CLOSED)] : []),
    ...dispatches.map((eventOf) => owed(eventOf(run))),
    ...(chart === 'paused' ? [owed(RESUME)] : []),
    ...requests.map(notOwed),
    ...(chart === 'recovering' && scope.faults.ends ? [notOwed(RECOVERY_BROKE)] : []),
    ...(chart === 'closing' && scope.faults.ends ? [notOwed(CLOSING_BROKE)] : []),
    ...(scope.faults.lateMessages ? environment.lateMessages(run).map(notOwed) : []),
  ];
}

/** Recovery has found nothing to land; or it has landed work of an earlier run, and tells it. */
function recoveriesOf({ recovers }: Scope): readonly SupervisorEvent[] {
  const landed = recovers.map((ticket) => ({ ticket, session: `earlier.${ticket}`, commit: 'recovered' }));
  return (landed.length === 0 ? [[]] : [[], landed]).map((work) => ({
    type: 'xstate.done.actor.recover',
    actorId: 'recover',
    output: { notes: [], landed: work },
  }));
}

const RECOVERY_BROKE: SupervisorEvent = {
  type: 'xstate.error.actor.recover',
  actorId: 'recover',
  error: new Error('recovery broke'),
};
const CLOSED: SupervisorEvent = {
  type: 'xstate.done.actor.closeRun',
  actorId: 'closeRun',
  output: { publication: null },
};
const CLOSING_BROKE: SupervisorEvent = {
  type: 'xstate.error.actor.closeRun',
  actorId: 'closeRun',
  error: new Error('closing broke'),
};
const RESUME: SupervisorEvent = { type: 'run.resume' };

function requestsOf({ operator }: Scope): readonly SupervisorEvent[] {
  return operator.map((type) =>
    type === 'run.pause' ? { type } : { type, reason: { kind: 'signal', signal: 'SIGINT' } },
  );
}

/** For each ticket, the request to dispatch it with the next session id of its own. */
function dispatchesOf(
  scope: Scope,
  environment: Pick<Environment, 'sessionOf'>,
): readonly ((run: RunState) => SupervisorEvent)[] {
  return scope.tickets.map(({ id }, position) => {
    const events: SupervisorEvent[] = [];
    return (run) => {
      const state = chunkedGet(run.tickets, position);
      const attempt = 'attempts' in state ? state.attempts + 1 : 1;
      events[attempt] ??= {
        type: 'dispatch',
        ticket: id,
        session: environment.sessionOf(position, attempt),
      };
      return events[attempt];
    };
  });
}
