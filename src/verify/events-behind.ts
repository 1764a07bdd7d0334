/**
 * What may have come to the supervisor when a fact was announced, as far as a journal shows it.
 *
 * That the machine of a session broke is not announced, and need not be guessed: a session that is over leaves the same facts
 * whether it ended itself or was ended by its stand-in. Facts that only ever follow from others in the same step have
 * nothing behind them here.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import type { FactOf, RunFact } from '../domain/run-fact.ts';
import { isLive, type RunState } from '../domain/run-state.ts';
import type { RecoveredWork } from '../domain/work.ts';
import type { CoreLook } from './core.ts';

/** Lists the sequences of events that may make a supervisor announce a fact first; `later` is what is on record after it. */
export function eventsBehind(
  fact: RunFact,
  { run, chart }: CoreLook,
  later: Later,
): readonly (readonly SupervisorEvent[])[] {
  switch (fact.type) {
    case 'run.started':
    case 'ticket.readied':
    case 'ticket.requeued':
    case 'ticket.failed':
    case 'ticket.blocked':
      return [];
    case 'run.recovered':
    case 'ticket.recovered':
      return [[recoveryBehind(fact, later)]];
    case 'run.paused':
      return [[{ type: 'run.pause' }]];
    case 'run.resumed':
      return [[{ type: 'run.resume' }]];
    case 'run.draining':
      // A spent budget is no request: the machine finds it by itself.
      return fact.reason.kind === 'budget' ? [] : [[{ type: 'run.drain', reason: fact.reason }]];
    case 'run.stopping':
      return [
        [{ type: 'run.stop', reason: fact.reason }],
        [{ type: 'run.kill', reason: fact.reason }],
        ...breakdowns(fact, later(0), run),
      ];
    case 'run.killing':
      return run.stop === null ? [] : [[{ type: 'run.kill', reason: run.stop }]];
    case 'run.finished': {
      const { publication } = fact;
      if (chart !== 'closing') return [];
      return [[{ type: 'xstate.done.actor.closeRun', actorId: 'closeRun', output: { publication } }]];
    }
    case 'dispatch.refused':
      return [[{ type: 'dispatch', ticket: fact.ticket, session: 'refused' }]];
    case 'session.dispatched': {
      const { ticket, session, adoptedFrom: from } = fact;
      // Time is not on record, and no timer runs in a replay.
      const adopted = from === undefined ? {} : { adopted: { from, timeLeftMs: 0 } };
      return [[{ type: 'dispatch', ticket, session, ...adopted }]];
    }
    case 'session.ended': {
      const { type: _type, ...output } = fact;
      const actorId = `session.${fact.session}` as const;
      return [[{ type: `xstate.done.actor.${actorId}`, actorId, output }]];
    }
    case 'merge.requested': {
      const { session } = fact;
      return [
        [{ type: fact.type, session, request: { session, ticket: '', title: '', branch: '', head: '' } }],
      ];
    }
    case 'session.prepared':
    case 'session.launched':
    case 'session.timingOut':
    case 'session.exited':
    case 'session.completed':
    case 'session.verified':
    case 'session.releasing':
    case 'merge.started':
    case 'merge.finished':
      return [[fact]];
  }
}

/** The facts on record after the one that is asked about, by their distance from it: 0 is the next. */
export type Later = (distance: number) => RunFact | undefined;

/** The end of recovery, which tells first what has landed and then that it is over; a journal may stop in between. */
function recoveryBehind(first: FactOf<'run.recovered' | 'ticket.recovered'>, later: Later): SupervisorEvent {
  const landed: RecoveredWork[] = [];
  let fact: RunFact | undefined = first;
  for (
    let distance = 0;
    fact?.type === 'ticket.recovered' || fact?.type === 'ticket.readied';
    distance += 1
  ) {
    if (fact.type === 'ticket.recovered') {
      const { ticket, earlierSession: session, commit } = fact;
      landed.push({ ticket, session, commit });
    }
    fact = later(distance);
  }
  const notes = fact?.type === 'run.recovered' ? fact.notes : [];
  return { type: 'xstate.done.actor.recover', actorId: 'recover', output: { notes, landed } };
}

/** What may break so that a run stops. Of an error that is not the reason to stop, only what follows tells the words. */
function breakdowns(
  { reason }: FactOf<'run.stopping'>,
  following: RunFact | undefined,
  run: RunState,
): readonly (readonly SupervisorEvent[])[] {
  const told = reason.kind === 'internalError' ? reason.message : '';
  const failed = following?.type === 'merge.finished' && following.outcome.kind === 'failed';
  const queueError = new Error(failed ? after('the merge queue broke: ', following.outcome.reason) : told);
  const lost = following?.type === 'session.ended' && isLive(run, following.session) ? following : null;
  return [
    [{ type: 'xstate.error.actor.recover', actorId: 'recover', error: new Error(told) }],
    [{ type: 'xstate.error.actor.mergeQueue', actorId: 'mergeQueue', error: queueError }],
    ...(lost === null
      ? []
      : [standInBreaks(lost.session, new Error(after('could not be released: ', lost.reason)))]),
  ];
}

function standInBreaks(session: string, error: Error): readonly SupervisorEvent[] {
  const [own, standIn] = [`session.${session}`, `standIn.${session}`] as const;
  return [
    { type: `xstate.error.actor.${own}`, actorId: own, error },
    { type: `xstate.error.actor.${standIn}`, actorId: standIn, error },
  ];
}

function after(prefix: string, text: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}
