import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { openDependencies, unknownSelected } from '../../src/domain/backlog.ts';
import type { TicketStatus } from '../../src/domain/ticket.ts';
import { satisfiesDependents, initialTicketState } from '../../src/domain/ticket-state.ts';
import { topologicalOrder } from '../../src/domain/ticket-graph.ts';
import { aBacklog, aTicket, graphs, idOf } from '../support/backlogs.ts';

function standings(backlog: ReturnType<typeof aBacklog>): Record<string, string> {
  return Object.fromEntries(backlog.tickets.map(({ id, standing }) => [id, standing]));
}

function blockersAt(backlog: ReturnType<typeof aBacklog>, id: string): readonly unknown[] {
  return backlog.tickets[backlog.positions.get(id)!]!.blockers;
}

describe('compileBacklog', () => {
  test('orders by code unit, whatever order the store and the locale have', () => {
    const backlog = aBacklog(['b', 'a', 'B', 'a-1', '10', '9'].map((id) => aTicket(id)));
    expect(backlog.tickets.map(({ id }) => id)).toEqual(['10', '9', 'B', 'a', 'a-1', 'b']);
    expect([...backlog.positions]).toEqual([
      ['10', 0],
      ['9', 1],
      ['B', 2],
      ['a', 3],
      ['a-1', 4],
      ['b', 5],
    ]);
  });

  test('resolves dependencies to positions, both ways, and tags to components', () => {
    const backlog = aBacklog([
      aTicket('c', { deps: ['b', 'a'], tags: ['component:web'] }),
      aTicket('a', { title: 'First', body: 'text', priority: 0, createdMs: 5 }),
      aTicket('b', { deps: ['a'] }),
    ]);
    expect(backlog.tickets[0]).toEqual({
      id: 'a',
      title: 'First',
      body: 'text',
      priority: 0,
      createdMs: 5,
      deps: [],
      dependents: [1, 2],
      components: ['(untagged)'],
      standing: 'eligible',
      blockers: [],
    });
    expect(backlog.tickets[2]).toMatchObject({ deps: [1, 0], dependents: [], components: ['web'] });
  });

  test('blocks an invalid file under its id, and what waits for it, and lets the rest go on', () => {
    const backlog = aBacklog([aTicket('a', { deps: ['bad'] }), aTicket('z')], {
      invalid: [{ id: 'bad', file: 'bad.md', reason: 'the front matter is not YAML' }],
    });
    expect(standings(backlog)).toEqual({ a: 'blocked', bad: 'blocked', z: 'eligible' });
    expect(blockersAt(backlog, 'bad')).toEqual([
      { kind: 'invalidTicket', file: 'bad.md', reason: 'the front matter is not YAML' },
    ]);
    expect(blockersAt(backlog, 'a')).toEqual([{ kind: 'dependencyBlocked', dependency: 'bad' }]);
    expect(backlog.tickets[1]).toMatchObject({ title: 'bad', components: ['(untagged)'], dependents: [0] });
  });

  test('makes one blocked entry, with both reasons, of an id that two files claim', () => {
    const backlog = aBacklog([], {
      invalid: [
        { id: 'a', file: 'a.md', reason: 'b.md has the same id' },
        { id: 'a', file: 'b.md', reason: 'a.md has the same id' },
      ],
    });
    expect(backlog.tickets.length).toBe(1);
    expect(blockersAt(backlog, 'a')).toEqual([
      { kind: 'invalidTicket', file: 'a.md', reason: 'b.md has the same id' },
      { kind: 'invalidTicket', file: 'b.md', reason: 'a.md has the same id' },
    ]);
  });

  test('trusts no ticket, not even a closed one, whose id a broken file claims as well', () => {
    const backlog = aBacklog([aTicket('a', { status: 'closed', title: 'Kept' })], {
      invalid: [{ id: 'a', file: 'other.md', reason: 'it has no title' }],
    });
    expect(backlog.tickets).toMatchObject([{ id: 'a', title: 'Kept', standing: 'blocked' }]);
  });

  test('throws when the store lists one id twice as usable, which only a bug can cause', () => {
    expect(() => aBacklog([aTicket('a'), aTicket('a')])).toThrow('the ticket store lists a twice as usable');
  });

  test('blocks a ticket with an unknown dependency, and its dependents down the chain', () => {
    const backlog = aBacklog([
      aTicket('a', { deps: ['b'] }),
      aTicket('b', { deps: ['c', 'd'] }),
      aTicket('c', { deps: ['ghost', 'spook'] }),
      aTicket('d'),
    ]);
    expect(blockersAt(backlog, 'c')).toEqual([
      { kind: 'dependencyUnknown', dependency: 'ghost' },
      { kind: 'dependencyUnknown', dependency: 'spook' },
    ]);
    expect(blockersAt(backlog, 'b')).toEqual([{ kind: 'dependencyBlocked', dependency: 'c' }]);
    expect(blockersAt(backlog, 'a')).toEqual([{ kind: 'dependencyBlocked', dependency: 'b' }]);
    expect(standings(backlog)['d']).toBe('eligible');
  });

  //  c -> a -> b -> c     d -> d     e -> d     b -> ghost
  test('blocks the members of a cycle with the cycle, said once, and a self-dependency as a cycle of one', () => {
    const backlog = aBacklog([
      aTicket('c', { deps: ['a'] }),
      aTicket('a', { deps: ['b'] }),
      aTicket('b', { deps: ['c', 'ghost'] }),
      aTicket('d', { deps: ['d'] }),
      aTicket('e', { deps: ['d'] }),
    ]);
    const ring = { kind: 'dependencyCycle', cycle: ['a', 'b', 'c'] };
    expect(blockersAt(backlog, 'a')).toEqual([ring]);
    expect(blockersAt(backlog, 'b')).toEqual([ring, { kind: 'dependencyUnknown', dependency: 'ghost' }]);
    expect(blockersAt(backlog, 'c')).toEqual([ring]);
    expect(blockersAt(backlog, 'd')).toEqual([{ kind: 'dependencyCycle', cycle: ['d'] }]);
    expect(blockersAt(backlog, 'e')).toEqual([{ kind: 'dependencyBlocked', dependency: 'd' }]);
  });

  test('keeps a closed ticket closed whatever it waited for, and lets it break a ring', () => {
    const backlog = aBacklog([
      aTicket('a', { status: 'closed', deps: ['ghost', 'b'] }),
      aTicket('b', { deps: ['a'] }),
      aTicket('c', { status: 'in_progress', deps: ['b'] }),
    ]);
    expect(standings(backlog)).toEqual({ a: 'closed', b: 'eligible', c: 'eligible' });
  });

  test('excludes what was not selected, and blocks what waits for it', () => {
    const tickets = [
      aTicket('a'),
      aTicket('b', { deps: ['a'] }),
      aTicket('c', { status: 'closed' }),
      aTicket('d', { deps: ['c'] }),
      aTicket('e', { deps: ['b'] }),
    ];
    const backlog = aBacklog(tickets, {
      selected: ['b', 'd', 'e'],
      invalid: [{ id: 'f', file: 'f.md', reason: 'it has no title' }],
    });
    expect(standings(backlog)).toEqual({
      a: 'excluded',
      b: 'blocked',
      c: 'closed',
      d: 'eligible',
      e: 'blocked',
      f: 'excluded',
    });
    expect(blockersAt(backlog, 'b')).toEqual([{ kind: 'dependencyExcluded', dependency: 'a' }]);
    expect(blockersAt(backlog, 'e')).toEqual([{ kind: 'dependencyBlocked', dependency: 'b' }]);
  });

  test('takes a chain of 10 000 that hangs on an unknown ticket', () => {
    const chain = Array.from({ length: 10_000 }, (_ticket, position) =>
      aTicket(idOf(position), { deps: [idOf(position + 1)] }),
    );
    const backlog = aBacklog(chain);
    expect(backlog.tickets.filter(({ standing }) => standing === 'blocked').length).toBe(10_000);
    expect(blockersAt(backlog, idOf(9_999))).toEqual([{ kind: 'dependencyUnknown', dependency: 't10000' }]);
    expect(blockersAt(backlog, idOf(0))).toEqual([{ kind: 'dependencyBlocked', dependency: 't00001' }]);
  });

  const anything = graphs(10).chain((deps) =>
    fc
      .tuple(
        fc.array(fc.constantFrom<TicketStatus[]>('open', 'open', 'in_progress', 'closed'), {
          minLength: deps.length,
          maxLength: deps.length,
        }),
        fc.array(fc.constantFrom(idOf(0), idOf(3), 'ghost'), { maxLength: 2 }),
        fc.option(fc.subarray(deps.map((_row, position) => idOf(position)))),
        fc.array(fc.nat(20), { minLength: deps.length, maxLength: deps.length }),
      )
      .map(([statuses, invalidIds, selected, extra]) => ({
        tickets: deps.map((row, position) =>
          aTicket(idOf(position), {
            status: statuses[position]!,
            deps: [...row.map(idOf), ...(extra[position] === 0 ? ['unknown'] : [])],
          }),
        ),
        invalid: invalidIds.map((id) => ({ id, file: `${id}.md`, reason: 'broken' })),
        selected,
      })),
  );

  test.prop([anything])(
    'lets eligible tickets wait only for eligible and closed ones, without a cycle, and gives every other a reason',
    ({ tickets, invalid, selected }) => {
      const backlog = aBacklog(tickets, { invalid, selected });
      for (const ticket of backlog.tickets) {
        expect(ticket.blockers.length > 0).toBe(ticket.standing === 'blocked');
        expect(ticket.components.length).toBeGreaterThan(0);
        if (ticket.standing !== 'eligible') continue;
        expect(invalid.some(({ id }) => id === ticket.id)).toBe(false);
        expect(selected === null || selected.includes(ticket.id)).toBe(true);
        for (const dep of ticket.deps)
          expect(['eligible', 'closed']).toContain(backlog.tickets[dep]!.standing);
      }
      const open = openDependencies(backlog);
      expect(() => topologicalOrder(open)).not.toThrow();
      expect(aBacklog(tickets.toReversed(), { invalid, selected })).toEqual(backlog);
    },
  );

  test.prop([anything])(
    'blocks nothing without need: what is left alone could be worked off',
    ({ tickets, invalid, selected }) => {
      const backlog = aBacklog(tickets, { invalid, selected });
      const done = new Set(
        [...backlog.tickets.keys()].filter((at) =>
          satisfiesDependents(initialTicketState(backlog.tickets[at]!)),
        ),
      );
      const mayGo = (at: number): boolean => {
        const { id, deps } = backlog.tickets[at]!;
        const source = tickets.find((ticket) => ticket.id === id);
        return (
          source !== undefined &&
          !invalid.some((file) => file.id === id) &&
          (selected === null || selected.includes(id)) &&
          source.deps.length === deps.length &&
          deps.every((dep) => done.has(dep))
        );
      };
      for (let grown = true; grown;) {
        const next = [...backlog.tickets.keys()].filter((at) => !done.has(at) && mayGo(at));
        for (const at of next) done.add(at);
        grown = next.length > 0;
      }
      const workedOff = [...done]
        .filter((at) => backlog.tickets[at]!.standing !== 'closed')
        .toSorted((a, b) => a - b);
      expect(workedOff).toEqual(
        [...backlog.tickets.keys()].filter((at) => backlog.tickets[at]!.standing === 'eligible'),
      );
    },
  );
});

test('openDependencies drops what is closed and leaves what cannot start without a row', () => {
  const backlog = aBacklog([
    aTicket('a', { status: 'closed' }),
    aTicket('b', { deps: ['a'] }),
    aTicket('c', { deps: ['a', 'b'] }),
    aTicket('d', { deps: ['b', 'ghost'] }),
  ]);
  expect(openDependencies(backlog)).toEqual([[], [], [1], []]);
});

test('unknownSelected lists the ids that no file has, once each', () => {
  const catalogue = { tickets: [aTicket('a')], invalid: [{ id: 'b', file: 'b.md', reason: 'broken' }] };
  expect(unknownSelected(catalogue, ['a', 'x', 'b', 'y', 'x'])).toEqual(['x', 'y']);
});
