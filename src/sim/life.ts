/**
 * One life of the orchestrator in a world: the shipped supervisor, sessions, merge queue, actors, policy and recovery,
 * bound to fakes. It ends when the run has taken itself down, or dies at once.
 */
import { provide } from '../../actors/provide.ts';
import { recover } from '../../actors/recovery.ts';
import { createRunSupervisor } from '../../actors/run-supervisor.ts';
import type { World } from '../../actors/world.ts';
import type { SupervisorInput } from '../../machines/index.ts';
import { compileBacklog, type Backlog } from '../domain/backlog.ts';
import type { StopReason } from '../domain/run-fact.ts';
import { errorReason } from '../domain/session-outcome.ts';
import { systemPlanOf } from '../domain/system-view.ts';
import type { Agent } from '../ports/agent.ts';
import { fakeIntegration, INTEGRATION_REF, targetTip } from './fake-integration.ts';
import { fakeJournal, fakePastRuns } from './fake-journal.ts';
import { fakeProcessHost } from './fake-process-host.ts';
import { GOOD_LAST_WORDS } from './fake-processes.ts';
import { branchRef, TARGET } from './fake-repository.ts';
import { fakeTicketStore } from './fake-ticket-store.ts';
import { fakeWorktrees } from './fake-worktrees.ts';
import { describeFault, ticketName, type Fault } from './faults.ts';
import type { Promises } from './promises.ts';
import { ticketPath, type Life, type SimWorld } from './sim-world.ts';
import { emptyStage, type Stage } from './stage.ts';
import type { WorldPlan } from './world-plan.ts';

/** The supervisor's machine, bound to a world. */
export type BoundMachine = ReturnType<typeof provide>;

/** How to break a copy of the orchestrator, to see whether it is noticed. */
export interface Sabotage {
  readonly world?: (world: World, around: SimWorld) => World;
  readonly machine?: (machine: BoundMachine) => BoundMachine;
}

/** A supervisor's machine with the stage it is bound to: made once, for the lives of many worlds. */
export interface Company {
  readonly stage: Stage;
  readonly machine: BoundMachine;
  readonly sabotage: Sabotage;
}

/** Binds the machines to an empty stage. */
export function gatherCompany(sabotage: Sabotage): Company {
  const stage = emptyStage();
  const machine = provide(stage.world);
  return { stage, machine: sabotage.machine?.(machine) ?? machine, sabotage };
}

/** An orchestrator at work. */
export interface RunningLife {
  /** True once it is over, by itself or by dying. */
  isOver(): boolean;
  /** True when it died or was stopped: there may be more to do, and another one will be started. */
  wasCutShort(): boolean;
  /** Lets a fault strike. */
  strike(fault: Fault): void;
}

const STOP: StopReason = { kind: 'signal', signal: 'SIGINT' };

/** Starts an orchestrator, as `run` does: reads the tickets, then supervises. */
export async function beginLife(
  world: SimWorld,
  promises: Promises,
  { stage, machine, sabotage }: Company,
): Promise<RunningLife> {
  const life: Life = { run: `r${world.runs.size + 1}`, isAlive: true };
  let isOver = false;
  let wasCutShort = false;
  let strays = 0;
  let sessions = 0;

  const journal = fakeJournal(world, life);
  const store = fakeTicketStore(world, life);
  const backlog = await readBacklog(world, store.load());
  const integration = fakeIntegration(world, life, (ticket) => store.close(ticket));
  const worktrees = fakeWorktrees(world, life, () => integration.sync());
  const host = fakeProcessHost(world, life);
  const agent = fakeAgent(world.plan);
  const bare: World = {
    agent,
    host,
    worktrees,
    integration,
    journal,
    launchCommand: ({ session, ticket, place }) => {
      promises.atLaunch(place, backlog, world.plan.workers);
      return {
        session,
        argv: [agent.name],
        cwd: place.worktree,
        env: { RALPH_SESSION_ID: session, RALPH_TICKET_ID: ticket, RALPH_BRANCH: place.branch },
        outputDir: '',
        outputBytesMax: 0,
        stallTimeoutMs: world.plan.stallTimeoutMs,
      };
    },
    recover: () => recover({ ...parts, pastRuns: fakePastRuns(world, life), notes: [] }),
    closeRun: async () => {
      const publication = await parts.integration.publish();
      await integration.finish();
      return { publication };
    },
  };
  const parts = sabotage.world?.(bare, world) ?? bare;
  stage.enter(parts);
  const supervisor = createRunSupervisor(machine, {
    clock: {
      nowMs: () => world.clock.nowMs() + world.clockJumpMs,
      setTimeout: (callback, delayMs) => world.clock.setTimeout(callback, delayMs, life),
      clearTimeout: (timer) => world.clock.clearTimeout(timer),
    },
    input: supervisorInput(world, life, backlog),
    journal: parts.journal,
    ids: { next: () => `${life.run}-${(sessions += 1)}` },
    onEntry: (entry) => {
      promises.hear(entry);
      world.tell(
        () =>
          `${life.run} #${entry.seq} ${JSON.stringify({ ...entry, v: undefined, seq: undefined, at: undefined, tickets: undefined })}`,
      );
    },
  });
  supervisor.subscribe({
    complete: () => void takeDown(),
    error: (error) => {
      world.fail('the supervisor', `broke: ${errorReason(error)}`);
      isOver = true;
    },
  });
  world.tell(() => `${life.run} begins`);
  supervisor.start();

  async function takeDown(): Promise<void> {
    await parts.host.close();
    await journal.flushed().catch(() => {});
    await journal.close();
    isOver = true;
    life.isAlive = false;
    world.tell(() => `${life.run} is over`);
    promises.atEnd();
  }

  function strike(fault: Fault): void {
    world.tell(() => `FAULT ${describeFault(fault)}`);
    switch (fault.kind) {
      case 'orchestratorDies':
        journal.cut(fault.isJournalTorn);
        life.isAlive = false;
        world.clock.clearAllOf(life);
        isOver = true;
        wasCutShort = true;
        return;
      case 'diskFull':
        wasCutShort = true;
        journal.fillDisk();
        return;
      case 'stop':
      case 'kill':
      case 'drain':
        wasCutShort = true;
        supervisor.send({ type: `run.${fault.kind}`, reason: STOP });
        return;
      case 'pause':
        supervisor.send({ type: 'run.pause' });
        world.clock.setTimeout(
          () => {
            if (supervisor.getSnapshot().status === 'active') supervisor.send({ type: 'run.resume' });
          },
          fault.forMs,
          life,
        );
        return;
      case 'strayDispatch':
        strays += 1;
        supervisor.send({
          type: 'dispatch',
          ticket: ticketName(fault.ticket),
          session: `${life.run}-stray-${strays}`,
        });
        return;
      default:
        disturb(world, fault);
    }
  }

  return { isOver: () => isOver, wasCutShort: () => wasCutShort, strike };
}

/** Lets a fault strike that is none of the orchestrator's. */
function disturb(
  world: SimWorld,
  fault: Extract<
    Fault,
    { kind: 'gitLocked' | 'spawnFails' | 'userCommits' | 'userEdits' | 'userSwitches' | 'clockJumps' }
  >,
): void {
  const { repository } = world;
  const { checkout } = repository;
  switch (fault.kind) {
    case 'gitLocked':
      world.lockedCommands += fault.commands;
      return;
    case 'spawnFails':
      world.failingLaunches += 1;
      return;
    case 'userCommits': {
      const tip = targetTip(repository);
      const tree = new Map([...repository.at(tip).tree, [fault.file, `person@${world.clock.nowMs()}`]]);
      repository.move(branchRef(TARGET), repository.commit([tip], tree), tip);
      return;
    }
    case 'userEdits':
      checkout.edits.set(fault.file, 'edited');
      return;
    case 'userSwitches':
      checkout.branch = checkout.branch === TARGET ? 'elsewhere' : TARGET;
      repository.move(branchRef('elsewhere'), targetTip(repository), null);
      return;
    case 'clockJumps':
      world.clockJumpMs += fault.byMs;
  }
}

/** Reads the tickets as they stand on the integration ref as well, as opening a project does. */
async function readBacklog(
  world: SimWorld,
  loading: ReturnType<ReturnType<typeof fakeTicketStore>['load']>,
): Promise<Backlog> {
  const { repository, plan } = world;
  const catalogue = await loading;
  const { tree } = repository.at(repository.read(INTEGRATION_REF) ?? targetTip(repository));
  const tickets = catalogue.tickets.map((ticket) =>
    tree.get(ticketPath(ticket.id)) === 'closed' ? { ...ticket, status: 'closed' as const } : ticket,
  );
  const components = { tagPrefix: 'component:', allowUntagged: plan.allowUntagged };
  return compileBacklog({ ...catalogue, tickets }, { components, selected: null });
}

function fakeAgent({ agentCanBeAsked }: WorldPlan): Agent {
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

function supervisorInput(world: SimWorld, life: Life, backlog: Backlog): SupervisorInput {
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
