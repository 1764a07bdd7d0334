/** Reads and moves refs. Nothing here overwrites what somebody else has written: every move names what it replaces. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitFailure, type Git } from './git.ts';
import { retried } from './retried.ts';

/** The refs of one repository, shared by all its worktrees. */
export class Refs {
  readonly #git: Git;
  readonly #commonDir: string;

  constructor(git: Git, commonDir: string) {
    this.#git = git;
    this.#commonDir = commonDir;
  }

  /**
   * The commit a full ref name stands for, or null when there is no such ref. A loose ref is read from its file, where
   * it always wins over a packed one: two milliseconds less than a process, several times a session.
   */
  async read(ref: string): Promise<string | null> {
    const loose = await readFile(join(this.#commonDir, ref), 'utf8').catch(() => '');
    if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?\n?$/.test(loose)) return loose.trim();
    const answer = await this.#git.ask(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
    return answer.exitCode === 0 ? answer.stdout.toString().trim() : null;
  }

  /**
   * Moves a ref from `expected` to `next` in one step; null stands for "does not exist". False when the ref was not at
   * `expected`. Throws {@link GitFailure} when git cannot do it although it was.
   */
  async move(ref: string, next: string | null, expected: string | null): Promise<boolean> {
    const args = next === null ? ['-d', ref, expected ?? ''] : [ref, next, expected ?? ''];
    return retried(async () => {
      const answer = await this.#git.ask(['update-ref', '-m', 'ralph-actors', ...args]);
      if (answer.exitCode === 0) return true;
      if ((await this.read(ref)) !== expected) return false;
      throw new GitFailure(['update-ref', ...args], this.#git.cwd, answer);
    });
  }

  /** True when every commit of `commit` is also one of `tip`. */
  async contains(tip: string, commit: string): Promise<boolean> {
    if (tip === commit) return true;
    const args = ['merge-base', '--is-ancestor', commit, tip];
    const answer = await this.#git.ask(args);
    if (answer.exitCode > 1) throw new GitFailure(args, this.#git.cwd, answer);
    return answer.exitCode === 0;
  }
}
