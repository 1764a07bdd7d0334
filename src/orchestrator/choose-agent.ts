import { commandAgent } from '../agents/command-agent.ts';
import { findExecutable } from '../agents/find-executable.ts';
import { piAgent } from '../agents/pi-agent.ts';
import type { Config } from '../config/schema.ts';
import type { Agent } from '../ports/agent.ts';

/** The agent of a run, or why there is none. */
export type ChosenAgent =
  { readonly kind: 'chosen'; readonly agent: Agent } | { readonly kind: 'refused'; readonly reason: string };

/**
 * Chooses the configured agent and makes sure that its program exists: found out before the first dispatch, a missing
 * one costs nothing; found out by every session, it costs the backlog.
 */
export async function chooseAgent(
  config: Pick<Config, 'agent' | 'workflow' | 'workflowFlags'>,
  { path, cwd }: { readonly path: string | undefined; readonly cwd: string },
): Promise<ChosenAgent> {
  const made =
    config.agent === null
      ? ({ kind: 'agent', agent: piAgent(config) } as const)
      : commandAgent(config.agent.command);
  if (made.kind === 'refused') return { kind: 'refused', reason: `agent.command: ${made.reason}` };
  const { agent } = made;
  const search = await findExecutable(agent.name, { path, cwd });
  if (search.kind === 'found') return { kind: 'chosen', agent: startedFrom(search.path, agent) };
  return {
    kind: 'refused',
    reason: `the agent cannot be started: ${search.reason}. Install it, or name another with --agent-command or "agent" in .tf/ralph/config.json`,
  };
}

/** The agent that was found is the one that is started: in a worktree, a relative path leads somewhere else. */
function startedFrom(path: string, agent: Agent): Agent {
  return {
    ...agent,
    argv: (assignment) => {
      const [, ...args] = agent.argv(assignment);
      return [path, ...args];
    },
  };
}
