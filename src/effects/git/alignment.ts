/** Keeps the integration ref ahead of the target branch, which people go on committing to. */
import { integrationRef } from './landings.ts';
import { mergeTrees, writeCommit } from './merge-commit.ts';
import type { Repository } from './repository.ts';

/** How integration ref and target stand to each other. */
export interface Alignment {
  readonly tip: string;
  readonly target: string;
  /** Why the target's commits cannot be merged into the tip, or null when the tip contains them all. */
  readonly heldReason: string | null;
}

/** What lost a race for a ref is made again, this often at most. */
export const TRIES = 5;

/** Aligns the integration ref with the target, and remembers what it has found. */
export class AlignmentKeeper {
  readonly #repository: Repository;
  /** The last alignment worked out: as long as neither ref moves, it still holds. */
  #known: Alignment | null = null;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /** Makes sure the integration ref exists and contains the target's tip, where that is possible. */
  async align(): Promise<Alignment> {
    const { refs, target, targetCommit } = this.#repository;
    const ref = integrationRef(target);
    for (let left = TRIES; left > 0; left -= 1) {
      const [tip, tipOfTarget] = await Promise.all([refs.read(ref), refs.read(`refs/heads/${target}`)]);
      if (tipOfTarget === null)
        throw new Error(
          `branch ${target} is gone; bring it back with \`git branch ${target} ${tip ?? targetCommit}\``,
        );
      if (this.#known !== null && this.#known.tip === tip && this.#known.target === tipOfTarget)
        return this.#known;
      const next = await this.#nextTip(tip, tipOfTarget);
      if (typeof next !== 'string')
        this.#known = { tip: tip ?? tipOfTarget, target: tipOfTarget, heldReason: next.heldReason };
      else if (next === tip || (await refs.move(ref, next, tip)))
        this.#known = { tip: next, target: tipOfTarget, heldReason: null };
      else continue;
      return this.#known;
    }
    throw new Error(`${ref} does not stand still: somebody else keeps moving it`);
  }

  /** The commit that contains both, or the reason why there is none. */
  async #nextTip(tip: string | null, tipOfTarget: string): Promise<string | { readonly heldReason: string }> {
    if (tip === null || tip === tipOfTarget) return tipOfTarget;
    const { git, target } = this.#repository;
    const counts = await git.text(['rev-list', '--left-right', '--count', `${tipOfTarget}...${tip}`]);
    const [theirs, ours] = counts.split('\t').map(Number);
    if (theirs === 0) return tip;
    if (ours === 0) return tipOfTarget;
    const merged = await mergeTrees(this.#repository, tip, tipOfTarget);
    if (merged.kind === 'conflicted') {
      const paths = merged.paths.slice(0, 3).join(', ');
      return {
        heldReason: `new commits on ${target} conflict with landed work in ${paths}; merge ${integrationRef(target)} into ${target} by hand`,
      };
    }
    return writeCommit(this.#repository, {
      parents: [tip, tipOfTarget],
      tree: merged.tree,
      changed: null,
      message: `Merge branch '${target}' into landed work\n`,
    });
  }

  /** Takes note that the tip has moved to a commit on top of it: that contains whatever the tip did. */
  extended(tip: string, commit: string): void {
    if (this.#known?.tip === tip) this.#known = { ...this.#known, tip: commit };
  }
}
