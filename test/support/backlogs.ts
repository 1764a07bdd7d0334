import { fc } from '@fast-check/vitest';
import { compileBacklog, type Backlog } from '../../src/domain/backlog.ts';
import type { InvalidTicket, Ticket } from '../../src/domain/ticket.ts';

/** Makes an open, untagged ticket that waits for nothing, but for what is given. */
export function aTicket(id: string, given: Partial<Ticket> = {}): Ticket {
  return {
    id,
    title: `Title of ${id}`,
    body: '',
    status: 'open',
    deps: [],
    priority: 2,
    tags: [],
    createdMs: null,
    ...given,
  };
}

/** Compiles tickets with the rules of a project that lets untagged tickets share one pseudo-component. */
export function aBacklog(
  tickets: readonly Ticket[],
  given: { readonly selected?: readonly string[] | null; readonly invalid?: readonly InvalidTicket[] } = {},
): Backlog {
  return compileBacklog(
    { tickets, invalid: given.invalid ?? [] },
    { components: { tagPrefix: 'component:', allowUntagged: true }, selected: given.selected ?? null },
  );
}

/** Gives an id whose order as a text is that of its number. */
export function idOf(position: number): string {
  return `t${String(position).padStart(5, '0')}`;
}

/** Graphs of any shape: cycles, self-dependencies, several parts. */
export function graphs(sizeMax: number): fc.Arbitrary<readonly (readonly number[])[]> {
  return fc.integer({ min: 1, max: sizeMax }).chain((size) =>
    fc.array(fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 3 }), {
      minLength: size,
      maxLength: size,
    }),
  );
}

/** Graphs without a cycle. Positions are shuffled, so that their order gives nothing away. */
export function acyclicGraphs(sizeMax: number): fc.Arbitrary<readonly (readonly number[])[]> {
  return fc
    .integer({ min: 1, max: sizeMax })
    .chain((size) =>
      fc.tuple(
        fc.shuffledSubarray([...Array(size).keys()], { minLength: size }),
        fc.array(fc.uniqueArray(fc.nat(sizeMax), { maxLength: 3 }), { minLength: size, maxLength: size }),
      ),
    )
    .map(([labels, earlier]) => {
      const deps: number[][] = labels.map(() => []);
      labels.forEach((label, index) => {
        for (const at of earlier[index]!) if (at < index) deps[label]!.push(labels[at]!);
      });
      return deps;
    });
}

const components = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', '*'), { maxLength: 3 });

/** Backlogs without a cycle: mixed priorities, ages, claims of none to three components, and a few that run alone. */
export function backlogs(sizeMax: number): fc.Arbitrary<Backlog> {
  return acyclicGraphs(sizeMax)
    .chain((deps) =>
      fc.tuple(
        ...deps.map((row, position) =>
          fc
            .record({
              priority: fc.integer({ min: 0, max: 4 }),
              createdMs: fc.option(fc.integer({ min: 0, max: 3 })),
              names: components,
              status: fc.constantFrom('open' as const, 'open' as const, 'open' as const, 'closed' as const),
            })
            .map(({ names, ...rest }) =>
              aTicket(idOf(position), {
                ...rest,
                deps: row.map(idOf),
                tags: names.map((name) => `component:${name}`),
              }),
            ),
        ),
      ),
    )
    .map((tickets) => aBacklog(tickets));
}
