/**
 * Explores mutants and says which of them were found, by what, and how soon.
 */
import { checkMergeQueue, checkSession } from './check-machines.ts';
import { checkScope, type RunStep, type ScopeReport } from './check-scope.ts';
import { MERGE_QUEUE_MUTANTS, type MergeQueueMutant } from './merge-queue-mutants.ts';
import { MUTANTS } from './mutants.ts';
import type { Mutant } from './mutate.ts';
import { SCOPES } from './scopes.ts';
import { SESSION_MUTANTS, type SessionMutant } from './session-mutants.ts';

/** A broken copy of any machine, and which one it is of. */
export type AnyMutant = (Mutant & { readonly of: 'supervisor' }) | SessionMutant | MergeQueueMutant;

/** What became of a mutant. */
export interface MutantReport {
  readonly mutant: Mutant<unknown>;
  /** True when the property that is meant to find it did, and no other did before. */
  readonly isKilled: boolean;
  /** What was found instead, when it survives. */
  readonly found: string | null;
  readonly message: string;
  /** Shortest way to the fault. */
  readonly path: readonly RunStep[];
}

/** Every mutant of every machine that must be killed. No two of one machine have the same name. */
export const ALL_MUTANTS: readonly AnyMutant[] = [
  ...MUTANTS.map((mutant) => ({ ...mutant, of: 'supervisor' }) as const),
  ...SESSION_MUTANTS,
  ...MERGE_QUEUE_MUTANTS,
];

/** Explores a mutant where it is meant to be found, judged by the one property that is meant to find it. */
export function killMutant(mutant: AnyMutant): MutantReport {
  const { counterexample } = checkMutant(mutant);
  return {
    mutant,
    isKilled: counterexample?.property === mutant.killedBy,
    found: counterexample?.property ?? null,
    message: counterexample?.message ?? 'nothing was found',
    path: counterexample?.path ?? [],
  };
}

/** Explores mutants of the supervisor, each in its scope. */
export function killMutants(mutants: readonly Mutant[] = MUTANTS): readonly MutantReport[] {
  return mutants.map((mutant) => killMutant({ ...mutant, of: 'supervisor' }));
}

function checkMutant(mutant: AnyMutant): ScopeReport {
  const only = [mutant.killedBy];
  switch (mutant.of) {
    case 'session':
      return checkSession({ machine: mutant.machine, only });
    case 'mergeQueue':
      return checkMergeQueue({ machine: mutant.machine, only });
    case 'supervisor': {
      const scope = SCOPES.find(({ name }) => name === mutant.scope);
      if (scope === undefined)
        throw new Error(`there is no scope ${mutant.scope} for the mutant "${mutant.name}"`);
      return checkScope(scope, { machine: mutant.machine, only });
    }
  }
}
