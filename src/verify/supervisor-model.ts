/**
 * The shipped supervisor machine as a core: its own chart, guards and actions, advanced by xstate's pure transition.
 *
 * Nothing is started. Its children are inert, and what the machine would do to them is captured from the actions that
 * each transition resolves to. `real-environment.ts` puts the real machines there.
 */
import { fromCallback, type SnapshotFrom } from 'xstate';

import {
  supervisorMachine,
  type MergeQueueCommand,
  type SessionCommand,
  type SupervisorInput,
} from '../../machines/index.ts';
import type { SessionId } from '../domain/ids.ts';
import type { RunFact } from '../domain/run-fact.ts';
import { CHART_STATES, type ChartState, type Command, type Core, type Output } from './core.ts';
import { pureScope, type PureAction } from './pure-scope.ts';

/** A snapshot of the supervisor. */
export type SupervisorSnapshot = SnapshotFrom<typeof supervisorMachine>;

/** Makes a core of the shipped machine, or of a mutant of it. */
export function supervisorCore(
  input: SupervisorInput,
  machine: typeof supervisorMachine = supervisorMachine,
): Core<SupervisorSnapshot> {
  const inert = withInertActors(machine);
  let outputs: Output[] = [];
  const scope = pureScope(inert, input, (action) => {
    const output = outputOf(action);
    if (output !== null) outputs.push(output);
  });
  const actorOf = actorNames();
  return {
    begin: () => {
      outputs = [];
      return { state: inert.getInitialSnapshot(scope, input), outputs };
    },
    take: (state, event) => {
      outputs = [];
      const next = inert.transition(state, event, scope);
      if (next.status === 'error') throw next.error;
      return { state: next, outputs };
    },
    lookAt: ({ context, value, children }) => {
      let actors = 0;
      for (const id in children) if (isOfSession(id)) actors += 1;
      return {
        run: context.run,
        chart: chartStateOf(value),
        actors,
        hasActor: (kind, session) => Object.hasOwn(children, actorOf(kind, session)),
      };
    },
  };
}

/** Only the actors are replaced: the chart, its guards and its actions are what ships. */
function withInertActors(machine: typeof supervisorMachine): typeof supervisorMachine {
  const inert = fromCallback(() => undefined);
  const names = ['session', 'mergeQueue', 'standIn', 'recover', 'closeRun'] as const;
  return machine.provide({ actors: Object.fromEntries(names.map((name) => [name, inert])) as never });
}

/** Names of actors, each put together once: asking for a property by a new text is slow. */
function actorNames(): (kind: 'session' | 'standIn', session: SessionId) => string {
  const names = { session: new Map<SessionId, string>(), standIn: new Map<SessionId, string>() };
  return (kind, session) => {
    let name = names[kind].get(session);
    if (name === undefined) {
      name = `${kind}.${session}`;
      names[kind].set(session, name);
    }
    return name;
  };
}

function isOfSession(actor: string): boolean {
  return actor.startsWith('session.') || actor.startsWith('standIn.');
}

function chartStateOf(value: unknown): ChartState {
  const state = CHART_STATES.find((name) => name === value);
  if (state === undefined)
    throw new Error(`the supervisor is in no state of its chart: ${JSON.stringify(value)}`);
  return state;
}

/** What an action means to the world; null when it concerns the supervisor alone. */
function outputOf({ type, params }: PureAction): Output | null {
  switch (type) {
    case 'xstate.emit':
      return params['event'] as RunFact;
    case 'xstate.spawnChild':
      return spawned((params['actorRef'] as { readonly id: string }).id);
    case 'xstate.sendTo':
      return sent(
        (params['to'] as { readonly id: string }).id,
        params['event'] as SessionCommand | MergeQueueCommand,
      );
    case 'xstate.stopChild':
      return typeof params['id'] === 'string' && isForgettable(params['id'])
        ? { kind: 'forget', actor: params['id'] }
        : null;
    case 'xstate.raise':
      return null;
    default:
      throw new Error(`the supervisor has an action that the checker does not know: ${type}`);
  }
}

function spawned(actor: string): Command | null {
  if (actor === 'mergeQueue') return { kind: 'spawnMergeQueue' };
  if (actor.startsWith('session.')) return { kind: 'spawnSession', session: actor.slice('session.'.length) };
  if (actor.startsWith('standIn.')) return { kind: 'spawnStandIn', session: actor.slice('standIn.'.length) };
  return null;
}

function sent(actor: string, event: SessionCommand | MergeQueueCommand): Command {
  switch (event.type) {
    case 'merge.enqueue':
      return { kind: 'enqueueMerge', session: event.request.session };
    case 'session.terminate':
      return { kind: 'terminate', session: actor.slice('session.'.length) };
    case 'session.kill':
      return { kind: 'kill', session: actor.slice('session.'.length) };
    case 'merge.finished':
      return { kind: 'passOutcome', session: event.session, outcome: event.outcome.kind };
  }
}

/** Recovery and closing end by themselves, and with them the wish to hear of them. */
function isForgettable(actor: string): boolean {
  return actor !== 'recover' && actor !== 'closeRun';
}
