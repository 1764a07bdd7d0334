/**
 * A stage for one life after the other. A machine is bound to it once, because binding one costs more than a session;
 * whose turn it is decides which life its actors touch. A life that has died waits for ever and touches nothing.
 */
import type { World } from '../../actors/world.ts';

/** What a machine can be bound to, before there is anybody to play. */
export interface Stage {
  readonly world: World;
  /** Gives the stage to a life. */
  enter(world: World): void;
}

/** Makes an empty stage. */
export function emptyStage(): Stage {
  let on: World | null = null;
  const now = (): World => {
    if (on === null) throw new Error('nobody is on the stage yet');
    return on;
  };
  return {
    enter: (world) => {
      on = world;
    },
    world: {
      agent: {
        name: 'agent',
        argv: (assignment) => now().agent.argv(assignment),
        get stopSignal() {
          return now().agent.stopSignal;
        },
        verdict: (exit) => now().agent.verdict(exit),
      },
      host: {
        launch: (command, listener) => now().host.launch(command, listener),
        signal: (session, signal) => now().host.signal(session, signal),
        sweep: (session) => now().host.sweep(session),
        lastLine: (session) => now().host.lastLine(session),
        close: () => now().host.close(),
      },
      worktrees: {
        prepare: (session, ticket) => now().worktrees.prepare(session, ticket),
        find: (session, ticket) => now().worktrees.find(session, ticket),
        collect: (place) => now().worktrees.collect(place),
        release: (place) => now().worktrees.release(place),
      },
      integration: {
        sync: () => now().integration.sync(),
        merge: (request) => now().integration.merge(request),
        publish: () => now().integration.publish(),
      },
      journal: {
        append: (fact) => now().journal.append(fact),
        flushed: () => now().journal.flushed(),
        close: () => now().journal.close(),
      },
      launchCommand: (input) => now().launchCommand(input),
      recover: () => now().recover(),
      closeRun: () => now().closeRun(),
    },
  };
}
