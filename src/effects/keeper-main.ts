/**
 * A keeper: a process that runs one agent, and outlives the orchestrator together with it.
 *
 * Usage: keeper-main.js, with the launch command as JSON on stdin. `kept-process.ts` starts it. It starts the agent as the
 * orchestrator itself would (a process group of its own, output through pipes into a bounded log), and tells how it went
 * by the files of `keeper-record.ts`. A file for the agent to print into would do without a keeper; but nobody could
 * bound it, and nobody but a parent is told how a process ended.
 *
 * K1  It acts on a whole command or not at all: an orchestrator that was killed while it wrote has started nobody.
 * K2  The agent is on record in the turn in which it starts, or it is killed.
 * K3  The exit file is the last thing it does: when the keeper is gone, all that it will ever tell is there.
 */
import { text } from 'node:stream/consumers';

import type { ProcessIdentity } from '../domain/run-fact.ts';
import { errorReason } from '../domain/session-outcome.ts';
import type { LaunchCommand, ProcessEvent } from '../ports/process-host.ts';
import { startAgentProcess, type AgentProcess } from './agent-process.ts';
import { writeExitRecord, writeKeeperRecord } from './keeper-record.ts';
import { ownIdentity } from './process-identity.ts';
import { familyOf } from './session-sweep.ts';
import { groupExists, signalGroup } from './signal-process.ts';
import { systemClock } from './system-clock.ts';

// A system that shuts down ends programs one by one. The agent hears it too, and how it ends is still to be told.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const command = parse(await text(process.stdin));
if (command !== null) await keep(command);

async function keep(given: LaunchCommand): Promise<void> {
  const { outputDir: folder } = given;
  let family: readonly ProcessIdentity[] = [];
  let outputError: string | null = null;
  // Whoever follows the agent watches for silence.
  const agent: AgentProcess = startAgentProcess(
    { ...given, stallTimeoutMs: 0 },
    { clock: systemClock, log: (_level, message) => (outputError = message), listener, onExit },
  );
  if (agent.identity !== null) {
    try {
      const keeper = ownIdentity();
      const startedMs = systemClock.nowMs();
      writeKeeperRecord(folder, { v: 1, keeper, agent: agent.identity, startedMs });
    } catch (error) {
      signalGroup(agent.identity, 'SIGKILL');
      await agent.ended;
      writeExitRecord(folder, { v: 1, kind: 'failed', reason: errorReason(error) });
      return;
    }
  }
  await agent.ended;

  function onExit(): void {
    const identity = agent.identity;
    if (identity !== null && groupExists(identity.pid)) family = familyOf(identity);
  }

  function listener(event: ProcessEvent): void {
    if (event.type === 'process.spawnFailed') {
      writeExitRecord(folder, { v: 1, kind: 'failed', reason: event.reason });
    } else if (event.type === 'process.exited') {
      const { code, signal } = event;
      writeExitRecord(folder, { v: 1, kind: 'exited', code, signal, family, outputError });
    }
  }
}

function parse(json: string): LaunchCommand | null {
  try {
    return JSON.parse(json) as LaunchCommand;
  } catch {
    return null;
  }
}
