/**
 * The worktrees of a repository, as its git directory knows them: `worktrees/<id>/gitdir` says where one is,
 * `worktrees/<id>/HEAD` what it is on. Reading these files shows where every branch is checked out without a process, and
 * still works when the worktree's own folder is damaged or gone.
 */
import { mkdir, readdir, readFile, realpath, rmdir, lstat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf } from './git.ts';
import { readOrNull } from './read-or-null.ts';
import type { Repository } from './repository.ts';
import { retried } from './retried.ts';

/** A work tree of the repository. */
export interface Checkout {
  readonly path: string;
  /** Where its own HEAD, index and state of operations are kept. */
  readonly gitDir: string;
  /** The raw content of HEAD: `ref: <full name>` or a commit. */
  readonly head: string;
}

/** No file system monitor is started for a worktree that lives for minutes. */
const UNWATCHED = ['-c', 'core.fsmonitor=false'];

/** Adds, finds and removes worktrees of one repository. */
export class LinkedWorktrees {
  readonly #repository: Repository;
  readonly #root: string;
  /** `git worktree add` reads and writes what all worktrees share, so only one may run at a time. */
  #lastAdded: Promise<unknown> = Promise.resolve();

  #realRoot: Promise<string> | null = null;

  /** `root` is the folder for worktrees, outside the checkout; made when absent, removed when empty. */
  constructor(repository: Repository, root: string) {
    this.#repository = repository;
    this.#root = root;
  }

  /** Where a worktree of this name belongs. As git records real paths, it is found again by this one. */
  async place(name: string): Promise<string> {
    this.#realRoot ??= mkdir(this.#root, { recursive: true, mode: 0o700 }).then(() => realpath(this.#root));
    const path = join(await this.#realRoot, name);
    if ((await lstat(path).catch(() => null)) === null) return path;
    // Somebody's worktree, then, which the cleanup after a failed `add` would remove.
    throw new Error(`there is something at ${path} already, although names of worktrees are never reused`);
  }

  /** Runs `git worktree add` with these arguments, after every earlier one; `cleanup` runs before it is tried again. */
  add(args: readonly string[], cleanup: () => Promise<void>): Promise<void> {
    const added = this.#lastAdded.then(() =>
      retried(async () => {
        try {
          await this.#repository.git.text([...UNWATCHED, 'worktree', 'add', '--quiet', ...args]);
        } catch (error) {
          await cleanup();
          throw error;
        }
      }),
    );
    this.#lastAdded = added.catch(() => {});
    return added;
  }

  /** Removes a worktree. Gives git's reason when it refuses: because of `force` being false, or the system. */
  async remove(path: string, force: boolean): Promise<string | null> {
    // A second --force is for worktrees that somebody has locked.
    const args = [
      ...UNWATCHED,
      '-c',
      'status.showUntrackedFiles=all',
      'worktree',
      'remove',
      ...(force ? ['--force', '--force'] : []),
      path,
    ];
    try {
      await retried(() => this.#repository.git.text(args));
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Removes the folder that held worktrees, when the last one has gone. */
  removeEmptyFolder(path: string): Promise<void> {
    // In line with the adding, so that nobody is just about to put a worktree there.
    const removed = this.#lastAdded.then(() => rmdir(path)).catch(() => {});
    this.#lastAdded = removed;
    return removed;
  }

  /** Finds the worktree at a path, or else the one that is on a branch: it may have been moved. */
  async find(path: string, branch: string): Promise<Checkout | null> {
    const linked = await this.#linked();
    return (
      linked.find((at) => at.path === path) ??
      linked.find((at) => at.head === `ref: refs/heads/${branch}`) ??
      null
    );
  }

  /** All work trees, the main one first. */
  async all(): Promise<readonly Checkout[]> {
    const { mainWorktree, commonDir } = this.#repository;
    const linked = await this.#linked();
    const head = mainWorktree === null ? null : await readOrNull(join(commonDir, 'HEAD'));
    return mainWorktree === null || head === null
      ? linked
      : [{ path: mainWorktree, gitDir: commonDir, head: head.trim() }, ...linked];
  }

  async #linked(): Promise<readonly Checkout[]> {
    const folder = join(this.#repository.commonDir, 'worktrees');
    const ids = await readdir(folder).catch(() => []);
    const found = await Promise.all(
      ids.map(async (id): Promise<Checkout | null> => {
        const gitDir = join(folder, id);
        const [pointer, head] = await Promise.all([
          readOrNull(join(gitDir, 'gitdir')),
          readOrNull(join(gitDir, 'HEAD')),
        ]);
        if (pointer === null || head === null) return null;
        return { path: dirname(resolve(gitDir, pointer.trim())), gitDir, head: head.trim() };
      }),
    );
    return found.filter((checkout) => checkout !== null);
  }
}

/** True when the folder of a worktree leads back to its place in the git directory. */
export async function isIntact(checkout: Checkout): Promise<boolean> {
  const pointer = await readFile(join(checkout.path, '.git'), 'utf8').catch(() => '');
  const leadsTo = resolve(checkout.path, pointer.replace(/^gitdir: /, '').trim());
  return pointer.startsWith('gitdir: ') && basename(leadsTo) === basename(checkout.gitDir);
}
