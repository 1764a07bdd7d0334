import { describe, expect, test } from 'vitest';
import { describeBlocker, isPermanent, type Blocker } from '../../src/domain/blockers.ts';

const EXAMPLES: { readonly [Kind in Blocker['kind']]: Extract<Blocker, { kind: Kind }> } = {
  dependencyNotLanded: { kind: 'dependencyNotLanded', dependency: 'a' },
  dependencyFailed: { kind: 'dependencyFailed', dependency: 'a', ending: 'timedOut' },
  dependencyBlocked: { kind: 'dependencyBlocked', dependency: 'a' },
  dependencyUnknown: { kind: 'dependencyUnknown', dependency: 'a' },
  dependencyExcluded: { kind: 'dependencyExcluded', dependency: 'a' },
  dependencyCycle: { kind: 'dependencyCycle', cycle: ['a', 'b'] },
  invalidTicket: { kind: 'invalidTicket', file: 'a.md', reason: 'it has no title' },
  componentHeld: { kind: 'componentHeld', component: 'web', holder: 's1' },
  workersBusy: { kind: 'workersBusy', workers: 4 },
  sessionsFull: { kind: 'sessionsFull', limit: 8 },
  claimed: { kind: 'claimed', session: 's1' },
  settled: { kind: 'settled', as: 'landed' },
};

describe('describeBlocker', () => {
  test('says each blocker in words that name the thing', () => {
    expect(Object.values(EXAMPLES).map(describeBlocker)).toEqual([
      'waits for a to land',
      'its dependency a ended timedOut',
      'its dependency a is blocked',
      'its dependency a does not exist',
      'its dependency a is open and not part of this run',
      'dependency cycle a -> b -> a',
      'a.md: it has no title',
      'component web is held by session s1',
      'all 4 workers are busy',
      '8 sessions are live already, as many as may wait for their merge',
      'session s1 is working on it',
      'it is already landed',
    ]);
  });

  test('says of a ticket that runs alone that it needs the repository, not a component named "*"', () => {
    expect(describeBlocker({ kind: 'componentHeld', component: '*', holder: 's1' })).toBe(
      'needs the repository to itself; session s1 is live',
    );
  });

  test('draws a ticket that waits for itself as a cycle of one', () => {
    expect(describeBlocker({ kind: 'dependencyCycle', cycle: ['a'] })).toBe('dependency cycle a -> a');
  });
});

test('only what a landing, a release or an ending can lift is not permanent', () => {
  const passing = Object.values(EXAMPLES).filter((blocker) => !isPermanent(blocker));
  expect(passing.map(({ kind }) => kind)).toEqual([
    'dependencyNotLanded',
    'componentHeld',
    'workersBusy',
    'sessionsFull',
    'claimed',
  ]);
});
