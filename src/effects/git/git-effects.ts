/** Puts the git effects of a run together, so that they share what they know of the repository. */
import { dirname } from 'node:path';
import type { BranchRemains, WorktreeRemains } from '../../domain/cleanup-facts.ts';
import type { SessionId, TicketId } from '../../domain/ids.ts';
import type { Redact } from '../../domain/redact.ts';
import type { Worktrees } from '../../ports/worktrees.ts';
import { CheckoutWatch } from './checkout-watch.ts';
import { spillOf, type ComponentTruth } from './component-truth.ts';
import { gateRunner, type Gate } from './gates.ts';
import { gitIntegration, type GitIntegration, type TicketClosing } from './integration.ts';
import { Landings } from './landings.ts';
import { LinkedWorktrees } from './linked-worktrees.ts';
import type { Repository } from './repository.ts';
import { removeLandedBranch, sessionBranches } from './session-branches.ts';
import { sessionWorktrees, type SessionOnRecord } from './session-worktrees.ts';
import { gitWorktrees, type WorktreesOptions } from './worktrees.ts';

/** What a run wants of git. */
export interface GitEffectsOptions {
  readonly repository: Repository;
  /** Folder for worktrees, outside the checkout and this repository's own; made when absent, removed when empty. */
  readonly worktreesRoot: string;
  readonly keepWorktrees: boolean;
  readonly tickets: TicketClosing;
  readonly components: ComponentTruth;
  /** Where the git commands of a session are told while it is watched; null when sessions are not watched. */
  readonly traceFolder: ((session: SessionId) => string) | null;
  readonly gates: readonly Gate[];
  /** Environment of the gates. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For what a gate printed. */
  readonly redact: Redact;
  /** Told what went wrong where no outcome can say so. */
  readonly warn: (message: string) => void;
}

/** What earlier runs have left in the repository. Worktrees of sessions are given back by {@link Worktrees.release}. */
export interface GitRemains {
  branches(): Promise<readonly BranchRemains[]>;
  worktrees(
    onRecord: ReadonlyMap<SessionId, SessionOnRecord>,
    ticketOf: (session: SessionId) => TicketId | null,
  ): Promise<readonly WorktreeRemains[]>;
  /** Deletes a branch that is at that commit, landed and not checked out; else says why it stays. */
  removeBranch(branch: string, tip: string): Promise<string | null>;
  /** Removes a worktree that gates were run in; else says why it stays. */
  removeGateTree(path: string): Promise<string | null>;
}

/** All that a run does with git. */
export interface GitEffects {
  readonly worktrees: Worktrees;
  readonly integration: GitIntegration;
  readonly remains: GitRemains;
  /** Kills gates that still run; called once, when the run is over, however it is over. */
  close(): void;
}

/** Makes the git effects for an opened repository. */
export function openGitEffects(options: GitEffectsOptions): GitEffects {
  const { repository, worktreesRoot, keepWorktrees, tickets, warn } = options;
  const linked = new LinkedWorktrees(repository, worktreesRoot);
  const landings = new Landings(repository);
  const gates = options.gates.length === 0 ? null : gateRunner({ linked, ...options });
  const integration = gitIntegration({ repository, linked, landings, tickets, gates, warn });
  const tip = () => integration.sync();
  const objectionTo: WorktreesOptions['objectionTo'] = (place, head) =>
    spillOf(repository, options.components, place, head, tip);
  const watch =
    options.traceFolder === null ? null : new CheckoutWatch(repository, linked, options.traceFolder);
  const worktrees = gitWorktrees({
    repository,
    linked,
    landings,
    keepWorktrees,
    tip,
    objectionTo,
    watch,
    warn,
  });
  const remains: GitRemains = {
    branches: () => sessionBranches({ repository, linked, landings }),
    worktrees: (onRecord, ticketOf) =>
      sessionWorktrees({ repository, linked, root: worktreesRoot, onRecord, ticketOf }),
    removeBranch: (branch, at) => removeLandedBranch({ repository, linked, landings }, branch, at),
    removeGateTree: async (path) => {
      // It goes with the worktree of its session, where that was given back before.
      if (!(await linked.all()).some((checkout) => checkout.path === path)) return null;
      const reason = await linked.remove(path, true);
      if (reason === null) await linked.removeEmptyFolder(dirname(path));
      return reason;
    },
  };
  return { worktrees, integration, remains, close: () => gates?.close() };
}
