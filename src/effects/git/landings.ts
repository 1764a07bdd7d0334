import type { Repository } from './repository.ts';

/** The ref that landed work of a target branch waits on until it is published. */
export function integrationRef(target: string): string {
  return `refs/ralph/integration/${target}`;
}

/** Knows which commits have landed: those the integration ref or the target branch has. */
export class Landings {
  readonly #repository: Repository;
  readonly #remembered = new Set<string>();

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /** Remembers a commit that has just landed. Refs only move forward, so it stays landed. */
  add(commit: string): void {
    this.#remembered.add(commit);
  }

  /** True when a commit, and with it everything it is made on, has landed. */
  async has(commit: string): Promise<boolean> {
    if (this.#remembered.has(commit)) return true;
    const { refs, git, target } = this.#repository;
    const tips = await Promise.all([refs.read(integrationRef(target)), refs.read(`refs/heads/${target}`)]);
    const known = tips.filter((tip) => tip !== null);
    if (known.length === 0) return false;
    return (await git.text(['rev-list', '--max-count=1', commit, '--not', ...known])) === '';
  }
}
