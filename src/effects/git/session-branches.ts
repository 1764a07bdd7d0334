/**
 * The branches that sessions have left: which of them hold nothing any more, and how one goes.
 *
 * B1  Landed means: every commit of it is on the target branch or on its integration ref.
 * B2  A branch that goes is looked at again right before, and is deleted only while it still is at the commit that was
 *     looked at (`git update-ref -d <ref> <commit>`).
 */
import type { BranchRemains } from '../../domain/cleanup-facts.ts';
import { runOfSession, type SessionId } from '../../domain/ids.ts';
import { integrationRef, type Landings } from './landings.ts';
import type { LinkedWorktrees } from './linked-worktrees.ts';
import { rebasedBranch } from './publication.ts';
import type { Repository } from './repository.ts';

/** Where the branches are, and what is known around them. */
export interface SessionBranchesParts {
  readonly repository: Repository;
  readonly linked: LinkedWorktrees;
  readonly landings: Landings;
}

const FOLDER = 'refs/heads/ralph/';

/** Lists every branch under `ralph/`. Four processes at most, however many there are. */
export async function sessionBranches(parts: SessionBranchesParts): Promise<readonly BranchRemains[]> {
  const { git, refs, target } = parts.repository;
  const listing = await git.text([
    'for-each-ref',
    '--format=%(refname:lstrip=2) %(objectname) %(symref)',
    FOLDER,
  ]);
  const lines = listing.split('\n').filter((line) => line !== '');
  if (lines.length === 0) return [];
  const [landed, checkedOut, integration] = await Promise.all([
    landedBranches(parts.repository, `refs/heads/${target}`),
    checkouts(parts.linked),
    refs.read(integrationRef(target)),
  ]);
  const waiting =
    integration === null ? new Set<string>() : await landedBranches(parts.repository, integration);
  return lines.map((line) => {
    const [branch = '', tip = '', symref = ''] = line.split(' ');
    return {
      branch,
      tip,
      session: symref === '' ? sessionOfBranch(branch) : null,
      isLanded: landed.has(branch) || waiting.has(branch),
      checkedOutAt: checkedOut.get(`refs/heads/${branch}`) ?? null,
    };
  });
}

/** Deletes a branch while it is at `tip`, landed and nowhere checked out; else says why it stays. */
export async function removeLandedBranch(
  { repository, linked, landings }: SessionBranchesParts,
  branch: string,
  tip: string,
): Promise<string | null> {
  const ref = `refs/heads/${branch}`;
  const now = await repository.refs.read(ref);
  if (now === null) return null;
  if (now !== tip) return 'it has moved meanwhile';
  if (!(await landings.has(tip))) return `it has commits that ${repository.target} has not`;
  const at = (await checkouts(linked)).get(ref);
  if (at !== undefined) return `it is checked out in ${at}`;
  return (await repository.refs.move(ref, null, tip)) ? null : 'it has moved meanwhile';
}

/** Reads `ralph/<ticket>/<session>`, also with what is put behind it for a HEAD that was left apart. */
export function sessionOfBranch(branch: string): SessionId | null {
  const [, ticket, name, ...more] = branch.split('/');
  const session = name?.replace(/-head(?:-\d+)?$/, '') ?? '';
  return ticket !== undefined && more.length === 0 && runOfSession(session) !== null ? session : null;
}

async function landedBranches({ git }: Repository, commit: string): Promise<ReadonlySet<string>> {
  const listing = await git.text([
    'for-each-ref',
    '--format=%(refname:lstrip=2)',
    `--merged=${commit}`,
    FOLDER,
  ]);
  return new Set(listing.split('\n'));
}

/** Every branch that a work tree is on or is rebasing, with the path of that work tree. */
async function checkouts(linked: LinkedWorktrees): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const checkout of await linked.all()) {
    const ref = checkout.head.startsWith('ref: ') ? checkout.head.slice(5) : await rebasedBranch(checkout);
    if (ref !== null) found.set(ref, checkout.path);
  }
  return found;
}
