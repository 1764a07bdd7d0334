/** The git effects as a run would open them, on a test repository, with tickets in the plainest format there is. */
import { join } from 'node:path';
import type { ComponentTruth } from '../../../src/effects/git/component-truth.ts';
import type { Gate } from '../../../src/effects/git/gates.ts';
import { openGitEffects, type GitEffects } from '../../../src/effects/git/git-effects.ts';
import { openRepository, type Repository } from '../../../src/effects/git/repository.ts';
import type { MergeOutcome } from '../../../src/domain/run-fact.ts';
import type { SessionPlace } from '../../../src/domain/work.ts';
import { workTree, type TestRepo, type WorkTree } from '../../support/repo.ts';

/** What a test may choose. */
export interface OpenOptions {
  readonly targetBranch?: string;
  readonly keepWorktrees?: boolean;
  readonly gates?: readonly Gate[];
  readonly components?: ComponentTruth;
  /** Watch what sessions do to the repository around them. */
  readonly isWatched?: boolean;
  readonly closeInStore?: (ticket: string) => Promise<void>;
}

/** Git effects, and what a test wants to know beside them. */
export interface Opened extends GitEffects {
  readonly repository: Repository;
  readonly worktreesRoot: string;
  readonly warnings: string[];
  readonly closedInStore: string[];
  /** Prepares a session and gives its worktree to act in. */
  begin(session: string, ticket?: string): Promise<{ place: SessionPlace; agent: WorkTree }>;
  /** Collects a session's work and merges it. */
  land(place: SessionPlace, title?: string): Promise<MergeOutcome>;
}

/** Opens the effects on a repository that is fit for a run. */
export async function openEffects(repo: TestRepo, options: OpenOptions = {}): Promise<Opened> {
  const opened = await openRepository(repo.root, { targetBranch: options.targetBranch });
  if (opened.kind === 'refused') throw new Error(opened.reason);
  const { repository } = opened;
  const warnings: string[] = [];
  const closedInStore: string[] = [];
  const worktreesRoot = join(repo.folder, 'wörk trees');
  const effects = openGitEffects({
    repository,
    worktreesRoot,
    keepWorktrees: options.keepWorktrees ?? false,
    traceFolder: options.isWatched === true ? (session) => join(repo.folder, 'traces', session) : null,
    components: options.components ?? { owners: [], claimedBy: () => [] },
    gates: options.gates ?? [],
    environment: process.env,
    redact: (text) => text,
    warn: (message) => warnings.push(message),
    tickets: {
      path: (ticket) => `.tickets/${ticket}.md`,
      closeFile: closeByReplacing,
      async closeInStore(ticket) {
        closedInStore.push(ticket);
        await options.closeInStore?.(ticket);
      },
    },
  });
  const { worktrees, integration } = effects;
  return {
    ...effects,
    repository,
    worktreesRoot,
    warnings,
    closedInStore,
    async begin(session, ticket = `t-${session}`) {
      const place = await worktrees.prepare(session, ticket);
      return { place, agent: workTree(place.worktree) };
    },
    async land(place, title = 'Do it') {
      const { head } = await worktrees.collect(place);
      return integration.merge({ ...place, title, head });
    },
  };
}

/** Closes a ticket by replacing `status: open`, byte for byte; a file without a status is not a ticket. */
function closeByReplacing(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  if (!/^status: /m.test(text)) throw new Error('it has no status');
  return Buffer.from(text.replace(/^status: (open|in_progress)/m, 'status: closed'), 'latin1');
}
