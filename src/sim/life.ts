/**
 * One life of the orchestrator in a world: the shipped supervisor, sessions, merge queue, actors, policy and recovery,
 * bound to fakes. It ends when the run has taken itself down, or dies at once.
 */
import { provide } from '../../actors/provide.ts';
import { recover } from '../../actors/recovery.ts';
import { createRunSupervisor } from '../../actors/run-supervisor.ts';
import type { World } from '../../actors/world.ts';
import type { SupervisorCommand } from '../../machines/index.ts';
import type { StopReason } from '../domain/run-fact.ts';
import { errorReason } from '../domain/session-outcome.ts';
import { disturb } from './disturb.ts';
import { fakeIntegration } from './fake-integration.ts';
import { fakeJournal, fakePastRuns } from './fake-journal.ts';
import { fakeProcessHost } from './fake-process-host.ts';
import { fakeTicketStore } from './fake-ticket-store.ts';
import { fakeWorktrees } from './fake-worktrees.ts';
import { describeFault, ticketName, type Fault } from './faults.ts';
import type { Promises } from './promises.ts';
import { backlogOf, fakeAgent, supervisorInput } from './run-input.ts';
import type { Life, SimWorld } from './sim-world.ts';
import { emptyStage, type Stage } from './stage.ts';

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
  const backlog = backlogOf(world, await store.load());
  const integration = fakeIntegration(world, life, (ticket) => store.close(ticket));
  const worktrees = fakeWorktrees(world, life, () => integration.sync());
  const host = fakeProcessHost(world, life);
  const agent = fakeAgent(world.plan);
  const input = supervisorInput(world, life, backlog);
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
    recover: () =>
      recover({
        ...parts,
        pastRuns: fakePastRuns(world, life),
        notes: [],
        allowNoChanges: input.sessions.allowNoChanges,
        autoMerge: input.sessions.autoMerge,
      }),
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
    input,
    journal: parts.journal,
    ids: { next: () => `${life.run}-${(sessions += 1)}` },
    onEntry: (entry) => {
      promises.hear(entry);
      world.tell(
        () =>
          `${life.run} #${entry.seq} ${JSON.stringify({ ...entry, v: undefined, seq: undefined, at: undefined, tickets: undefined })}`,
      );
    },
    onBreach: ({ property, seq, message }) => world.fail(property, `${life.run} #${seq}: ${message}`),
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

  /** A run that is closing is asked for nothing any more. */
  function ask(command: SupervisorCommand): void {
    if (supervisor.getSnapshot().status === 'active') supervisor.send(command);
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
        ask({ type: `run.${fault.kind}`, reason: STOP });
        return;
      case 'pause':
        ask({ type: 'run.pause' });
        world.clock.setTimeout(() => ask({ type: 'run.resume' }), fault.forMs, life);
        return;
      case 'strayDispatch':
        strays += 1;
        ask({
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
