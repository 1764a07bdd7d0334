/** Merges commits and writes the result, without a checkout: no file, index or HEAD of anybody has a part in it. */
import { GitFailure } from './git.ts';
import type { Repository } from './repository.ts';
import { retried } from './retried.ts';

/** What merging two commits came to. */
export type MergedTree =
  | { readonly kind: 'clean'; readonly tree: string }
  | { readonly kind: 'conflicted'; readonly paths: readonly string[] };

/** Merges two commits into a tree. Throws {@link GitFailure} when there is no way to merge them, as without a common past. */
export async function mergeTrees(repository: Repository, ours: string, theirs: string): Promise<MergedTree> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
  const answer = await repository.git.ask(args);
  if (answer.exitCode > 1) throw new GitFailure(args, repository.git.cwd, answer);
  const [tree = '', ...paths] = answer.stdout.toString().split('\0');
  if (answer.exitCode === 1) return { kind: 'conflicted', paths: paths.filter((path) => path.length > 0) };
  return { kind: 'clean', tree: tree.trim() };
}

/** A commit to be written. */
export interface NewCommit {
  /** The first is the one the commit follows, the others are merged into it. */
  readonly parents: readonly [string, ...string[]];
  readonly tree: string;
  /** A file of the tree that gets another content. */
  readonly changed: { readonly path: string; readonly mode: string; readonly bytes: Buffer } | null;
  readonly message: string;
}

/** Writes a commit that no ref leads to yet, and gives its name. */
export async function writeCommit(repository: Repository, commit: NewCommit): Promise<string> {
  // fast-import builds commits on refs. This one is dropped again before any ref is written, so nobody ever sees it.
  const scratch = 'refs/ralph/scratch';
  const answer = await fastImport(repository, scratch, commit, [line(`reset ${scratch}`)]);
  if (answer === null) throw new Error(`git fast-import moved ${scratch}, which it was told to drop`);
  return answer;
}

/** Writes a commit and moves a ref to it. Null when the ref has meanwhile moved to where this commit does not follow. */
export function landCommit(repository: Repository, ref: string, commit: NewCommit): Promise<string | null> {
  return fastImport(repository, ref, commit, []);
}

/**
 * One `git fast-import` writes the file, its folders, the commit and the ref: hash-object, read-tree, update-index,
 * write-tree, commit-tree and update-ref would be six processes, and half of what a session costs. Without `--force` it
 * moves a ref only from what it holds to a descendant of that, in a transaction: the compare-and-swap that is needed here.
 */
function fastImport(
  repository: Repository,
  ref: string,
  commit: NewCommit,
  afterwards: readonly Buffer[],
): Promise<string | null> {
  const { parents, tree, changed, message } = commit;
  const input = Buffer.concat([
    line(`commit ${ref}`),
    line('mark :1'),
    line(`committer ${repository.committer} now`),
    ...data(Buffer.from(message)),
    ...parents.map((parent, index) => line(`${index === 0 ? 'from' : 'merge'} ${parent}`)),
    line(`M 040000 ${tree} ""`),
    ...(changed === null
      ? []
      : [line(`M ${changed.mode} inline ${quoted(changed.path)}`), ...data(changed.bytes)]),
    line(''),
    line('get-mark :1'),
    ...afterwards,
    line('done'),
  ]);
  const args = ['fast-import', '--quiet', '--done', '--date-format=now'];
  return retried(async () => {
    const answer = await repository.git.ask(args, { input });
    if (answer.exitCode === 0) return answer.stdout.toString().trim();
    if (answer.stderr.includes('Not updating')) return null;
    throw new GitFailure(args, repository.git.cwd, answer);
  });
}

function line(text: string): Buffer {
  return Buffer.from(`${text}\n`);
}

function data(bytes: Buffer): readonly Buffer[] {
  return [line(`data ${bytes.length}`), bytes, line('')];
}

function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
