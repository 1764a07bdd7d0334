/**
 * Broken copies of the orchestrator. A simulator that does not notice them would notice nothing.
 */
import { describe, expect, test } from 'vitest';

import type { JournalEntry } from '../../src/domain/journal-entry.ts';
import type { RunFact } from '../../src/domain/run-fact.ts';
import { branchRef, TARGET, withFiles } from '../../src/sim/fake-repository.ts';
import type { Fault } from '../../src/sim/faults.ts';
import type { BoundMachine, Sabotage } from '../../src/sim/life.ts';
import { shrink } from '../../src/sim/shrink.ts';
import { createSimulator, type Simulated } from '../../src/sim/simulate.ts';
import { ticketPath } from '../../src/sim/sim-world.ts';
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
  // Whoever is not swept away is alive after the run, or beside the next agent.
  'a sweep that looks away': {
    caughtBy: /^S[136]/,
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
  'a recovery that says it is done before it is': {
    caughtBy: /^S\d/,
    sabotage: {
      world: (world, { clock, runs }) => ({
        ...world,
        recover: () => {
          const before = [...runs.values()].slice(0, -1);
          // By then it has read what there is to do, and done none of it.
          clock.setTimeout(() => {
            for (const run of before) run.isRecovered = true;
          }, 2);
          return world.recover();
        },
      }),
    },
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

/** Each is revealed by one kind of fault alone. */
const CANARIES_OF_FAULTS: readonly {
  readonly name: string;
  readonly fault: Fault;
  readonly sabotage: NonNullable<Sabotage['world']>;
}[] = [
  {
    name: 'a release that takes a full disk for an empty worktree',
    fault: { kind: 'repositoryFull', commands: 2 },
    sabotage: (world, { repository }) => ({
      ...world,
      worktrees: {
        ...world.worktrees,
        release: async (place) => {
          const report = await world.worktrees.release(place);
          if (report.keptWorktree?.reason.includes('No space') !== true) return report;
          repository.worktrees.delete(report.keptWorktree.path);
          return { ...report, keptWorktree: null };
        },
      },
    }),
  },
  {
    name: 'a release that takes a folder that is gone for a session that did nothing',
    fault: { kind: 'worktreeDeleted', skip: 0 },
    sabotage: (world, { repository }) => ({
      ...world,
      worktrees: {
        ...world.worktrees,
        release: async (place) => {
          const ref = branchRef(place.branch);
          const isGone = repository.worktrees.get(place.worktree)?.isDeleted === true;
          const report = await world.worktrees.release(place);
          if (isGone) repository.move(ref, null, repository.read(ref));
          return isGone ? { ...report, keptBranch: null } : report;
        },
      },
    }),
  },
  {
    name: 'a merge that opens again what a person closed',
    fault: { kind: 'userCloses', ticket: 0 },
    sabotage: (world, { closedByPerson, plan, repository, statuses }) => ({
      ...world,
      integration: {
        ...world.integration,
        merge: async (request) => {
          const outcome = await world.integration.merge(request);
          const tip = repository.read(branchRef(TARGET))!;
          for (const ticket of closedByPerson) {
            if (!plan.areTicketsTracked) statuses.set(ticket, 'open');
            const files = new Map([[ticketPath(ticket), 'open']]);
            const commit = repository.commit([tip], withFiles(repository.at(tip).tree, files));
            if (plan.areTicketsTracked) repository.move(branchRef(TARGET), commit, tip);
          }
          return outcome;
        },
      },
    }),
  },
];

describe('the simulator', () => {
  test.each(CANARIES_OF_FAULTS)('catches $name by $fault.kind, and by no other fault', async (canary) => {
    const { fault, sabotage } = canary;
    const others = (plan: WorldPlan): WorldPlan => ({
      ...plan,
      faults: plan.faults.filter((planned) => planned.fault.kind !== fault.kind),
    });
    const often = (plan: WorldPlan): WorldPlan => ({
      ...plan,
      faults: [...plan.faults, ...[15, 30, 45, 60, 75, 90].map((atStep) => ({ atStep, fault }))],
    });
    expect(await firstFailed({ world: sabotage }, others, 40)).toBeNull();
    const failed = await firstFailed({ world: sabotage }, often);
    expect(failed?.violation?.property).toMatch(/^S7/);
    const smallest = await shrink(createSimulator({ checkTrace, sabotage: { world: sabotage } }), failed!);
    expect(new Set(smallest.plan.faults.map((planned) => planned.fault.kind))).toContain(fault.kind);
  });

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
    const smallest = await shrink(createSimulator({ checkTrace, sabotage }), failed!);
    expect(smallest.violation?.property).toBe(failed?.violation?.property);
    expect(smallest.plan.faults.map(({ fault }) => fault.kind)).toEqual(['orchestratorDies']);
    expect(smallest.plan.tickets.length).toBeLessThan(failed!.plan.tickets.length);
  });
});

async function firstFailed(
  sabotage: Sabotage,
  changed: (plan: WorldPlan) => WorldPlan,
  worldsMax = WORLDS_MAX,
): Promise<Simulated | null> {
  const simulate = createSimulator({ checkTrace, sabotage });
  for (let seed = 0; seed < worldsMax; seed += 1) {
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
