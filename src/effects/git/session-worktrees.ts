/**
 * The worktrees that sessions have left: which there are, and what state each is in. Looks only.
 *
 * A worktree is one of ours when it lies in the folder for them, or where a journal says that a session worked. All others
 * are a person's, and are not mentioned.
 */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { WorktreeRemains } from '../../domain/cleanup-facts.ts';
import { runOfSession, type SessionId, type TicketId } from '../../domain/ids.ts';
import { GATE_TREE_SUFFIX } from './gates.ts';
import type { Checkout, LinkedWorktrees } from './linked-worktrees.ts';
import { unsavedSubmodules } from './nested-repositories.ts';
import { messageOf } from './git.ts';
import { readOrNull } from './read-or-null.ts';
import type { Repository } from './repository.ts';
import { gitInside, unsavableIn } from './save-work.ts';
import { workStatus } from './work-status.ts';

/** What the journals say of a session. */
export interface SessionOnRecord {
  readonly ticket: TicketId;
  /** Null when the run was cut off before it could tell. */
  readonly worktree: string | null;
  /** It has ended and left its worktree on purpose. */
  readonly wasKept: boolean;
}

/** Lists the worktrees in `root`, and those elsewhere that are on record; `ticketOf` names a session's ticket by its branch. */
export async function sessionWorktrees(options: {
  readonly repository: Repository;
  readonly linked: LinkedWorktrees;
  readonly root: string;
  readonly onRecord: ReadonlyMap<SessionId, SessionOnRecord>;
  readonly ticketOf: (session: SessionId) => TicketId | null;
}): Promise<readonly WorktreeRemains[]> {
  const { repository, linked, onRecord } = options;
  const root = await realpath(options.root).catch(() => options.root);
  const places = new Map([...onRecord].map(([session, { worktree }]) => [worktree, session]));
  const checkouts = (await linked.all()).filter(
    ({ path }) => path !== repository.mainWorktree && (dirname(path) === root || places.has(path)),
  );
  const found: WorktreeRemains[] = [];
  for (const checkout of checkouts) {
    const named = nameOf(basename(checkout.path), places.get(checkout.path));
    found.push({ ...(await stateOf(repository, checkout)), ...named, ...known(named.session) });
  }
  const paths = new Set(checkouts.map(({ path }) => path));
  for (const entry of await readdir(root, { withFileTypes: true }).catch(() => [])) {
    const path = join(root, entry.name);
    const named = nameOf(entry.name, undefined);
    // The folder may be one that a person chose: of what else is there, nothing is said.
    if (!entry.isDirectory() || paths.has(path) || named.session === null) continue;
    found.push({ path, branch: null, state: 'unknown', unsavable: [], ...named, ...known(named.session) });
  }
  return found;

  function known(session: SessionId | null): Pick<WorktreeRemains, 'ticket' | 'wasKept'> {
    const record = session === null ? undefined : onRecord.get(session);
    return {
      ticket: record?.ticket ?? (session === null ? null : options.ticketOf(session)),
      wasKept: record?.wasKept ?? false,
    };
  }
}

function nameOf(
  name: string,
  onRecord: SessionId | undefined,
): Pick<WorktreeRemains, 'session' | 'isGateTree'> {
  if (onRecord !== undefined) return { session: onRecord, isGateTree: false };
  const isGateTree = name.endsWith(GATE_TREE_SUFFIX);
  const session = isGateTree ? name.slice(0, -GATE_TREE_SUFFIX.length) : name;
  return runOfSession(session) === null ? { session: null, isGateTree: false } : { session, isGateTree };
}

async function stateOf(
  repository: Repository,
  checkout: Checkout,
): Promise<Pick<WorktreeRemains, 'path' | 'branch' | 'state' | 'unsavable'>> {
  const { path, gitDir, head } = checkout;
  const branch = head.startsWith('ref: refs/heads/') ? head.slice('ref: refs/heads/'.length) : null;
  const lock = await readOrNull(join(gitDir, 'locked'));
  const locked = lock === null ? [] : [`somebody has locked it (git worktree lock): ${lock.trim()}`];
  if ((await stat(path).catch(() => null)) === null) {
    return { path, branch, state: 'missing', unsavable: locked };
  }
  try {
    const git = gitInside(repository, checkout);
    const status = await workStatus(git);
    const unsavable = [
      ...locked,
      ...(await unsavableIn(checkout, status)),
      ...(await unsavedSubmodules(git)),
    ];
    return { path, branch, state: status.dirty ? 'leftovers' : 'clean', unsavable };
  } catch (error) {
    return {
      path,
      branch,
      state: 'unknown',
      unsavable: [...locked, `git cannot look into it: ${messageOf(error)}`],
    };
  }
}
