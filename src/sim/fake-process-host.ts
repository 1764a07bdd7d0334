/** A process host that keeps the rules of the real one (H1, H2 of `effects/execa-process-host.ts`). */
import type { SessionId } from '../domain/ids.ts';
import type { LaunchCommand, ProcessEvent, ProcessHost } from '../ports/process-host.ts';
import { FakeProcess } from './fake-processes.ts';
import type { Life, SimWorld } from './sim-world.ts';
import { GOOD_AGENT } from './world-plan.ts';

/** Starts processes of the world for one life. Agents read their ticket and branch from their environment, as real ones do. */
export function fakeProcessHost(world: SimWorld, life: Life): ProcessHost {
  const registry = new Set<SessionId>();
  let isClosed = false;

  function launch(command: LaunchCommand, listener: (event: ProcessEvent) => void): void {
    const { session, stallTimeoutMs, cwd, env } = command;
    const report = (event: ProcessEvent): void => {
      if (life.isAlive) listener(event);
    };
    // Never synchronously, as nothing that the system reports is.
    const later = (delayMs: number, event: ProcessEvent): unknown =>
      world.clock.setTimeout(() => report(event), delayMs, life);

    const refusal = isClosed ? 'the run is over' : registry.has(session) ? 'it was launched before' : null;
    const hasNoFolder = world.repository.worktrees.get(cwd)?.isDeleted === true;
    const fails = world.failingLaunches > 0;
    if (refusal !== null || hasNoFolder || fails) {
      if (refusal === null && !hasNoFolder) world.failingLaunches -= 1;
      later(1, { type: 'process.spawnFailed', session, reason: refusal ?? 'no such program' });
      return;
    }
    const { agents } = world.plan;
    const plan = world.isHealed ? GOOD_AGENT : (agents[world.launches % agents.length] ?? GOOD_AGENT);
    world.launches += 1;
    registry.add(session);
    const onExit = (exit: { code: number | null; signal: string | null; outputTail: string }): unknown =>
      later(1, { type: 'process.exited', session, ...exit });
    const pid = world.launches;
    const { RALPH_TICKET_ID: ticket = '', RALPH_BRANCH: branch = '' } = env;
    world.processes.set(
      session,
      new FakeProcess(world, { session, ticket, worktree: cwd, branch, plan, onExit }),
    );
    later(1, { type: 'process.spawned', session, process: { pid, startTime: '', bootId: '' } });
    if (stallTimeoutMs === 0 || plan.end !== 'hangs') return;
    world.clock.setTimeout(
      () => {
        if (world.processes.get(session)?.isAgentAlive === true)
          report({ type: 'process.stalled', session, silentMs: stallTimeoutMs });
      },
      plan.workMs + stallTimeoutMs,
      life,
    );
  }

  async function sweep(session: SessionId): Promise<{ survivorsFound: number; survivorsLeft: number }> {
    await world.pause(life, 1);
    // Also what an earlier life started: it is found by its marker.
    const survivorsFound = world.processes.get(session)?.killAll() ?? 0;
    await world.pause(life, 1);
    registry.delete(session);
    return { survivorsFound, survivorsLeft: 0 };
  }

  return {
    launch,
    signal: (session, name) => {
      if (registry.has(session)) world.processes.get(session)?.signal(name);
    },
    sweep,
    lastLine: () => '',
    async close() {
      isClosed = true;
      let survivorsFound = 0;
      for (const session of registry) survivorsFound += (await sweep(session)).survivorsFound;
      return { survivorsFound, survivorsLeft: 0 };
    },
  };
}
