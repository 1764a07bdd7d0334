/**
 * A git repository as far as the orchestrator can tell: commits that never change, refs that move by compare-and-swap,
 * work trees, and one person's checkout. What takes time and can fail is in `fake-worktrees.ts` and `fake-integration.ts`;
 * here everything happens at once.
 */

/** The files of a commit: path to content. */
export type Tree = ReadonlyMap<string, string>;

/** A commit. */
export interface Commit {
  readonly id: string;
  readonly number: number;
  readonly parents: readonly string[];
  readonly tree: Tree;
  /** A bit for each commit that this one contains, itself included. */
  readonly ancestors: bigint;
}

/** A worktree of a session. Its HEAD is on its branch. */
export interface FakeWorktree {
  readonly path: string;
  readonly branch: string;
  /** Changed and not committed. */
  readonly changes: Map<string, string>;
  /** Git has it on record, and its folder is gone. */
  isDeleted: boolean;
}

/** What merging two commits comes to. */
export type FakeMerge =
  | { readonly kind: 'clean'; readonly tree: Tree }
  | { readonly kind: 'conflicted'; readonly paths: readonly string[] };

/** The branch that work is published to. */
export const TARGET = 'main';

/** A repository with a first commit on its target branch. */
export class FakeRepository {
  readonly #commits = new Map<string, Commit>();
  readonly #numbered: Commit[] = [];
  readonly #refs = new Map<string, string>();
  readonly worktrees = new Map<string, FakeWorktree>();
  /** A person's work tree: the branch it is on, and what is changed there. */
  readonly checkout = { branch: TARGET, edits: new Map<string, string>() };

  constructor(files: Tree) {
    this.#refs.set(branchRef(TARGET), this.commit([], files));
  }

  /** Writes a commit that no ref leads to yet. */
  commit(parents: readonly string[], tree: Tree): string {
    const number = this.#numbered.length;
    const ancestors = parents.reduce((all, parent) => all | this.at(parent).ancestors, 1n << BigInt(number));
    const commit = { id: `c${number}`, number, parents, tree, ancestors };
    this.#commits.set(commit.id, commit);
    this.#numbered.push(commit);
    return commit.id;
  }

  /** Finds a commit; there is one for every id that was ever given out. */
  at(id: string): Commit {
    const commit = this.#commits.get(id);
    if (commit === undefined) throw new Error(`there is no commit ${id}`);
    return commit;
  }

  read(ref: string): string | null {
    return this.#refs.get(ref) ?? null;
  }

  /** Moves a ref from one commit to another; null stands for "does not exist". False when it was not there. */
  move(ref: string, next: string | null, expected: string | null): boolean {
    if (this.read(ref) !== expected) return false;
    if (next === null) this.#refs.delete(ref);
    else this.#refs.set(ref, next);
    return true;
  }

  /** Names all refs. */
  refs(): Iterable<string> {
    return this.#refs.keys();
  }

  /** True when every commit of `commit` is also one of `tip`. */
  contains(tip: string, commit: string): boolean {
    return ((this.at(tip).ancestors >> BigInt(this.at(commit).number)) & 1n) === 1n;
  }

  /** Lists the commits of `head` that `base` does not contain. */
  commitsSince(base: string, head: string): readonly Commit[] {
    const missing = this.at(head).ancestors & ~this.at(base).ancestors;
    return this.#numbered.filter(({ number }) => ((missing >> BigInt(number)) & 1n) === 1n);
  }

  /** Lists the commits that some ref leads to. */
  reachable(): readonly Commit[] {
    let all = 0n;
    for (const tip of this.#refs.values()) all |= this.at(tip).ancestors;
    return this.#numbered.filter(({ number }) => ((all >> BigInt(number)) & 1n) === 1n);
  }

  /** Merges by files, from the newest commit that both contain: a file that both changed differently is a conflict. */
  merge(ours: string, theirs: string): FakeMerge {
    const common = this.at(ours).ancestors & this.at(theirs).ancestors;
    const base = this.#numbered.findLast(({ number }) => ((common >> BigInt(number)) & 1n) === 1n);
    if (base === undefined) throw new Error(`${ours} and ${theirs} have no common past`);
    const tree = new Map(this.at(ours).tree);
    const paths: string[] = [];
    for (const path of changedPaths(base.tree, this.at(theirs).tree)) {
      const [before, mine, other] = [base.tree.get(path), tree.get(path), this.at(theirs).tree.get(path)];
      if (mine !== before && mine !== other) paths.push(path);
      else if (other === undefined) tree.delete(path);
      else tree.set(path, other);
    }
    return paths.length > 0 ? { kind: 'conflicted', paths } : { kind: 'clean', tree };
  }
}

/** The full name of a branch's ref. */
export function branchRef(branch: string): string {
  return `refs/heads/${branch}`;
}

/** Lists the paths whose content differs between two trees. */
export function changedPaths(from: Tree, to: Tree): readonly string[] {
  const paths: string[] = [];
  for (const [path, content] of to) if (from.get(path) !== content) paths.push(path);
  for (const path of from.keys()) if (!to.has(path)) paths.push(path);
  return paths;
}

/** A tree with some files changed. */
export function withFiles(tree: Tree, files: Tree): Tree {
  return new Map([...tree, ...files]);
}
