/**
 * Explores mutants and says which of them were found, by what, and how soon.
 */
import { checkScope, type RunStep } from './check-scope.ts';
import { MUTANTS } from './mutants.ts';
import type { Mutant } from './mutate.ts';
import { SCOPES } from './scopes.ts';

/** What became of a mutant. */
export interface MutantReport {
  readonly mutant: Mutant;
  /** True when the property that is meant to find it did, and no other did before. */
  readonly isKilled: boolean;
  /** What was found instead, when it survives. */
  readonly found: string | null;
  readonly message: string;
  /** Shortest way to the fault. */
  readonly path: readonly RunStep[];
}

/** Explores every mutant in its scope, judged by the one property that is meant to find it. */
export function killMutants(mutants: readonly Mutant[] = MUTANTS): readonly MutantReport[] {
  return mutants.map((mutant) => {
    const scope = SCOPES.find(({ name }) => name === mutant.scope);
    if (scope === undefined)
      throw new Error(`there is no scope ${mutant.scope} for the mutant "${mutant.name}"`);
    const { machine, killedBy } = mutant;
    const { counterexample } = checkScope(scope, { machine, only: [killedBy] });
    return {
      mutant,
      isKilled: counterexample?.property === killedBy,
      found: counterexample?.property ?? null,
      message: counterexample?.message ?? 'nothing was found',
      path: counterexample?.path ?? [],
    };
  });
}
