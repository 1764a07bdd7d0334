/** What a simulated run is started with: the tickets as opening a project reads them, and the settings of its world. */
import type { SupervisorInput } from '../../machines/index.ts';
import { compileBacklog, type Backlog } from '../domain/backlog.ts';
import { systemPlanOf } from '../domain/system-view.ts';
import type { TicketCatalogue } from '../domain/ticket.ts';
import type { Agent } from '../ports/agent.ts';
import { INTEGRATION_REF, targetTip } from './fake-integration.ts';
import { GOOD_LAST_WORDS } from './fake-processes.ts';
import { TARGET } from './fake-repository.ts';
import { ticketPath, type Life, type SimWorld } from './sim-world.ts';
import type { WorldPlan } from './world-plan.ts';

/** Compiles the tickets as they stand on the integration ref as well. */
export function backlogOf({ repository, plan }: SimWorld, catalogue: TicketCatalogue): Backlog {
  const { tree } = repository.at(repository.read(INTEGRATION_REF) ?? targetTip(repository));
  const tickets = catalogue.tickets.map((ticket) =>
    tree.get(ticketPath(ticket.id)) === 'closed' ? { ...ticket, status: 'closed' as const } : ticket,
  );
  const components = { tagPrefix: 'component:', allowUntagged: plan.allowUntagged };
  return compileBacklog({ ...catalogue, tickets }, { components, selected: null });
}

/** An agent that is believed when it says that it is done. */
export function fakeAgent({ agentCanBeAsked }: WorldPlan): Agent {
  return {
    name: 'agent',
    argv: () => ['agent'],
    stopSignal: agentCanBeAsked ? 'SIGINT' : null,
    verdict: ({ outputTail }) =>
      outputTail === GOOD_LAST_WORDS
        ? { outcome: 'succeeded' }
        : { outcome: 'failed', reason: 'the agent did not say that it is done' },
  };
}

/** The input of the supervisor of a life. */
export function supervisorInput(world: SimWorld, life: Life, backlog: Backlog): SupervisorInput {
  const { workers, attemptsMax, dispatchesMax, agentCanBeAsked } = world.plan;
  const limits = { workers, attemptsMax, dispatchesMax: world.isHealed ? 0 : dispatchesMax };
  return {
    header: {
      type: 'run.started',
      run: life.run,
      version: 'simulated',
      owner: { pid: 1, startTime: life.run, bootId: '' },
      target: TARGET,
      targetCommit: targetTip(world.repository),
      ...limits,
      tickets: systemPlanOf(backlog, limits).tickets.map((ticket, position) => ({
        ...ticket,
        title: backlog.tickets[position]?.title ?? '',
        priority: backlog.tickets[position]?.priority ?? 0,
      })),
    },
    backlog,
    limits,
    sessions: {
      timeouts: { firstMs: 4000, incrementMs: 1000, maxMs: 0 },
      gracePeriodMs: 500,
      agentCanBeAsked,
      allowNoChanges: false,
      autoMerge: true,
    },
  };
}
