import { describe, expect, test } from 'vitest';

import { renderMutantsReference } from '../../src/cli/mutants-reference.ts';
import { EVENTUALITIES } from '../../src/domain/eventualities.ts';
import { PROPERTIES } from '../../src/domain/properties.ts';
import { ACTIONS_TOTAL, CORE_PROPERTIES, TOLD_IS_KNOWN } from '../../src/verify/core-properties.ts';
import {
  ALL_MUTANTS,
  killMutant,
  killMutants,
  type AnyMutant,
  type MutantReport,
} from '../../src/verify/kill-mutants.ts';
import { MUTANTS } from '../../src/verify/mutants.ts';
import { SUPERVISOR_WORDS } from '../../src/verify/mutate.ts';
import { OVER_AFTER_MERGE } from '../../src/verify/life-environment.ts';
import { SCOPES } from '../../src/verify/scopes.ts';

describe('mutants', () => {
  const reports = killMutants();

  test.each(reports.map((report) => [report.mutant.name, report] as const))(
    '"%s" is killed by the property that is meant to',
    (_name, { mutant, found, message }) => {
      expect([found, message]).toEqual([mutant.killedBy, message]);
    },
  );

  test('are 83, each with a name of its own and in a scope that passes without it', () => {
    expect(reports).toHaveLength(83);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(83);
    const scopes = new Set(SCOPES.map(({ name }) => name));
    expect(MUTANTS.filter(({ scope }) => !scopes.has(scope))).toEqual([]);
  });

  test('are told on a page of their own, each with what became of it', { timeout: 120_000 }, async () => {
    const others = (machine: AnyMutant['of']): readonly MutantReport[] =>
      ALL_MUTANTS.filter(({ of }) => of === machine).map(killMutant);
    const page = renderMutantsReference([
      { of: 'The supervisor', reports },
      { of: 'A session', reports: others('session') },
      { of: 'The merge queue', reports: others('mergeQueue') },
    ]);
    await expect(page).toMatchFileSnapshot('../../docs/concepts/mutants.md');
  });

  test('break every guard both ways and leave out every action', () => {
    const names = new Set(MUTANTS.map(({ name }) => name));
    const missing = [
      ...SUPERVISOR_WORDS.guards.flatMap((guard) => [`${guard}: always`, `${guard}: never`]),
      ...SUPERVISOR_WORDS.actions.map((action) => `${action}: left out`),
    ].filter((name) => !names.has(name));
    // Ended by `isBudgetSpent` before it could refuse; the planted fault "budget not kept" drops both.
    expect(missing).toEqual(['budgetLeft: always']);
    expect(SUPERVISOR_WORDS.guards).toHaveLength(14);
    expect(SUPERVISOR_WORDS.actions).toHaveLength(29);
  });

  test('put every property to the test', () => {
    const properties = [
      ...PROPERTIES,
      ...CORE_PROPERTIES,
      ...EVENTUALITIES,
      ...[ACTIONS_TOTAL, TOLD_IS_KNOWN, OVER_AFTER_MERGE].map((name) => ({ name })),
    ].map(({ name }) => name);
    const killers = new Set(MUTANTS.map(({ killedBy }) => killedBy));
    expect(properties.filter((name) => !killers.has(name))).toEqual([]);
  });
});

test('a mutant that is none survives, and is reported as such', () => {
  const [first] = MUTANTS;
  const [report] = killMutants([{ ...first!, killedBy: 'S9 failureIsLocal' }]);
  expect(report).toMatchObject({ isKilled: false });
});
