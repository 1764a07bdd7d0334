import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import type { Blocker } from '../../src/domain/blockers.ts';
import { exitCodeOf, outcomeOf, type RunOutcome } from '../../src/domain/exit-code.ts';
import type { StopReason } from '../../src/domain/run-fact.ts';
import type { TicketState } from '../../src/domain/ticket-state.ts';

const landed: TicketState = { phase: 'landed', attempts: 1, commit: 'c1' };
const closed: TicketState = { phase: 'closed' };
const excluded: TicketState = { phase: 'excluded' };
const failed: TicketState = { phase: 'failed', ending: 'failed', attempts: 2 };
const conflicted: TicketState = { phase: 'failed', ending: 'conflicted', attempts: 1 };
const pending: TicketState = { phase: 'pending', attempts: 0 };
const blocked = (...blockers: readonly Blocker[]): TicketState => ({ phase: 'blocked', blockers });

const cycle = blocked({ kind: 'dependencyCycle', cycle: ['a', 'b'] });
const dangling = blocked({ kind: 'dependencyUnknown', dependency: 'gone' });
const behind = blocked({ kind: 'dependencyBlocked', dependency: 'a' });
const invalid = blocked({ kind: 'invalidTicket', file: 'x.md', reason: 'bad YAML' });
const belowFailed = blocked({ kind: 'dependencyFailed', dependency: 'a', ending: 'failed' });
const belowExcluded = blocked({ kind: 'dependencyExcluded', dependency: 'a' });

const budget: StopReason = { kind: 'budget', budget: 'maxIterations', limit: 5 };
const broken: StopReason = { kind: 'internalError', message: 'the merge queue broke' };
const signal = (name: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): StopReason => ({ kind: 'signal', signal: name });

type Row = readonly [string, StopReason | null, readonly TicketState[], RunOutcome, number];

describe('the exit code of a run', () => {
  it.each<Row>([
    ['an empty backlog', null, [], 'complete', 0],
    ['everything landed', null, [landed, landed, closed], 'complete', 0],
    ['everything asked for landed', null, [landed, excluded], 'complete', 0],
    ['a ticket failed', null, [landed, failed], 'incomplete', 1],
    ['a ticket conflicted', null, [landed, conflicted], 'incomplete', 1],
    ['a ticket is blocked by a failed one', null, [failed, belowFailed], 'incomplete', 1],
    ['a ticket is blocked by one that was not asked for', null, [excluded, belowExcluded], 'incomplete', 1],
    ['a bad file', null, [landed, invalid], 'incomplete', 1],
    ['a ticket behind a bad file', null, [invalid, behind], 'incomplete', 1],
    ['only a cycle remains', null, [landed, cycle, cycle], 'deadlock', 3],
    ['only a dangling dependency remains', null, [landed, dangling], 'deadlock', 3],
    ['a cycle and what waits behind it', null, [cycle, behind], 'deadlock', 3],
    ['a cycle and a failure', null, [cycle, failed], 'incomplete', 1],
    [
      'a ticket that is in a cycle and in a bad file',
      null,
      [
        blocked(
          { kind: 'invalidTicket', file: 'a.md', reason: 'id' },
          { kind: 'dependencyCycle', cycle: ['a'] },
        ),
      ],
      'incomplete',
      1,
    ],
    ['a ticket left over without a reason to stop', null, [landed, pending], 'incomplete', 1],
    ['the budget is spent with work left', budget, [landed, pending], 'budgetSpent', 4],
    ['the budget is spent with work left and a failure', budget, [failed, pending], 'budgetSpent', 4],
    ['the budget is spent and it was enough', budget, [landed, landed], 'complete', 0],
    ['the budget is spent and nothing is left but a failure', budget, [landed, failed], 'incomplete', 1],
    ['the orchestrator broke', broken, [landed, pending], 'broken', 1],
    ['an interrupt', signal('SIGINT'), [landed, pending], 'stopped', 130],
    ['a request to terminate', signal('SIGTERM'), [pending], 'stopped', 143],
    ['a lost terminal', signal('SIGHUP'), [pending], 'stopped', 129],
    ['an interrupt when all had landed', signal('SIGINT'), [landed], 'stopped', 130],
  ])('%s', (_title, stop, tickets, outcome, code) => {
    expect(outcomeOf({ stop, tickets })).toBe(outcome);
    expect(exitCodeOf({ stop, tickets })).toBe(code);
  });

  const done: readonly TicketState[] = [landed, closed, excluded];
  const states = fc.constantFrom(
    ...done,
    failed,
    pending,
    cycle,
    dangling,
    behind,
    invalid,
    belowFailed,
    belowExcluded,
  );
  const stops = fc.constantFrom(null, budget, broken, signal('SIGINT'));

  test.prop([stops, fc.array(states), fc.array(fc.constantFrom(...done)), fc.func(fc.integer())])(
    'depends neither on the order of the tickets nor on those that are done',
    (stop, tickets, others, rank) => {
      const shuffled = [...tickets, ...others].toSorted((a, b) => rank(a) - rank(b));
      expect(outcomeOf({ stop, tickets: shuffled })).toBe(outcomeOf({ stop, tickets }));
    },
  );

  test.prop([stops, fc.array(states)])(
    'is 0 exactly when nothing is open and nobody ended it',
    (stop, tickets) => {
      const isDone = tickets.every((state) => done.includes(state));
      const isEnded = stop !== null && stop.kind !== 'budget';
      expect(exitCodeOf({ stop, tickets }) === 0).toBe(isDone && !isEnded);
    },
  );
});
