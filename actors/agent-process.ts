import { fromCallback } from 'xstate';

import type { AgentCommand, AgentProcessInput, AgentReport } from '../machines/index.ts';
import { errorReason } from '../src/domain/session-outcome.ts';
import type { ProcessEvent } from '../src/ports/process-host.ts';
import { announced } from './durably.ts';
import type { World } from './world.ts';

/**
 * Holds the agent process of one session: starts it, or attaches to one that an earlier run has started; passes signals
 * down and facts up.
 *
 * It has no clean-up of its own: a session leaves `alive` only after the exit or after SIGKILL had its time, and what
 * outlives even the supervisor is in the host's registry, which the orchestrator closes last.
 */
export function agentProcess(world: World) {
  const { agent, host, journal, adoptions } = world;
  return fromCallback<AgentCommand, AgentProcessInput>(({ input, sendBack, receive }) => {
    const { session } = input;
    const report = (event: AgentReport): void => sendBack(event);
    let isUnwanted = false;
    let isLaunched = false;

    receive((command) => {
      switch (command.type) {
        case 'agent.ask':
          if (agent.stopSignal !== null) host.signal(session, agent.stopSignal);
          return;
        case 'agent.terminate':
          host.signal(session, 'SIGTERM');
          return;
        case 'agent.kill':
          isUnwanted = true;
          if (isLaunched) host.signal(session, 'SIGKILL');
      }
    });

    const listen = (event: ProcessEvent): void => {
      switch (event.type) {
        case 'process.spawned':
          report({ type: event.type, process: event.process });
          return;
        case 'process.spawnFailed':
          report({ type: event.type, reason: event.reason });
          return;
        case 'process.stalled':
          report({ type: event.type, silentMs: event.silentMs });
          return;
        case 'process.exited': {
          const { code, signal } = event;
          report({ type: event.type, exit: { code, signal, verdict: agent.verdict(event) } });
        }
      }
    };

    void launch();

    async function launch(): Promise<void> {
      try {
        await announced(journal);
        // One that is adopted was started long ago: it has to be attached to before it can be killed.
        const isAdopted = adoptions?.isUnattached(session) === true;
        if (isUnwanted && !isAdopted) {
          report({ type: 'process.spawnFailed', reason: 'it was killed before it was started' });
          return;
        }
        const command = world.launchCommand(input);
        isLaunched = true;
        if (isAdopted) adoptions.attach(command, listen);
        else host.launch(command, listen);
        if (isUnwanted) host.signal(session, 'SIGKILL');
      } catch (error) {
        report({ type: 'process.spawnFailed', reason: errorReason(error) });
      }
    }
  });
}
