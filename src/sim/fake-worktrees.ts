/** Worktrees that keep the rules of the real ones (W1, W2 of `save-work.ts`): nothing that an agent left is lost. */
import type { SessionId, TicketId } from '../domain/ids.ts';
import type { ReleaseReport, SessionPlace, WorkReport } from '../domain/work.ts';
import type { Worktrees } from '../ports/worktrees.ts';
import { isLanded } from './fake-integration.ts';
import { branchRef, withFiles, type FakeWorktree } from './fake-repository.ts';
import type { Life, SimWorld } from './sim-world.ts';

/** Worktrees in the fake repository. `tip` gives the commit a session starts from. */
export function fakeWorktrees(world: SimWorld, life: Life, tip: () => Promise<string>): Worktrees {
  const { repository } = world;
  return { prepare, find, collect, release };

  async function prepare(session: SessionId, ticket: TicketId): Promise<SessionPlace> {
    const branch = branchOf(session, ticket);
    const base = await tip();
    const path = `/worktrees/${session}`;
    await world.writing(life, 'worktree add');
    if (repository.worktrees.has(path) || !repository.move(branchRef(branch), base, null))
      throw new Error(`${path} or ${branch} exists`);
    repository.worktrees.set(path, { path, branch, changes: new Map(), isDeleted: false });
    return { session, ticket, worktree: path, branch, base };
  }

  async function find(session: SessionId, ticket: TicketId): Promise<SessionPlace | null> {
    await world.reading(life);
    const branch = branchOf(session, ticket);
    const base = repository.read(branchRef(branch));
    if (base === null) return null;
    const worktree = [...repository.worktrees.values()].find((at) => at.branch === branch);
    return { session, ticket, worktree: worktree?.path ?? '', branch, base };
  }

  async function collect(place: SessionPlace): Promise<WorkReport> {
    await world.reading(life);
    const worktree = worktreeOf(place);
    const leftoversCommitted = worktree !== null && (await commitLeftovers(worktree, place));
    const head = repository.read(branchRef(place.branch)) ?? place.base;
    const commits = repository.commitsSince(place.base, head).length;
    return { head, commits, leftoversCommitted, objection: null };
  }

  async function release(place: SessionPlace): Promise<ReleaseReport> {
    await world.reading(life);
    const worktree = worktreeOf(place);
    if (worktree !== null) {
      try {
        await commitLeftovers(worktree, place);
        await world.writing(life, 'worktree remove');
      } catch (error) {
        const { message } = error as Error;
        return { keptBranch: place.branch, keptWorktree: { path: worktree.path, reason: message } };
      }
      remove(worktree, place);
    }
    return { keptBranch: await dropLandedBranch(place), keptWorktree: null };
  }

  /** By its path, or by its branch where it has no path on record. */
  function worktreeOf({ worktree, branch }: SessionPlace): FakeWorktree | null {
    const all = [...repository.worktrees.values()];
    return all.find(({ path }) => path === worktree) ?? all.find((at) => at.branch === branch) ?? null;
  }

  async function commitLeftovers(worktree: FakeWorktree, place: SessionPlace): Promise<boolean> {
    if (worktree.changes.size === 0) return false;
    await world.writing(life, 'commit');
    const ref = branchRef(worktree.branch);
    const parent = repository.read(ref) ?? place.base;
    const commit = repository.commit([parent], withFiles(repository.at(parent).tree, worktree.changes));
    repository.move(ref, commit, parent);
    worktree.changes.clear();
    return true;
  }

  function remove(worktree: FakeWorktree, { session }: SessionPlace): void {
    if (world.processes.get(session)?.isAnyAlive === true)
      world.fail('S6 noOrphan', `${worktree.path} is taken away under a live process of ${session}`);
    repository.worktrees.delete(worktree.path);
  }

  async function dropLandedBranch({ branch, base }: SessionPlace): Promise<string | null> {
    const ref = branchRef(branch);
    const head = repository.read(ref);
    if (head === null) return null;
    await world.reading(life);
    if (head !== base && !isLanded(repository, head)) return branch;
    await world.writing(life, 'update-ref');
    return repository.move(ref, null, head) ? null : branch;
  }
}

function branchOf(session: SessionId, ticket: TicketId): string {
  return `ralph/${ticket}/${session}`;
}
