/**
 * Moves a branch forward in the work tree that has it checked out, when that collides with nothing there.
 *
 * `git merge --ff-only` does it, because it checks first, all at once, and updates files, index and branch as a person's
 * own pull would. What it would do beyond that is switched off or put back: hooks, ORIG_HEAD, overwriting ignored files.
 */
import { lstat, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Publication } from '../../domain/run-fact.ts';
import { lastWords, type Git, type GitAnswer } from './git.ts';
import type { Checkout } from './linked-worktrees.ts';
import { isContention, retriedWhile } from './retried.ts';

/** Says that a ref was not where it was thought to be any more: the caller looks again. */
export const MOVED: unique symbol = Symbol('moved');

/** Fast-forwards the branch checked out at a work tree from one commit to another. */
export async function fastForward(
  git: Git,
  checkout: Checkout,
  from: string,
  to: string,
): Promise<Publication | typeof MOVED> {
  const operation = await operationInProgress(checkout.gitDir);
  if (operation !== null) return held(`${operation} is in progress in ${checkout.path}`);

  const restoreOrigHead = await keep(join(checkout.gitDir, 'ORIG_HEAD'));
  const answer = await retriedWhile(
    () => git.ask([...MERGE, to]),
    (tried) => tried.exitCode !== 0 && isContention(tried.stderr),
  );
  await restoreOrigHead();
  if (answer.exitCode === 0) return { kind: 'published', commit: to };
  if (/Not possible to fast-forward|Diverging branches/i.test(answer.stderr)) return MOVED;
  if (isContention(answer.stderr)) return held(`another git process is at work in ${checkout.path}`);
  const collision = collisionIn(answer, checkout);
  if (collision !== null) return held(collision);
  await undo(git, from, to);
  return held(`git could not update ${checkout.path}: ${lastWords(answer)}`);
}

const MERGE = [
  'merge',
  '--ff-only',
  '--quiet',
  '--no-stat',
  '--no-squash',
  '--no-autostash',
  '--no-overwrite-ignore',
  '--no-verify-signatures',
];

function held(reason: string): Publication {
  return { kind: 'held', reason };
}

/** Names what a person has begun in a work tree and not finished, or null. */
async function operationInProgress(gitDir: string): Promise<string | null> {
  for (const [file, operation] of OPERATIONS) {
    if ((await lstat(join(gitDir, file)).catch(() => null)) !== null) return operation;
  }
  return null;
}

const OPERATIONS = [
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['sequencer', 'a cherry-pick'],
] as const;

/** Remembers a file as it is; what it gives puts that back. */
async function keep(path: string): Promise<() => Promise<void>> {
  const bytes = await readFile(path).catch(() => null);
  return bytes === null ? () => rm(path, { force: true }) : () => writeFile(path, bytes);
}

/** Says which paths are in the way, or null when git failed for another reason. Git lists them behind a tab each. */
function collisionIn(answer: GitAnswer, checkout: Checkout): string | null {
  const paths = [...answer.stderr.matchAll(/^(?:\t(.+)|error: Entry '(.+)' .*)$/gm)].map(
    (match) => match[1] ?? match[2],
  );
  if (
    paths.length === 0 ||
    !/overwritten|lose untracked|removed by merge|not up-?to-?date/.test(answer.stderr)
  )
    return null;
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return `local changes in ${checkout.path} are in the way: ${paths.slice(0, 3).join(', ')}${more}`;
}

/**
 * Takes back a fast-forward that broke off while it was writing files, as when a filter fails or the disk is full. Git
 * leaves index and branch alone then, but not the files it has written. By now it is known that nothing local collided,
 * so a file with exactly the new content, and a file that has gone, are git's doing. Anything else is left as it is.
 */
async function undo(git: Git, from: string, to: string): Promise<void> {
  const records = (
    await git.text(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, to])
  ).split('\0');
  const restored: string[] = [];
  for (let index = 0; index + 1 < records.length; index += 2) {
    const [, , , blob = '', status] = records[index]!.split(' ');
    const path = records[index + 1]!;
    const file = await lstat(join(git.cwd, path)).catch(() => null);
    const written =
      file?.isFile() === true &&
      (await git.ask(['hash-object', '--', path])).stdout.toString().trim() === blob;
    if (status !== 'A') {
      if (written || file === null) restored.push(path);
    } else if (written) {
      await unlink(join(git.cwd, path));
    }
  }
  const input = Buffer.from(restored.map((path) => `${path}\0`).join(''));
  if (input.length > 0) await git.ask(['checkout-index', '--force', '--quiet', '-z', '--stdin'], { input });
}
