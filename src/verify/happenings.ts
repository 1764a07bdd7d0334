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

/** Something that may come to the supervisor from nowhere in particular. */
export interface Happening {
  readonly event: SupervisorEvent;
  readonly text: string;
  /** Whether progress may rely on it. */
  readonly isOwed: boolean;
}

/** Lists what may come at a state of the supervisor. Equal happenings are the same object: there are few, and states are many. */
export function happeningsIn(
  scope: Scope,
  environment: Pick<Environment, 'sessionOf' | 'lateMessages'>,
): (look: CoreLook) => readonly Happening[] {
  const { faults } = scope;
  const requests = requestsOf(scope).map(notOwed);
  const dispatches = dispatchesOf(scope, environment);
  const recoveries = [...recoveriesOf(scope).map(owed), ...(faults.ends ? [notOwed(RECOVERY_BROKE)] : [])];
  const closings = [owed(CLOSED), ...(faults.ends ? [notOwed(CLOSING_BROKE)] : [])];
  const resumes = [owed(RESUME)];
  return ({ chart, run }) => {
    const all: Happening[] = [];
    if (chart === 'recovering') all.push(...recoveries);
    if (chart === 'closing') all.push(...closings);
    for (const happeningOf of dispatches) all.push(happeningOf(run));
    if (chart === 'paused') all.push(...resumes);
    all.push(...requests);
    if (faults.lateMessages) all.push(...environment.lateMessages(run).map(notOwed));
    return all;
  };
}

function owed(event: SupervisorEvent): Happening {
  return { event, text: event.type, isOwed: true };
}

function notOwed(event: SupervisorEvent): Happening {
  return { event, text: event.type, isOwed: false };
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
): readonly ((run: RunState) => Happening)[] {
  return scope.tickets.map(({ id }, position) => {
    const happenings: Happening[] = [];
    return (run) => {
      const state = chunkedGet(run.tickets, position);
      const attempt = 'attempts' in state ? state.attempts + 1 : 1;
      return (happenings[attempt] ??= owed({
        type: 'dispatch',
        ticket: id,
        session: environment.sessionOf(position, attempt),
      }));
    };
  });
}
