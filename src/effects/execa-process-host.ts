/**
 * Runs agent processes on this machine.
 *
 * This file owns the registry: which sessions have, or may still have, a process. Starting one and following it to its
 * exit is `agent-process.ts`; finding who belongs to a session is `session-sweep.ts`.
 *
 * H1  There is no moment at which a process runs and is not registered: starting and registering are one turn.
 * H2  A session leaves the registry only when a sweep has found nobody left.
 * H3  Nobody is signalled by a number alone: an ended session is left alone, and others are checked by identity.
 * H4  The guardian, where there is one, knows what the registry knows: it ends the same processes when we cannot.
 */
import { lastLineOf } from '../domain/last-line.ts';
import type { SessionId } from '../domain/ids.ts';
import type { Redact } from '../domain/redact.ts';
import type { ProcessIdentity } from '../domain/run-fact.ts';
import type { SweepReport } from '../domain/work.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { AdoptingHost } from '../ports/adopting-host.ts';
import type { AgentSignal, LaunchCommand, ProcessEvent } from '../ports/process-host.ts';
import { startAgentProcess, type AgentProcess, type AgentProcessParts } from './agent-process.ts';
import type { Guardian } from './guardian.ts';
import { adoptKeptProcess, keptAgentIn, startKeptProcess } from './kept-process.ts';
import { familyOf, sweepSession } from './session-sweep.ts';
import { groupExists, signalGroup } from './signal-process.ts';

interface Registered {
  readonly agent: AgentProcess;
  /** Seen to belong to the session while its agent lived, or at its exit. */
  known: readonly ProcessIdentity[];
  /** It was to be killed before its keeper had told who it is. */
  isDoomed: boolean;
}

type Start = (command: LaunchCommand, parts: AgentProcessParts) => AgentProcess;

/** How far back to look for the last line; a longer line is shown from the middle. */
const LAST_LINE_BYTES_MAX = 4096;

/** Makes a host with an empty registry. Close it last, and once. */
export function execaProcessHost({
  clock,
  log,
  redact,
  guardian = null,
  keepers = false,
}: {
  readonly clock: Clock;
  readonly log: Logger;
  /** For what is shown of an agent's output; what is kept of it is kept as it was printed. */
  readonly redact: Redact;
  /** Null where nobody is to end the sessions should this process be killed. */
  readonly guardian?: Guardian | null;
  /** True: each agent gets a keeper, with which it outlives this process. Nobody else is to end it then. */
  readonly keepers?: boolean;
}): AdoptingHost {
  const registry = new Map<SessionId, Registered>();
  let closed = false;

  function begin(command: LaunchCommand, listener: (event: ProcessEvent) => void, start: Start): void {
    const { session } = command;
    const refusal = closed ? 'the run is over' : registry.has(session) ? 'it was launched before' : null;
    if (refusal !== null) {
      queueMicrotask(() => {
        listener({
          type: 'process.spawnFailed',
          session,
          reason: `session ${session} cannot start: ${refusal}`,
        });
      });
      return;
    }
    guardian?.watch({ session, leader: null, known: [] });
    const agent = start(command, {
      clock,
      log,
      listener: (event) => {
        listener(event);
        if (event.type === 'process.spawned' && registry.get(session)?.isDoomed) signal(session, 'SIGKILL');
        // What had a keeper and no agent has nothing left that a sweep would be called for.
        if (event.type === 'process.spawnFailed' && registry.get(session)?.agent === agent) forget(session);
      },
      onExit: (family) => {
        if (family === undefined) rememberOrphans(session);
        else noteKnown(session, family);
      },
    });
    if (agent.identity === null && agent.keeper === null) guardian?.release(session);
    else {
      registry.set(session, { agent, known: [], isDoomed: false });
      guardian?.watch({ session, leader: agent.identity, known: [] });
    }
  }

  /** A group that outlives its leader is held by these; whoever bears its number after them may be a stranger. */
  function rememberOrphans(session: SessionId): void {
    const identity = registry.get(session)?.agent.identity;
    if (identity && groupExists(identity.pid)) rememberFamily(session);
  }

  function rememberFamily(session: SessionId): void {
    const leader = registry.get(session)?.agent.identity;
    if (leader) noteKnown(session, familyOf(leader));
  }

  function noteKnown(session: SessionId, family: readonly ProcessIdentity[]): void {
    const registered = registry.get(session);
    if (registered === undefined) return;
    registered.known = [...registered.known, ...family];
    guardian?.watch({ session, leader: registered.agent.identity, known: registered.known });
  }

  function signal(session: SessionId, name: AgentSignal): void {
    const registered = registry.get(session);
    if (registered === undefined || registered.agent.hasExited()) return;
    const { agent } = registered;
    if (agent.identity === null) {
      registered.isDoomed ||= name === 'SIGKILL';
      return;
    }
    // Before it dies: its children become init's, and those that left the group and the environment would be lost.
    rememberFamily(session);
    signalGroup(agent.identity, name);
  }

  async function sweep(session: SessionId): Promise<SweepReport> {
    const registered = registry.get(session);
    const { identity: leader = null, keeper = null } = registered?.agent ?? {};
    const report = await sweepSession({ session, leader, keeper, known: registered?.known ?? [] }, clock);
    if (report.survivorsLeft === 0) void registered?.agent.ended.then(() => forget(session));
    return report;
  }

  function forget(session: SessionId): void {
    registry.delete(session);
    guardian?.release(session);
  }

  async function close(): Promise<SweepReport> {
    closed = true;
    for (const session of registry.keys()) signal(session, 'SIGKILL');
    const reports = await Promise.all(Array.from(registry, closeSession));
    return {
      survivorsFound: reports.reduce((sum, report) => sum + report.survivorsFound, 0),
      survivorsLeft: reports.reduce((sum, report) => sum + report.survivorsLeft, 0),
    };
  }

  async function closeSession([session, { agent }]: [SessionId, Registered]): Promise<SweepReport> {
    const report = await sweep(session);
    // A process that cannot be killed would be waited for in vain; a killed one has only its exit to report.
    if (report.survivorsLeft === 0) await agent.ended;
    return report;
  }

  return {
    launch: (command, listener) => begin(command, listener, keepers ? startKeptProcess : startAgentProcess),
    adopt: (command, listener) => begin(command, listener, adoptKeptProcess),
    kept: keptAgentIn,
    signal,
    sweep,
    // Before the line is cut out and shortened: half a secret is not known as one any more.
    lastLine: (session) =>
      lastLineOf(redact(registry.get(session)?.agent.recentOutput(LAST_LINE_BYTES_MAX) ?? '')),
    close,
  };
}
