/**
 * Broken copies of the orchestrator. A simulator that does not notice them would notice nothing.
 */
import { describe, expect, test } from 'vitest';

import type { JournalEntry } from '../../src/domain/journal-entry.ts';
import type { RunFact } from '../../src/domain/run-fact.ts';
import { branchRef } from '../../src/sim/fake-repository.ts';
import type { BoundMachine, Sabotage } from '../../src/sim/life.ts';
import { minimise } from '../../src/sim/minimise.ts';
import { createSimulator, type Simulated } from '../../src/sim/simulate.ts';
import { worldOf, type WorldPlan } from '../../src/sim/world-plan.ts';
import { checkTrace } from '../../src/verify/trace-check.ts';

const WORLDS_MAX = 100;

type Guards = Parameters<BoundMachine['provide']>[0]['guards'];

const without = (guards: NonNullable<Guards>): Sabotage => ({
  machine: (machine) => machine.provide({ guards }),
});

const CANARIES: Readonly<Record<string, { readonly sabotage: Sabotage; readonly caughtBy: RegExp }>> = {
  'a merge that only says so': {
    caughtBy: /^S7|^S2/,
    sabotage: {
      world: (world) => ({
        ...world,
        integration: {
          ...world.integration,
          merge: async ({ head }) => ({
            kind: 'landed',
            commit: head,
            publication: { kind: 'published', commit: head },
          }),
        },
      }),
    },
  },
  'a supervisor that does not look at dependencies': {
    caughtBy: /^S2/,
    sabotage: without({ depsReady: () => true }),
  },
  'a supervisor that does not count its workers': {
    caughtBy: /^S3/,
    sabotage: without({ workerFree: () => true }),
  },
  'a supervisor that gives one component to two': {
    caughtBy: /^S1|the supervisor/,
    sabotage: without({ componentFree: () => true }),
  },
  'a supervisor that takes a ticket twice': {
    caughtBy: /^S4|the supervisor/,
    sabotage: without({ notClaimed: () => true }),
  },
  'a supervisor that never closes': {
    caughtBy: /^progress/,
    sabotage: without({ isWorkedOff: () => false, isQuiet: () => false }),
  },
  'a sweep that looks away': {
    caughtBy: /^S6/,
    sabotage: {
      world: (world) => ({
        ...world,
        host: { ...world.host, sweep: async () => ({ survivorsFound: 0, survivorsLeft: 0 }) },
      }),
    },
  },
  'a recovery that does nothing': {
    caughtBy: /^S\d/,
    sabotage: { world: (world) => ({ ...world, recover: async () => ({ notes: [], landed: [] }) }) },
  },
  'a worktree that is not given back': {
    caughtBy: /^S[67]/,
    sabotage: {
      world: (world) => ({
        ...world,
        worktrees: { ...world.worktrees, release: async () => ({ keptBranch: null, keptWorktree: null }) },
      }),
    },
  },
  'a release that deletes unmerged branches': {
    caughtBy: /^S7/,
    sabotage: {
      world: (world, { repository }) => ({
        ...world,
        worktrees: {
          ...world.worktrees,
          release: async (place) => {
            const report = await world.worktrees.release(place);
            if (report.keptBranch !== null)
              repository.move(branchRef(place.branch), null, repository.read(branchRef(place.branch)));
            return report;
          },
        },
      }),
    },
  },
  'a session that starts from the first commit': {
    caughtBy: /^S2/,
    sabotage: {
      world: (world, { repository }) => ({
        ...world,
        worktrees: {
          ...world.worktrees,
          prepare: async (session, ticket) => {
            const place = await world.worktrees.prepare(session, ticket);
            repository.move(branchRef(place.branch), 'c0', place.base);
            return { ...place, base: 'c0' };
          },
        },
      }),
    },
  },
  'a journal that says flushed and keeps it in memory': {
    caughtBy: /^S\d/,
    sabotage: { world: (world) => ({ ...world, journal: forgetful(world.journal) }) },
  },
};

describe('the simulator', () => {
  test.each(Object.entries(CANARIES))('catches %s', async (_name, { sabotage, caughtBy }) => {
    const failed = await firstFailed(sabotage, pestered);
    expect(failed?.violation?.property).toMatch(caughtBy);
  });

  test('stops a world at the entry that breaks the promise', async () => {
    const { sabotage } = CANARIES['a supervisor that does not look at dependencies']!;
    const failed = await firstFailed(sabotage, pestered);
    const { story } = await createSimulator({ checkTrace, sabotage })(failed!.plan, { isTold: true });
    const at = story.findIndex((line) => line.includes('VIOLATION'));
    const [entry, verdict, ...after] = story.slice(at - 1);
    expect(entry).toMatch(/ r\d+ #\d+ .*"session.dispatched"/);
    expect(verdict).toMatch(/VIOLATION S2 dependencyLanded: r\d+ #\d+: /);
    expect(after[0]).toMatch(/"run.stopping".*"internalError"/);
    expect(after.filter((line) => line.includes('"session.dispatched"'))).toEqual([]);
  });

  test('shrinks a world to what it takes to break the promise', async () => {
    const { sabotage } = CANARIES['a recovery that does nothing']!;
    const failed = await firstFailed(sabotage, (plan) => plan);
    const smallest = await minimise(createSimulator({ checkTrace, sabotage }), failed!);
    expect(smallest.violation?.property).toBe(failed?.violation?.property);
    expect(smallest.plan.faults.map(({ fault }) => fault.kind)).toEqual(['orchestratorDies']);
    expect(smallest.plan.tickets.length).toBeLessThan(failed!.plan.tickets.length);
  });
});

async function firstFailed(
  sabotage: Sabotage,
  changed: (plan: WorldPlan) => WorldPlan,
): Promise<Simulated | null> {
  const simulate = createSimulator({ checkTrace, sabotage });
  for (let seed = 0; seed < WORLDS_MAX; seed += 1) {
    const simulated = await simulate(changed(worldOf(seed)));
    if (simulated.violation !== null) return simulated;
  }
  return null;
}

/** A world in which every ticket is proposed out of turn several times, so that the guards have something to refuse. */
function pestered(plan: WorldPlan): WorldPlan {
  const strays = plan.tickets.flatMap((_ticket, ticket) =>
    [10, 40, 70].map((atStep) => ({
      atStep: atStep + 3 * ticket,
      fault: { kind: 'strayDispatch' as const, ticket },
    })),
  );
  return { ...plan, faults: [...plan.faults, ...strays] };
}

/** Hands facts on twenty at a time, and says at once that they are on the disk. */
function forgetful(journal: Parameters<NonNullable<Sabotage['world']>>[0]['journal']): typeof journal {
  const kept: RunFact[] = [];
  let seq = 0;
  return {
    ...journal,
    append: (fact) => {
      kept.push(fact);
      if (kept.length === 20 || fact.type === 'run.finished')
        for (const late of kept.splice(0)) journal.append(late);
      const entry: JournalEntry = { v: 1, seq, at: 0, ...fact };
      seq += 1;
      return entry;
    },
    flushed: () => Promise.resolve(),
  };
}
