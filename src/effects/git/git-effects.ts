/** Puts the git effects of a run together, so that they share what they know of the repository. */
import type { Worktrees } from '../../ports/worktrees.ts';
import { gateRunner, type Gate } from './gates.ts';
import { gitIntegration, type GitIntegration, type TicketClosing } from './integration.ts';
import { Landings } from './landings.ts';
import { LinkedWorktrees } from './linked-worktrees.ts';
import type { Repository } from './repository.ts';
import { gitWorktrees } from './worktrees.ts';

/** What a run wants of git. */
export interface GitEffectsOptions {
  readonly repository: Repository;
  /** Folder for worktrees, outside the checkout and this repository's own; made when absent, removed when empty. */
  readonly worktreesRoot: string;
  readonly keepWorktrees: boolean;
  readonly tickets: TicketClosing;
  readonly gates: readonly Gate[];
  /** Environment of the gates. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told what went wrong where no outcome can say so. */
  readonly warn: (message: string) => void;
}

/** All that a run does with git. */
export interface GitEffects {
  readonly worktrees: Worktrees;
  readonly integration: GitIntegration;
  /** Kills gates that still run; called once, when the run is over, however it is over. */
  close(): void;
}

/** Makes the git effects for an opened repository. */
export function openGitEffects(options: GitEffectsOptions): GitEffects {
  const { repository, worktreesRoot, keepWorktrees, tickets, warn } = options;
  const linked = new LinkedWorktrees(repository, worktreesRoot);
  const landings = new Landings(repository);
  const gates =
    options.gates.length === 0
      ? null
      : gateRunner({ linked, gates: options.gates, environment: options.environment });
  const integration = gitIntegration({ repository, linked, landings, tickets, gates, warn });
  const tip = () => integration.sync();
  const worktrees = gitWorktrees({ repository, linked, landings, keepWorktrees, tip });
  return { worktrees, integration, close: () => gates?.close() };
}
