import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { Backlog } from '../../src/domain/backlog.ts';
import { acquire, EVERYTHING, isFree, release, type Locks } from '../../src/domain/locks.ts';
import { dispatchOrder, rankTickets, ReadyQueue } from '../../src/domain/scheduling-policy.ts';
import { criticalPathBelow } from '../../src/domain/ticket-graph.ts';
import { openDependencies } from '../../src/domain/backlog.ts';
import type { Ticket } from '../../src/domain/ticket.ts';
import { aBacklog, aTicket, backlogs, idOf } from '../support/backlogs.ts';

function claiming(id: string, claim: readonly string[], given: Partial<Ticket> = {}): Ticket {
  return aTicket(id, { ...given, tags: claim.map((name) => `component:${name}`) });
}

function conflict(a: readonly string[], b: readonly string[]): boolean {
  return a.includes(EVERYTHING) || b.includes(EVERYTHING) || a.some((component) => b.includes(component));
}

function inRankOrder(backlog: Backlog): string[] {
  const ranks = rankTickets(backlog);
  return backlog.tickets
    .map(({ id }) => id)
    .toSorted((a, b) => ranks[backlog.positions.get(a)!]! - ranks[backlog.positions.get(b)!]!);
}

describe('rankTickets', () => {
  test('puts priority first, then the longer critical path, then age with unknown last, then id', () => {
    const backlog = aBacklog([
      aTicket('urgent', { priority: 0 }),
      aTicket('e', { createdMs: 1 }),
      aTicket('d', { createdMs: 1 }),
      aTicket('c', { createdMs: 0 }),
      aTicket('a'),
      aTicket('b'),
      aTicket('root', { createdMs: 9 }),
      aTicket('leaf', { deps: ['root'], priority: 4 }),
    ]);
    expect(inRankOrder(backlog)).toEqual(['urgent', 'root', 'c', 'd', 'e', 'a', 'b', 'leaf']);
  });

  test('measures the critical path over what is still to be done', () => {
    const backlog = aBacklog([
      aTicket('a'),
      aTicket('b'),
      aTicket('c', { deps: ['b'], status: 'closed' }),
      aTicket('d', { deps: ['b', 'ghost'] }),
    ]);
    expect(inRankOrder(backlog)).toEqual(['a', 'b', 'c', 'd']);
  });

  test.prop([backlogs(15)])(
    'gives every position a rank of its own, which no lower rank contradicts',
    (backlog) => {
      const ranks = rankTickets(backlog);
      expect(ranks.toSorted((a, b) => a - b)).toEqual(ranks.map((_rank, position) => position));
      const below = criticalPathBelow(openDependencies(backlog));
      const key = (position: number): readonly number[] => {
        const { priority, createdMs } = backlog.tickets[position]!;
        return [priority, -below[position]!, createdMs ?? Infinity, position];
      };
      for (const a of ranks.keys()) {
        for (const b of ranks.keys()) {
          const first = key(a).findIndex((part, index) => part !== key(b)[index]);
          if (first >= 0) expect(ranks[a]! < ranks[b]!).toBe(key(a)[first]! < key(b)[first]!);
        }
      }
      expect(dispatchOrder(backlog).ranks).toEqual(ranks);
    },
  );
});

/** What the ready queue promises, said by looking at every ticket every time. */
class NaiveQueue {
  readonly waiting = new Map<number, { readonly since: number; passedOver: number }>();
  readonly #backlog: Backlog;
  readonly #ranks: readonly number[];
  readonly #reserveAfter: number;
  #dispatches = 0;
  #reserved: number | null = null;

  constructor(backlog: Backlog, reserveAfter: number) {
    this.#backlog = backlog;
    this.#ranks = rankTickets(backlog);
    this.#reserveAfter = reserveAfter;
  }

  add(position: number): void {
    if (!this.waiting.has(position)) this.waiting.set(position, { since: this.#dispatches, passedOver: 0 });
  }

  next(locks: Locks): number | null {
    if (this.#reserved !== null && isFree(locks, this.claimOf(this.#reserved))) return this.#reserved;
    const free = [...this.waiting.keys()].filter((position) => !this.#isKeptBack(position, locks));
    return free.length === 0 ? null : this.#bestOf(free);
  }

  dispatch(position: number, locks: Locks): void {
    const { since } = this.waiting.get(position)!;
    if (this.#reserved === position) this.#reserved = null;
    this.#dispatches += 1;
    for (const lane of this.#lanes()) {
      const best = this.#bestOf(lane);
      const wait = this.waiting.get(best)!;
      if (best === position || !this.#isKeptBack(best, locks)) continue;
      if (!conflict(this.claimOf(best), this.claimOf(position))) continue;
      if (this.#ranks[best]! < this.#ranks[position]! || wait.since < since) wait.passedOver += 1;
    }
    this.remove(position);
  }

  remove(position: number): void {
    if (!this.waiting.delete(position)) return;
    if (this.#reserved === position) this.#reserved = null;
    if (this.#reserved !== null) return;
    const overdue = [...this.waiting].filter(([, { passedOver }]) => passedOver >= this.#reserveAfter);
    const longest = Math.min(...overdue.map(([, { since }]) => since));
    const candidates = overdue.filter(([, { since }]) => since === longest).map(([each]) => each);
    this.#reserved = candidates.length === 0 ? null : this.#bestOf(candidates);
  }

  claimOf(position: number): readonly string[] {
    return this.#backlog.tickets[position]!.components;
  }

  #isKeptBack(position: number, locks: Locks): boolean {
    const claim = this.claimOf(position);
    return (
      !isFree(locks, claim) || (this.#reserved !== null && conflict(claim, this.claimOf(this.#reserved)))
    );
  }

  #lanes(): number[][] {
    const lanes = new Map<string, number[]>();
    for (const position of this.waiting.keys()) {
      const key = this.claimOf(position).join(' ');
      lanes.set(key, [...(lanes.get(key) ?? []), position]);
    }
    return [...lanes.values()];
  }

  #bestOf(positions: readonly number[]): number {
    return positions.reduce((best, position) =>
      this.#ranks[position]! < this.#ranks[best]! ? position : best,
    );
  }
}

const claims = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 3 }),
  },
  { weight: 1, arbitrary: fc.constant([EVERYTHING]) },
);

/** Backlogs in which everything is ready at once: what can become ready when is the sequence's business. */
const readyBacklogs = fc
  .array(fc.tuple(claims, fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 40, size: 'max' })
  .map((given) =>
    aBacklog(given.map(([claim, priority], position) => claiming(idOf(position), claim, { priority }))),
  );

type Step = { readonly do: 'add' | 'drop' | 'dispatch' | 'ask' | 'end'; readonly at: number };
const steps = fc.array(
  fc.record<Step>({
    do: fc.constantFrom('add', 'add', 'add', 'dispatch', 'dispatch', 'dispatch', 'end', 'end', 'drop', 'ask'),
    at: fc.nat(39),
  }),
  { maxLength: 200, size: 'max' },
);

describe('ReadyQueue', () => {
  test.prop([readyBacklogs, steps, fc.integer({ min: 1, max: 4 })], { numRuns: 500 })(
    'names what the naive queue names, which is always free, after any sequence of events',
    (backlog, sequence, reserveAfter) => {
      const queue = new ReadyQueue(backlog, { reserveAfter });
      const naive = new NaiveQueue(backlog, reserveAfter);
      let locks: Locks = acquire({}, ['elsewhere'], 'other');
      const live: number[] = [];
      for (const step of sequence) {
        const position = step.at % backlog.tickets.length;
        if (step.do === 'add' && !live.includes(position)) {
          queue.add(position);
          naive.add(position);
        } else if (step.do === 'drop') {
          queue.next({}); // whatever is named here must not count as a dispatch of another ticket
          if (queue.next(locks) === position) continue;
          queue.remove(position);
          naive.remove(position);
        } else if (step.do === 'end') {
          const ended = live.splice(step.at % (live.length + 1), 1)[0];
          if (ended === undefined)
            locks = locks['elsewhere'] === undefined ? locks : release(locks, ['elsewhere'], 'other');
          else locks = release(locks, naive.claimOf(ended), `s${ended}`);
        } else if (step.do === 'dispatch') {
          const named = queue.next(locks);
          if (named === null) continue;
          naive.dispatch(named, locks);
          queue.remove(named);
          locks = acquire(locks, naive.claimOf(named), `s${named}`); // throws unless all of it is free
          live.push(named);
        }
        expect(queue.next(locks)).toBe(naive.next(locks));
        expect(queue.size).toBe(naive.waiting.size);
        if (queue.size > 0) expect(queue.next({})).not.toBeNull();
      }
    },
  );

  // Narrow tickets without end against a few wide ones of better rank, which find nothing free to begin with. The
  // adversary chooses who comes and who ends, but no session lasts longer than `lifeMax` dispatches.
  const adversary = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(9)), {
    minLength: 300,
    maxLength: 300,
    size: 'max',
  });
  const wide = fc.uniqueArray(fc.constantFrom(['a', 'b'], ['b', 'c'], ['a', 'b', 'c'], [EVERYTHING]), {
    minLength: 1,
    maxLength: 3,
  });

  test.prop([wide, adversary, fc.integer({ min: 1, max: 4 })])(
    'lets no wide ticket starve, however the narrow ones come and go',
    (wideClaims, moves, reserveAfter) => {
      const lifeMax = 6;
      const backlog = aBacklog([
        ...wideClaims.map((claim, index) => claiming(`w${index}`, claim, { priority: 0 })),
        ...moves.map(([component], index) =>
          claiming(`n${String(index).padStart(3, '0')}`, [component], { priority: 4 }),
        ),
      ]);
      const queue = new ReadyQueue(backlog, { reserveAfter });
      let locks: Locks = {};
      let live: { position: number; since: number }[] = [];
      let dispatches = 0;
      const waiting = new Set<number>();
      const claimOf = (position: number): readonly string[] => backlog.tickets[position]!.components;
      const end = (ended: { position: number }): void => {
        locks = release(locks, claimOf(ended.position), `s${ended.position}`);
        live = live.filter((each) => each !== ended);
      };
      const dispatchAll = (): void => {
        for (let named = queue.next(locks); named !== null; named = queue.next(locks)) {
          queue.remove(named);
          waiting.delete(named);
          locks = acquire(locks, claimOf(named), `s${named}`);
          dispatches += 1;
          for (const old of live.filter(({ since }) => dispatches - since >= lifeMax)) end(old);
          live.push({ position: named, since: dispatches });
        }
      };
      // Narrow ones are at work already, so that none of the wide ones is free at once.
      moves.slice(0, 3).forEach((_move, index) => queue.add(index));
      dispatchAll();
      wideClaims.forEach((_claim, index) => {
        const position = backlog.positions.get(`w${index}`)!;
        queue.add(position);
        waiting.add(position);
      });
      const from = dispatches;
      const bound = wideClaims.length * (reserveAfter + wideClaims.length + 1) * lifeMax;
      for (const [index, [, choice]] of moves.entries()) {
        if (index < 3) continue;
        queue.add(index);
        dispatchAll();
        if (waiting.size === 0) break;
        expect(dispatches - from).toBeLessThanOrEqual(bound);
        const ended = live[choice % live.length];
        if (ended !== undefined) end(ended);
      }
      expect(waiting.size).toBe(0);
    },
  );

  /** Dispatches what the queue names and returns its id. */
  function dispatch(queue: ReadyQueue, backlog: Backlog, locks: Locks): string | null {
    const named = queue.next(locks);
    if (named === null) return null;
    queue.remove(named);
    return backlog.tickets[named]!.id;
  }

  test('keeps the components of a ticket that was passed over as often as allowed, until it went', () => {
    const backlog = aBacklog([
      claiming('both', ['a', 'b'], { priority: 0 }),
      claiming('c1', ['c']),
      claiming('n1', ['a']),
      claiming('n2', ['a']),
      claiming('n3', ['a']),
    ]);
    const queue = new ReadyQueue(backlog, { reserveAfter: 2 });
    for (const position of backlog.tickets.keys()) queue.add(position);
    const bHeld = { b: 's1' };
    expect(dispatch(queue, backlog, bHeld)).toBe('c1');
    expect(dispatch(queue, backlog, bHeld)).toBe('n1');
    expect(dispatch(queue, backlog, bHeld)).toBe('n2');
    expect(dispatch(queue, backlog, bHeld)).toBeNull();
    expect(dispatch(queue, backlog, {})).toBe('both');
    expect(dispatch(queue, backlog, bHeld)).toBe('n3');
    expect(queue.size).toBe(0);
  });

  test('counts a ticket of better rank that came later, and not one that was there from the start', () => {
    const backlog = aBacklog([
      claiming('both', ['a', 'b'], { priority: 4 }),
      ...['n1', 'n2', 'n3', 'n4'].map((id) => claiming(id, ['a'], { priority: 0 })),
    ]);
    const queue = new ReadyQueue(backlog, { reserveAfter: 2 });
    const bHeld = { b: 's1' };
    for (const position of [0, 1]) queue.add(position);
    expect(dispatch(queue, backlog, bHeld)).toBe('n1');
    for (const position of [2, 3, 4]) queue.add(position);
    expect(dispatch(queue, backlog, bHeld)).toBe('n2');
    expect(dispatch(queue, backlog, bHeld)).toBe('n3');
    expect(dispatch(queue, backlog, bHeld)).toBeNull();
    expect(dispatch(queue, backlog, {})).toBe('both');
    expect(dispatch(queue, backlog, bHeld)).toBe('n4');
  });

  test('does not count what takes none of its components, nor what ranks better and came no later', () => {
    const backlog = aBacklog([
      claiming('both', ['a', 'b'], { priority: 2 }),
      claiming('c1', ['c'], { priority: 4 }),
      claiming('c2', ['c'], { priority: 4 }),
      claiming('n1', ['a'], { priority: 0 }),
      claiming('n2', ['a'], { priority: 0 }),
      claiming('n3', ['a'], { priority: 4 }),
    ]);
    const queue = new ReadyQueue(backlog, { reserveAfter: 1 });
    for (const position of backlog.tickets.keys()) queue.add(position);
    const bHeld = { b: 's1' };
    expect(['', '', '', '', ''].map(() => dispatch(queue, backlog, bHeld))).toEqual([
      'n1',
      'n2',
      'c1',
      'c2',
      'n3',
    ]);
    expect(dispatch(queue, backlog, bHeld)).toBeNull();
    expect(dispatch(queue, backlog, {})).toBe('both');
  });

  test('drains the workers for a ticket that runs alone, once it was passed over often enough', () => {
    const backlog = aBacklog([
      claiming('alone', [EVERYTHING], { priority: 0 }),
      ...['a', 'b', 'c'].map((component) => claiming(component, [component])),
    ]);
    const queue = new ReadyQueue(backlog, { reserveAfter: 2 });
    for (const position of backlog.tickets.keys()) queue.add(position);
    expect(dispatch(queue, backlog, { d: 's1' })).toBe('a');
    expect(dispatch(queue, backlog, { d: 's1', a: 's2' })).toBe('b');
    expect(dispatch(queue, backlog, { a: 's2', b: 's3' })).toBeNull();
    expect(dispatch(queue, backlog, {})).toBe('alone');
    expect(dispatch(queue, backlog, { '*': 's4' })).toBeNull();
    expect(dispatch(queue, backlog, {})).toBe('c');
  });

  test('gives up a reservation when the ticket is no longer ready', () => {
    const backlog = aBacklog([
      claiming('both', ['a', 'b'], { priority: 0 }),
      claiming('n1', ['a']),
      claiming('n2', ['a']),
    ]);
    const queue = new ReadyQueue(backlog, { reserveAfter: 1 });
    for (const position of backlog.tickets.keys()) queue.add(position);
    expect(dispatch(queue, backlog, { b: 's1' })).toBe('n1');
    expect(queue.next({ b: 's1' })).toBeNull();
    queue.remove(0);
    expect(dispatch(queue, backlog, { b: 's1' })).toBe('n2');
  });

  test('answers the same however often it is asked, and takes adding and removing twice for once', () => {
    const backlog = aBacklog([claiming('a', ['a']), claiming('b', ['b'])]);
    const queue = new ReadyQueue(backlog);
    queue.add(1);
    queue.add(1);
    expect([queue.size, queue.next({}), queue.next({}), queue.next({ b: 's1' })]).toEqual([1, 1, 1, null]);
    queue.remove(1);
    queue.remove(1);
    queue.remove(0);
    expect([queue.size, queue.next({})]).toEqual([0, null]);
  });

  test('resolves equal ranks by id', () => {
    const backlog = aBacklog(['c', 'a', 'b'].map((id) => aTicket(id)));
    const queue = new ReadyQueue(backlog);
    for (const position of [2, 0, 1]) queue.add(position);
    expect(['', '', ''].map(() => dispatch(queue, backlog, {}))).toEqual(['a', 'b', 'c']);
  });

  test('hands out 10 000 ready tickets in the order of their ranks when nothing is in the way', () => {
    const backlog = aBacklog(
      Array.from({ length: 10_000 }, (_ticket, position) =>
        claiming(idOf(position), [`c${position % 97}`, `d${position % 89}`], {
          priority: (position * 7) % 5,
        }),
      ),
    );
    const queue = new ReadyQueue(backlog);
    for (const position of backlog.tickets.keys()) queue.add(position);
    const handedOut = backlog.tickets.map(() => dispatch(queue, backlog, {}));
    expect(handedOut).toEqual(inRankOrder(backlog));
  });

  test('refuses a position outside the backlog and a reservation before the first pass', () => {
    const backlog = aBacklog([aTicket('a')]);
    expect(() => new ReadyQueue(backlog).add(1)).toThrow('no position 1 in a backlog of 1');
    expect(() => new ReadyQueue(backlog, { reserveAfter: 0 })).toThrow(
      'reserveAfter is 0; it must be at least 1',
    );
  });
});
