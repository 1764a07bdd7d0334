import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { AgentProcessInput } from '../../machines/index.ts';
import { agentEnvironment } from '../agents/agent-environment.ts';
import { promptOf } from '../agents/prompt.ts';
import type { RunId } from '../domain/ids.ts';
import { traceVariables } from '../effects/git/git-trace.ts';
import type { Agent } from '../ports/agent.ts';
import type { LaunchCommand } from '../ports/process-host.ts';
import type { Project } from './project.ts';
import { sessionDir, TICKETS_DIR, traceDir } from './state-files.ts';

/** Says what to start for a session of a run. */
export function agentLauncher(options: {
  readonly project: Project;
  readonly run: RunId;
  readonly agent: Agent;
  readonly env: Readonly<Record<string, string | undefined>>;
}): (input: AgentProcessInput) => LaunchCommand {
  const { project, run, agent, env } = options;
  const { repository, config, backlog } = project;
  return ({ session, attempt, place }) => {
    const position = backlog.positions.get(place.ticket);
    const ticket = position === undefined ? undefined : backlog.tickets[position];
    if (ticket === undefined)
      throw new Error(`session ${session} is for ${place.ticket}, which is not in the backlog`);
    const { worktree } = place;
    // Tracked tickets are in the worktree too, and the agent's edits belong there; others exist in the checkout only.
    const own = join(worktree, TICKETS_DIR);
    return {
      session,
      argv: agent.argv({
        ticket: ticket.id,
        title: ticket.title,
        prompt: promptOf(ticket),
        worktree,
        session,
        attempt,
      }),
      cwd: worktree,
      env: agentEnvironment({
        parent: env,
        pass: config.environment.pass,
        run,
        place,
        attempt,
        tracing: config.checkoutIntegrity ? traceVariables(traceDir(repository.root, run, session)) : {},
        ticketsDir: existsSync(own) ? own : join(repository.root, TICKETS_DIR),
      }),
      outputDir: sessionDir(repository.root, run, session),
      outputBytesMax: config.outputBytesMax,
      stallTimeoutMs: config.stallTimeoutMs,
    };
  };
}
