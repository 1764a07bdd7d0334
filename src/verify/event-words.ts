/**
 * What comes to the supervisor and what it does, in words for a person.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import type { RunFact } from '../domain/run-fact.ts';
import { isFact, type Command, type Output } from './core.ts';

/** Says what came to the supervisor. */
export function describeEvent(event: SupervisorEvent): string {
  switch (event.type) {
    case 'dispatch':
      return `the policy asks for ${event.ticket}`;
    case 'run.pause':
      return 'somebody asks for a pause';
    case 'run.resume':
      return 'the pause is lifted';
    case 'run.drain':
      return 'somebody asks the run to drain';
    case 'run.stop':
      return 'somebody asks the run to stop';
    case 'run.kill':
      return 'somebody asks the run to be killed';
    case 'session.prepared':
      return `${event.session} has its worktree`;
    case 'session.launched':
      return `${event.session}: its agent runs`;
    case 'session.timingOut':
      return `${event.session}: its agent is being ended (${event.cause})`;
    case 'session.exited':
      return `${event.session}: its agent is gone (exit code ${event.code ?? 'none'})`;
    case 'session.completed':
      return `${event.session}: its agent did its job`;
    case 'session.verified':
      return `${event.session}: its work is verified (${event.commits} commit(s))`;
    case 'merge.requested':
      return `${event.session} asks for its merge`;
    case 'session.releasing':
      return `${event.session} gives its place back (${event.ending})`;
    case 'merge.started':
      return `the merge queue begins with ${event.session}`;
    case 'merge.finished':
      return `the merge queue is done with ${event.session} (${event.outcome.kind})`;
    case 'xstate.done.actor.recover':
      return 'recovery is done';
    case 'xstate.error.actor.recover':
      return 'recovery breaks';
    case 'xstate.done.actor.closeRun':
      return 'the run is closed';
    case 'xstate.error.actor.closeRun':
      return 'closing the run breaks';
    case 'xstate.error.actor.mergeQueue':
      return 'the merge queue breaks';
    default:
      return describeEnd(event);
  }
}

function describeEnd(
  event: Extract<SupervisorEvent, { readonly actorId: `${'session' | 'standIn'}.${string}` }>,
): string {
  const standIn = event.actorId.startsWith('standIn.');
  const session = event.actorId.slice(event.actorId.indexOf('.') + 1);
  if ('output' in event) {
    return `${session} is over (${event.output.ending})${standIn ? ', ended by its stand-in' : ''}`;
  }
  return standIn ? `the stand-in of ${session} breaks` : `the machine of ${session} breaks`;
}

/** Says what the supervisor did about it. */
export function describeOutput(output: Output): string {
  return isFact(output) ? describeFact(output) : describeCommand(output);
}

function describeFact(fact: RunFact): string {
  if ('session' in fact) return `${fact.type} ${fact.session}`;
  return 'ticket' in fact ? `${fact.type} ${fact.ticket}` : fact.type;
}

function describeCommand(command: Command): string {
  switch (command.kind) {
    case 'spawnSession':
      return `starts session ${command.session}`;
    case 'spawnStandIn':
      return `starts a stand-in for ${command.session}`;
    case 'spawnMergeQueue':
      return 'starts a merge queue';
    case 'enqueueMerge':
      return `hands ${command.session} to the merge queue`;
    case 'terminate':
      return `tells ${command.session} to end`;
    case 'kill':
      return `tells ${command.session} to kill its agent`;
    case 'passOutcome':
      return `tells ${command.session} that its merge ${command.outcome}`;
    case 'forget':
      return `lets ${command.actor} go`;
  }
}
