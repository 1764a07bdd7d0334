import pc from 'picocolors';
import { describe, expect, test } from 'vitest';

import { renderPlan } from '../../../src/cli/render/plan.ts';
import { widthOf } from '../../../src/cli/render/text.ts';
import { compileBacklog, type Backlog } from '../../../src/domain/backlog.ts';
import { planReport, type PlanOptions } from '../../../src/domain/plan-report.ts';
import { aBacklog, aTicket } from '../../support/backlogs.ts';

const COLORS = pc.createColors(false);

function drawn(
  backlog: Backlog,
  given: Partial<PlanOptions> & { width?: number; limit?: number } = {},
): string {
  const plan = planReport(backlog, {
    target: 'main',
    workers: 2,
    dispatchesMax: 0,
    durationMs: null,
    ...given,
  });
  return renderPlan(plan, { width: given.width ?? 80, limit: given.limit ?? 40, colors: COLORS });
}

const BACKLOG = aBacklog([
  aTicket('a', { tags: ['component:x'] }),
  aTicket('b', { deps: ['a'], tags: ['component:y'] }),
  aTicket('c', { deps: ['b'], tags: ['component:y'], title: `A title ${'that goes on '.repeat(9)}` }),
  aTicket('d', { tags: ['component:x'], priority: 3 }),
  aTicket('e', { deps: ['gone'] }),
  aTicket('f', { status: 'closed' }),
]);

describe('a drawn plan', () => {
  test('tells the order, the waits, the longest chain, the makespans and what is blocked', () => {
    expect(drawn(BACKLOG)).toBe(`\
Plan for main: 4 tickets to do, 1 blocked, 1 closed
2 workers would take 3 steps.
Every ticket is taken to last one step; --durations FILE says how long they do.

Order of starts
   step  ticket  title                                                 waits for
      1  a       Title of a
      2  b       Title of b                                            a to land
         d       Title of d                                            x (a)
      3  c       A title that goes on that goes on that goes on that…  b to land

Longest chain: 3 tickets, 3 steps
  a → b → c

How long it takes by workers
  workers    makespan  speed-up  at once
        1     4 steps     1.0 x        1
     2-16     3 steps     1.3 x        2

Busiest components
  x  2 tickets
  y  2 tickets

Blocked: 1 ticket
  e       its dependency gone does not exist
`);
  });

  test('tells times where somebody said how long tickets take', () => {
    const text = drawn(BACKLOG, { durationMs: () => 90_000 });
    expect(text).toContain('2 workers would take 4m 30s.');
    expect(text).toMatch(/^ +after {2}ticket/m);
    expect(text).toMatch(/^ +1m 30s {2}b /m);
    expect(text).toMatch(/^ {2}x {2}2 tickets {2}3m 00s$/m);
  });

  test('warns when one run dispatches fewer than there are', () => {
    expect(drawn(BACKLOG, { dispatchesMax: 3 })).toContain('no more than 3 sessions (maxIterations)');
    expect(drawn(BACKLOG, { dispatchesMax: 4 })).not.toContain('maxIterations');
  });

  test('says how much it leaves out', () => {
    expect(drawn(BACKLOG, { limit: 1 })).toContain('\n  … and 3 more; --limit 0 shows all\n');
    expect(drawn(BACKLOG, { limit: 0 })).not.toContain('… and');
  });

  test('says who runs alone, and who waits for that', () => {
    const components = { tagPrefix: 'component:', allowUntagged: false };
    const catalogue = {
      tickets: [
        aTicket('a', { tags: ['component:x'], priority: 0 }),
        aTicket('b', { priority: 1 }),
        aTicket('c', { tags: ['component:x'] }),
      ],
      invalid: [],
    };
    const text = drawn(compileBacklog(catalogue, { components, selected: null }));
    expect(text).toMatch(/^ +2 {2}b .* being alone \(a\)$/m);
    expect(text).toMatch(/^ +3 {2}c .* b, which runs alone$/m);
  });

  test.each([40, 80, 200])('of 238 tickets fits into %i columns', (width) => {
    const tickets = Array.from({ length: 238 }, (_ticket, index) =>
      aTicket(`pt-${String(index).padStart(4, '0')}`, {
        deps: index % 3 === 0 || index < 5 ? [] : [`pt-${String(index - 5).padStart(4, '0')}`],
        tags: [`component:${['cli', 'workflow', 'ドキュメント'][index % 3]}`],
        title: `${index}: 長いタイトル with words `.repeat(1 + (index % 7)),
      }),
    );
    const lines = drawn(aBacklog(tickets), { width, limit: 0 }).split('\n');
    expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
    expect(lines.length).toBeGreaterThan(238);
  });

  test('of nothing says so in two lines', () => {
    expect(drawn(aBacklog([]))).toMatch(/^Plan for main: 0 tickets to do\n/);
  });
});
