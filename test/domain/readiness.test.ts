import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { blockersOf } from '../../src/domain/readiness.ts';
import { acquire, type Locks } from '../../src/domain/locks.ts';
import { satisfiesDependents, type TicketState } from '../../src/domain/ticket-state.ts';
import { aBacklog, aTicket, backlogs } from '../support/backlogs.ts';

const states: readonly TicketState[] = [
  { phase: 'pending', attempts: 0 },
  { phase: 'live', session: 's9', attempts: 1 },
  { phase: 'landed', attempts: 1, commit: 'abc' },
  { phase: 'failed', ending: 'stalled', attempts: 2 },
  { phase: 'blocked', blockers: [{ kind: 'dependencyUnknown', dependency: 'ghost' }] },
  { phase: 'closed' },
  { phase: 'excluded' },
];

describe('blockersOf', () => {
  const deps = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const backlog = aBacklog([
    ...deps.map((id) => aTicket(id)),
    aTicket('z', { deps, tags: ['component:web', 'component:api'] }),
  ]);
  const moment = { backlog, locks: {}, workers: 2, workersBusy: 0 };
  const pending: TicketState = { phase: 'pending', attempts: 0 };

  test('gives the reason of each dependency that has not landed, in the order of the file', () => {
    const stateOf = (position: number): TicketState => states[position] ?? pending;
    expect(blockersOf({ ...moment, position: 7, stateOf })).toEqual([
      { kind: 'dependencyNotLanded', dependency: 'a' },
      { kind: 'dependencyNotLanded', dependency: 'b' },
      { kind: 'dependencyFailed', dependency: 'd', ending: 'stalled' },
      { kind: 'dependencyBlocked', dependency: 'e' },
      { kind: 'dependencyExcluded', dependency: 'g' },
    ]);
  });

  test('gives held components with their holders, and busy workers last', () => {
    const stateOf = (position: number): TicketState => (position === 7 ? pending : { phase: 'closed' });
    const locks = acquire({}, ['web'], 's1');
    expect(blockersOf({ ...moment, position: 7, stateOf, locks, workersBusy: 2 })).toEqual([
      { kind: 'componentHeld', component: 'web', holder: 's1' },
      { kind: 'workersBusy', workers: 2 },
    ]);
    expect(blockersOf({ ...moment, position: 7, stateOf, workersBusy: 1 })).toEqual([]);
  });

  test('says of a ticket that is not pending what it is instead', () => {
    const asked = states.map((state) =>
      blockersOf({ ...moment, position: 0, stateOf: () => state, workersBusy: 2 }),
    );
    expect(asked).toEqual([
      [{ kind: 'workersBusy', workers: 2 }],
      [{ kind: 'claimed', session: 's9' }],
      [{ kind: 'settled', as: 'landed' }],
      [{ kind: 'settled', as: 'failed' }],
      [{ kind: 'dependencyUnknown', dependency: 'ghost' }],
      [{ kind: 'settled', as: 'closed' }],
      [{ kind: 'settled', as: 'excluded' }],
    ]);
  });

  test('finds a ticket ready again that waits for another attempt', () => {
    expect(
      blockersOf({ ...moment, position: 0, stateOf: () => ({ phase: 'pending', attempts: 3 }) }),
    ).toEqual([]);
  });

  test('throws for a position outside the backlog', () => {
    expect(() => blockersOf({ ...moment, position: 8, stateOf: () => pending })).toThrow(
      'no position 8 in a backlog of 8',
    );
  });

  const moments = backlogs(8).chain((random) =>
    fc.record({
      random: fc.constant(random),
      phases: fc.array(fc.constantFrom(...states), {
        minLength: random.tickets.length,
        maxLength: random.tickets.length,
      }),
      held: fc.subarray(['a', 'b', 'c']),
      workersBusy: fc.nat(3),
    }),
  );

  test.prop([moments])(
    'is empty exactly when the ticket is pending, its dependencies landed, its components and a worker free',
    ({ random, phases, held, workersBusy }) => {
      const locks: Locks = held.length === 0 ? {} : acquire({}, held, 's1');
      for (const [position, ticket] of random.tickets.entries()) {
        const blockers = blockersOf({
          backlog: random,
          position,
          stateOf: (at) => phases[at]!,
          locks,
          workersBusy,
          workers: 3,
        });
        const isReady =
          phases[position]!.phase === 'pending' &&
          ticket.deps.every((dep) => satisfiesDependents(phases[dep]!)) &&
          (ticket.components.includes('*')
            ? held.length === 0
            : !ticket.components.some((name) => held.includes(name))) &&
          workersBusy < 3;
        expect(blockers.length === 0).toBe(isReady);
      }
    },
  );
});
