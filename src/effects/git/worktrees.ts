/**
 * Gives every session a worktree and a branch of its own, and takes them back without losing anything.
 *
 * Worktrees are made outside the user's checkout, whose HEAD, index and files are never touched here. What an agent left
 * is brought onto a branch by `save-work.ts`; this file decides what may go after that.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SessionId, TicketId } from '../../domain/ids.ts';
import type { ReleaseReport, SessionPlace, WorkReport } from '../../domain/work.ts';
import type { Worktrees } from '../../ports/worktrees.ts';
import type { CheckoutWatch } from './checkout-watch.ts';
import { gateTreeOf } from './gates.ts';
import { messageOf } from './git.ts';
import type { Landings } from './landings.ts';
import type { Checkout, LinkedWorktrees } from './linked-worktrees.ts';
import { unsavedSubmodules } from './nested-repositories.ts';
import { readOrNull } from './read-or-null.ts';
import type { Repository } from './repository.ts';
import { gitInside, removeStaleLocks, saveWork } from './save-work.ts';

/** What the worktrees of a run are made with. */
export interface WorktreesOptions {
  readonly repository: Repository;
  readonly linked: LinkedWorktrees;
  readonly landings: Landings;
  /** Leaves worktrees where they are when a session ends. */
  readonly keepWorktrees: boolean;
  /** The commit a session starts from: the tip of the integration ref. */
  readonly tip: () => Promise<string>;
  /** Says why a person has to look at the work of a session before it is merged; null when there is no reason. */
  readonly objectionTo: (place: SessionPlace, head: string) => Promise<string | null>;
  /** Null when nobody looks at what agents do to the repository. */
  readonly watch: CheckoutWatch | null;
  /** Told what an agent did whose work is not looked at. */
  readonly warn: (message: string) => void;
}

/** What came of giving a worktree back. */
interface GivenBack {
  /** Why the worktree stays, or null when it is gone. */
  readonly keptReason: string | null;
  /** A branch beside the session's own that holds where HEAD was, or null. */
  readonly sideBranch: string | null;
}

/** Worktrees in a git repository. What a session should fail with is thrown, as an error that says why. */
export function gitWorktrees(options: WorktreesOptions): Worktrees {
  const { repository, linked, landings } = options;
  const { git, refs } = repository;
  const isLanded = (commit: string) => landings.has(commit);
  return { prepare, resume: async (place) => options.watch?.begin(place), find, collect, release };

  async function prepare(session: SessionId, ticket: TicketId): Promise<SessionPlace> {
    const branch = branchOf(session, ticket);
    const base = await options.tip();
    const worktree = await linked.place(session);
    await linked.add(['-b', branch, worktree, base], async () => {
      await linked.remove(worktree, true);
      // Deleted only where this failed attempt can have made it: a branch with a commit of its own is not at the base.
      await refs.move(`refs/heads/${branch}`, null, base);
    });
    const place = { session, ticket, worktree, branch, base };
    await options.watch?.begin(place);
    return place;
  }

  async function find(session: SessionId, ticket: TicketId): Promise<SessionPlace | null> {
    const branch = branchOf(session, ticket);
    const base = await refs.read(`refs/heads/${branch}`);
    if (base === null) return null;
    const checkout = await linked.find('', branch);
    return { session, ticket, worktree: checkout?.path ?? (await linked.place(session)), branch, base };
  }

  async function collect(place: SessionPlace): Promise<WorkReport> {
    const [checkout, tip] = await Promise.all([
      linked.find(place.worktree, place.branch),
      refs.read(`refs/heads/${place.branch}`),
    ]);
    const [saved, counted] = await Promise.all([
      saveWork(repository, place, checkout, isLanded),
      countCommits(place.base, tip ?? place.base),
    ]);
    if (saved.trouble !== null)
      throw new Error(`the work of ${place.ticket} cannot be merged: ${saved.trouble}`);
    const { head, leftoversCommitted } = saved;
    const [commits, ...objections] = await Promise.all([
      head === tip ? counted : countCommits(place.base, head),
      options.objectionTo(place, head),
      options.watch?.end(place) ?? null,
    ]);
    const objection = objections.filter((one) => one !== null).join('; ') || null;
    return { head, commits, leftoversCommitted, objection };
  }

  async function countCommits(base: string, head: string): Promise<number> {
    return head === base ? 0 : Number(await git.text(['rev-list', '--count', `${base}..${head}`]));
  }

  async function release(place: SessionPlace): Promise<ReleaseReport> {
    const changes = (await options.watch?.end(place)) ?? null;
    if (changes !== null) options.warn(`session ${place.session} of ${place.ticket}: ${changes}`);
    await removeGateTree(place);
    const checkout = await linked.find(place.worktree, place.branch);
    const { keptReason, sideBranch } = await giveBack(place, checkout);
    if (keptReason === null) await linked.removeEmptyFolder(dirname(place.worktree));
    const keptBranch = await dropLandedBranch(place, keptReason === null ? null : checkout);
    return {
      keptBranch: keptBranch ?? sideBranch,
      keptWorktree:
        keptReason === null ? null : { path: checkout?.path ?? place.worktree, reason: keptReason },
    };
  }

  /** What a gate looked at when the program was killed holds nothing of its own. */
  async function removeGateTree({ session, worktree }: SessionPlace): Promise<void> {
    const path = join(dirname(worktree), gateTreeOf(session));
    if (existsSync(path)) await linked.remove(path, true);
  }

  async function giveBack(place: SessionPlace, checkout: Checkout | null): Promise<GivenBack> {
    // Git itself refuses to remove a worktree with changes, untracked files or repositories in it: one process.
    const asItWas = checkout?.path === place.worktree && checkout.head === `ref: refs/heads/${place.branch}`;
    if (asItWas && !options.keepWorktrees && (await linked.remove(checkout.path, false)) === null) {
      return { keptReason: null, sideBranch: null };
    }
    try {
      const saved = await saveWork(repository, place, checkout, isLanded);
      const sideBranch = saved.branch === place.branch ? null : saved.branch;
      if (checkout === null) return { keptReason: null, sideBranch };
      const unsaved = [...saved.unsaved, ...(await unsavedSubmodules(gitInside(repository, checkout)))];
      if (unsaved.length > 0) return { keptReason: unsaved.join('; '), sideBranch };
      if (options.keepWorktrees) return { keptReason: 'worktrees are kept by configuration', sideBranch };
      return { keptReason: await linked.remove(checkout.path, true), sideBranch };
    } catch (error) {
      if (checkout === null) throw error;
      return { keptReason: `its work could not be saved: ${messageOf(error)}`, sideBranch: null };
    }
  }

  /** Deletes the session's branch when all its commits have landed. Gives its name when it has to stay. */
  async function dropLandedBranch(place: SessionPlace, kept: Checkout | null): Promise<string | null> {
    const ref = `refs/heads/${place.branch}`;
    const tip = await refs.read(ref);
    if (tip === null) return null;
    if (tip !== place.base && !(await landings.has(tip))) return place.branch;
    await removeStaleLocks(repository, place, kept);
    // A worktree that stays must not be left on a branch that is gone.
    const keptOn = kept === null ? null : await readOrNull(join(kept.gitDir, 'HEAD'));
    if (kept !== null && keptOn?.trim() === `ref: ${ref}`)
      await gitInside(repository, kept).text(['update-ref', '--no-deref', 'HEAD', tip, tip]);
    return (await refs.move(ref, null, tip)) ? null : place.branch;
  }
}

function branchOf(session: SessionId, ticket: TicketId): string {
  return `ralph/${ticket}/${session}`;
}
