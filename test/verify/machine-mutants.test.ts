import { describe, expect, test } from 'vitest';

import { mergeQueueMachine, sessionMachine } from '../../machines/index.ts';
import { ALL_MUTANTS, killMutant } from '../../src/verify/kill-mutants.ts';
import { MERGE_QUEUE_PROPERTIES, MERGE_QUEUE_TOTAL } from '../../src/verify/merge-queue-properties.ts';
import { MUTANTS } from '../../src/verify/mutants.ts';
import { wordsOf } from '../../src/verify/mutate-machine.ts';
import { SESSION_ENDS, SESSION_PROPERTIES, SESSION_TOTAL } from '../../src/verify/session-properties.ts';

const OF_MACHINES = ALL_MUTANTS.filter(({ of }) => of !== 'supervisor');

test.each(OF_MACHINES.map((mutant) => [mutant.of, mutant.name, mutant] as const))(
  '%s "%s" is killed by the property that is meant to',
  (_of, _name, mutant) => {
    const { found, message } = killMutant(mutant);
    expect([found, message]).toEqual([mutant.killedBy, message]);
  },
);

test('there are 84 of them, and 167 with those of the supervisor, no two of one machine with one name', () => {
  expect(OF_MACHINES).toHaveLength(84);
  expect(ALL_MUTANTS).toHaveLength(OF_MACHINES.length + MUTANTS.length);
  expect(new Set(ALL_MUTANTS.map(({ of, name }) => `${of} ${name}`)).size).toBe(ALL_MUTANTS.length);
});

describe.each([
  // Asked last, where a session that is over has an ending: it could only take a place that nobody needs.
  { of: 'session', machine: sessionMachine, spared: ['endedFailed: always'] },
  { of: 'mergeQueue', machine: mergeQueueMachine, spared: [] },
])('mutants of the $of', ({ of, machine, spared }) => {
  const names = new Set(OF_MACHINES.flatMap((mutant) => (mutant.of === of ? [mutant.name] : [])));

  test('break every guard both ways and leave out every action', () => {
    const { guards, actions } = wordsOf(machine);
    const wanted = [
      ...guards.flatMap((guard) => [`${guard}: always`, `${guard}: never`]),
      ...actions.map((action) => `${action}: left out`),
    ];
    expect(wanted.filter((name) => !names.has(name))).toEqual(spared);
    expect([guards.length, actions.length].every((count) => count > 0)).toBe(true);
  });
});

test('every property of a session and of the merge queue kills a mutant', () => {
  const properties = [...SESSION_PROPERTIES, ...MERGE_QUEUE_PROPERTIES].map(({ name }) => name);
  const killers = new Set(OF_MACHINES.map(({ killedBy }) => killedBy));
  const all = [...properties, SESSION_TOTAL, SESSION_ENDS, MERGE_QUEUE_TOTAL];
  expect(all.filter((name) => !killers.has(name))).toEqual([]);
});

test('a mutant that is none survives, and is reported as such', () => {
  const mutant = OF_MACHINES.find(({ of }) => of === 'mergeQueue')!;
  expect(killMutant({ ...mutant, killedBy: 'Q1 oneMergeWork' })).toMatchObject({
    isKilled: false,
    found: null,
  });
});
