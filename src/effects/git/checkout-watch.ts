/** Watches what sessions do to the repository around their worktrees: how it looks before and after, and their commands. */
import { describeChanges, type RepositoryPrint } from '../../domain/checkout-changes.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { SessionPlace } from '../../domain/work.ts';
import { openTrace, readTrace, removeTrace } from './git-trace.ts';
import type { LinkedWorktrees } from './linked-worktrees.ts';
import type { Repository } from './repository.ts';
import { repositoryPrint } from './repository-print.ts';

/** What is known of a session that is being watched. */
interface Watched {
  readonly before: RepositoryPrint;
  readonly checkouts: readonly string[];
  /** Sessions that were live at some time while this one was. */
  readonly others: Set<SessionId>;
}

/** The watch over the sessions of one run. */
export class CheckoutWatch {
  readonly #repository: Repository;
  readonly #linked: LinkedWorktrees;
  readonly #traceFolder: (session: SessionId) => string;
  readonly #live = new Map<SessionId, Watched>();

  /** `traceFolder` names the folder into which the git commands of a session are told. */
  constructor(repository: Repository, linked: LinkedWorktrees, traceFolder: (session: SessionId) => string) {
    this.#repository = repository;
    this.#linked = linked;
    this.#traceFolder = traceFolder;
  }

  /** Begins to watch a session, before its agent is there. */
  async begin({ session, worktree }: SessionPlace): Promise<void> {
    const [before, all] = await Promise.all([
      repositoryPrint(this.#repository.commonDir),
      this.#linked.all(),
      openTrace(this.#traceFolder(session)),
    ]);
    const checkouts = all.map(({ path }) => path).filter((path) => path !== worktree);
    const others = new Set(this.#live.keys());
    for (const watched of this.#live.values()) watched.others.add(session);
    this.#live.set(session, { before, checkouts, others });
  }

  /** Says what a session has changed, or may have; null when nothing shows it, and when it was not watched. */
  async end({ session, worktree }: SessionPlace): Promise<string | null> {
    const watched = this.#live.get(session);
    if (watched === undefined) return null;
    this.#live.delete(session);
    const folder = this.#traceFolder(session);
    const [after, commands] = await Promise.all([
      repositoryPrint(this.#repository.commonDir),
      readTrace(folder),
    ]);
    await removeTrace(folder);
    return describeChanges({ ...watched, own: worktree, after, commands, others: [...watched.others] });
  }
}
