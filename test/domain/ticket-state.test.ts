import { describe, expect, test } from 'vitest';
import { initialTicketState, satisfiesDependents, type TicketState } from '../../src/domain/ticket-state.ts';
import { aBacklog, aTicket } from '../support/backlogs.ts';

test('a run finds each ticket in the state that its standing says', () => {
  const backlog = aBacklog(
    [
      aTicket('closed', { status: 'closed' }),
      aTicket('dangling', { deps: ['nowhere'] }),
      aTicket('eligible'),
      aTicket('excluded'),
    ],
    { selected: ['dangling', 'eligible'] },
  );
  expect(backlog.tickets.map(initialTicketState)).toEqual([
    { phase: 'closed' },
    { phase: 'blocked', blockers: [{ kind: 'dependencyUnknown', dependency: 'nowhere' }] },
    { phase: 'pending', attempts: 0 },
    { phase: 'excluded' },
  ]);
});

describe('satisfiesDependents', () => {
  test('asks for work that has landed or was closed before, never for less', () => {
    const states: readonly TicketState[] = [
      { phase: 'pending', attempts: 1 },
      { phase: 'live', session: 's1', attempts: 1 },
      { phase: 'landed', attempts: 1, commit: 'abc' },
      { phase: 'failed', ending: 'failed', attempts: 1 },
      { phase: 'blocked', blockers: [] },
      { phase: 'closed' },
      { phase: 'excluded' },
    ];
    expect(states.filter(satisfiesDependents).map(({ phase }) => phase)).toEqual(['landed', 'closed']);
  });
});
