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
import type { AgentSignal, LaunchCommand, ProcessEvent, ProcessHost } from '../ports/process-host.ts';
import { startAgentProcess, type AgentProcess } from './agent-process.ts';
import type { Guardian } from './guardian.ts';
import { familyOf, sweepSession } from './session-sweep.ts';
import { groupExists, signalGroup } from './signal-process.ts';

interface Registered {
  readonly agent: AgentProcess;
  /** Seen to belong to the session while its agent lived, or at its exit. */
  known: readonly ProcessIdentity[];
}

/** How far back to look for the last line; a longer line is shown from the middle. */
const LAST_LINE_BYTES_MAX = 4096;

/** Makes a host with an empty registry. Close it last, and once. */
export function execaProcessHost({
  clock,
  log,
  redact,
  guardian = null,
}: {
  readonly clock: Clock;
  readonly log: Logger;
  /** For what is shown of an agent's output; what is kept of it is kept as it was printed. */
  readonly redact: Redact;
  /** Null where nobody is to end the sessions should this process be killed. */
  readonly guardian?: Guardian | null;
}): ProcessHost {
  const registry = new Map<SessionId, Registered>();
  let closed = false;

  function launch(command: LaunchCommand, listener: (event: ProcessEvent) => void): void {
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
    const agent = startAgentProcess(command, {
      clock,
      log,
      listener,
      onExit: () => rememberOrphans(session),
    });
    if (agent.identity === null) guardian?.release(session);
    else {
      registry.set(session, { agent, known: [] });
      guardian?.watch({ session, leader: agent.identity, known: [] });
    }
  }

  /** A group that outlives its leader is held by these; whoever bears its number after them may be a stranger. */
  function rememberOrphans(session: SessionId): void {
    const identity = registry.get(session)?.agent.identity;
    if (identity && groupExists(identity.pid)) rememberFamily(session);
  }

  function rememberFamily(session: SessionId): void {
    const registered = registry.get(session);
    if (!registered?.agent.identity) return;
    const { identity: leader } = registered.agent;
    registered.known = [...registered.known, ...familyOf(leader)];
    guardian?.watch({ session, leader, known: registered.known });
  }

  function signal(session: SessionId, name: AgentSignal): void {
    const agent = registry.get(session)?.agent;
    if (!agent?.identity || agent.hasExited()) return;
    // Before it dies: its children become init's, and those that left the group and the environment would be lost.
    rememberFamily(session);
    signalGroup(agent.identity, name);
  }

  async function sweep(session: SessionId): Promise<SweepReport> {
    const registered = registry.get(session);
    const leader = registered?.agent.identity ?? null;
    const report = await sweepSession({ session, leader, known: registered?.known ?? [] }, clock);
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
    launch,
    signal,
    sweep,
    // Before the line is cut out and shortened: half a secret is not known as one any more.
    lastLine: (session) =>
      lastLineOf(redact(registry.get(session)?.agent.recentOutput(LAST_LINE_BYTES_MAX) ?? '')),
    close,
  };
}
