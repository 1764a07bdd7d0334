/**
 * Recovery of work to which there is an objection: it stays on its branch, and that is said.
 */
import { expect, test } from 'vitest';

import { recover, type RecoveryParts } from '../../actors/recovery.ts';
import type { RunFact } from '../../src/domain/run-fact.ts';
import { factsOf, goodLife, planned, started } from '../support/journal-of.ts';

const SESSION = 'r1-s1';
const OBJECTION = 'touched api/x of api';
const WORK = { head: 'head1', commits: 1, leftoversCommitted: false };
const NOBODY = { survivorsFound: 0, survivorsLeft: 0 };
const life = goodLife(SESSION, 'a');
const verified = { ...factsOf(SESSION, 'a').verified, objection: OBJECTION };

/** Recovers a run of which these facts are on record, and tells what came of it. */
async function recovered(facts: readonly RunFact[], found: string | null) {
  const merged: string[] = [];
  const decided: string[] = [];
  const place = {
    session: SESSION,
    ticket: 'a',
    worktree: '/trees/s1',
    branch: `ralph/a/${SESSION}`,
    base: 'b',
  };
  const parts: RecoveryParts = {
    pastRuns: {
      cutOff: () =>
        Promise.resolve({
          runs: [
            {
              run: 'r1',
              entries: [started([planned('a')]), ...facts].map((fact, seq) => ({
                v: 1,
                seq,
                at: 0,
                ...fact,
              })),
              isDamaged: false,
              decided: new Set(),
            },
          ],
          notes: [],
        }),
      markDecided: (_run, session) => Promise.resolve(void decided.push(session)),
      markRecovered: () => Promise.resolve(),
    },
    notes: [],
    host: {
      launch: () => undefined,
      signal: () => undefined,
      sweep: () => Promise.resolve(NOBODY),
      lastLine: () => '',
      close: () => Promise.resolve(NOBODY),
    },
    worktrees: {
      prepare: () => Promise.reject(new Error('nothing is dispatched here')),
      find: () => Promise.resolve(place),
      collect: () => Promise.resolve({ ...WORK, objection: found }),
      release: () =>
        Promise.resolve({ keptBranch: merged.length === 0 ? place.branch : null, keptWorktree: null }),
    },
    integration: {
      sync: () => Promise.resolve('tip'),
      merge: ({ head }) => {
        merged.push(head);
        return Promise.resolve({
          kind: 'landed',
          commit: 'landed-a',
          publication: { kind: 'published', commit: 'landed-a' },
        });
      },
      publish: () => Promise.resolve(null),
    },
    allowNoChanges: false,
    autoMerge: true,
  };
  const { notes, landed } = await recover(parts);
  return { merged, decided, notes, landed: landed.map(({ ticket }) => ticket) };
}

const HELD = {
  merged: [],
  decided: [SESSION],
  notes: [
    `a: the work of session ${SESSION} was done and is for a person to merge: ${OBJECTION}`,
    `a: work of a run that was cut off is kept on ralph/a/${SESSION}`,
  ],
  landed: [],
};

test('keeps completed work on its branch when the look at it ends in an objection', async () => {
  expect(await recovered(life.slice(0, 5), OBJECTION)).toEqual(HELD);
});

test('keeps verified work on its branch when the objection is on record', async () => {
  expect(await recovered([...life.slice(0, 5), verified], null)).toEqual(HELD);
});

test('merges verified work of a journal that knows of no objections', async () => {
  expect(await recovered(life.slice(0, 6), OBJECTION)).toMatchObject({ merged: ['head1'], landed: ['a'] });
});

test('finishes what had landed, whatever is thought of it now', async () => {
  const { mergeStarted, landed, requested } = factsOf(SESSION, 'a');
  const facts = [...life.slice(0, 6), requested, mergeStarted, landed];
  expect(await recovered(facts, OBJECTION)).toMatchObject({ merged: ['head1'], landed: ['a'] });
});
