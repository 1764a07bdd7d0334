/**
 * What a world holds that outlives any one orchestrator: time, the repository, tickets, processes, journals.
 *
 * The fakes of one life (`fake-*.ts`) act on it. Nothing here decides what the orchestrator should do.
 */
import type { RunId, SessionId, TicketId } from '../domain/ids.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';
import type { TicketStatus } from '../domain/ticket.ts';
import type { AgentSignal } from '../ports/process-host.ts';
import { dice, type Dice } from '../domain/dice.ts';
import { FakeRepository } from './fake-repository.ts';
import { ticketName } from './faults.ts';
import { HeapClock } from './heap-clock.ts';
import { SHARED_FILE, type WorldPlan } from './world-plan.ts';

/** A promise that does not hold in a world, under its name in the design. */
export interface SimViolation {
  readonly property: string;
  readonly message: string;
}

/** One life of the orchestrator: one run. */
export interface Life {
  readonly run: RunId;
  isAlive: boolean;
}

/** The processes of one session: its agent, and perhaps one that outlives it. */
export interface SessionProcesses {
  readonly session: SessionId;
  readonly ticket: TicketId;
  readonly isAgentAlive: boolean;
  readonly isAnyAlive: boolean;
  /** Signals the agent; one that is gone is left alone. */
  signal(signal: AgentSignal): void;
  /** Kills all that is there at once, and counts it. */
  killAll(): number;
}

/** The journal of one run, as told and as the disk has it. */
export interface RecordedRun {
  readonly told: JournalEntry[];
  readonly onDisk: JournalEntry[];
  isRecovered: boolean;
  /** Sessions of it whose completed work a recovery has decided about. */
  readonly decided: Set<SessionId>;
}

/** A world under way. */
export class SimWorld {
  readonly plan: WorldPlan;
  readonly clock = new HeapClock();
  readonly dice: Dice;
  readonly repository: FakeRepository;
  /** The store of tickets that are not in the repository. */
  readonly statuses: Map<string, TicketStatus>;
  readonly processes = new Map<SessionId, SessionProcesses>();
  readonly runs = new Map<RunId, RecordedRun>();
  /** Commits that agents made. */
  readonly agentCommits: string[] = [];
  /** What agents wrote and did not commit, each once in the world. */
  readonly uncommitted: string[] = [];
  /** Nothing goes wrong any more. */
  isHealed = false;
  launches = 0;
  lockedCommands = 0;
  /** So many of the next git commands that write find no space left. */
  fullCommands = 0;
  /** Tickets that a person closed: nobody may open them again. */
  readonly closedByPerson = new Set<TicketId>();
  failingLaunches = 0;
  clockJumpMs = 0;
  /** The first promise that did not hold. */
  violation: SimViolation | null = null;
  /** What happened, or null when nobody wants to know: telling costs more than happening. */
  readonly story: string[] | null;

  constructor(plan: WorldPlan, isTold: boolean) {
    this.plan = plan;
    this.dice = dice(plan.seed ^ 0x5eed);
    this.story = isTold ? [] : null;
    const ids = plan.tickets.map((_ticket, number) => ticketName(number));
    this.statuses = new Map(ids.map((id) => [id, 'open']));
    this.repository = new FakeRepository(
      new Map([
        [SHARED_FILE, 'first'],
        ...(plan.areTicketsTracked ? ids.map((id) => [ticketPath(id), 'open'] as const) : []),
      ]),
    );
  }

  /** Writes a line of the story. */
  tell(line: () => string): void {
    this.story?.push(`${String(this.clock.nowMs()).padStart(7)} ms  ${line()}`);
  }

  /** Records a promise that does not hold; the first one stays. */
  fail(property: string, message: string): void {
    this.tell(() => `VIOLATION ${property}: ${message}`);
    this.violation ??= { property, message };
  }

  /** Lets a life wait. Whoever dies meanwhile never wakes. */
  pause(life: Life, delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (life.isAlive) this.clock.setTimeout(resolve, delayMs, life);
    });
  }

  /** A git command that only reads. */
  reading(life: Life): Promise<void> {
    return this.pause(life, 1 + this.dice.below(5));
  }

  /** A git command that writes: tried again for as long as git's own adapter does, then it throws. */
  async writing(life: Life, command: string): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      await this.pause(life, 1 + this.dice.below(15));
      if (this.fullCommands > 0) {
        this.fullCommands -= 1;
        throw new Error(`git ${command}: No space left on device`);
      }
      if (this.lockedCommands === 0) return;
      this.lockedCommands -= 1;
      if (tried === TRIES) throw new Error(`git ${command}: Unable to create '.lock': File exists`);
      await this.pause(life, 20 * 2 ** (tried - 1));
    }
  }
}

/** As often as the effects on real git try. */
const TRIES = 6;

/** The path of a ticket's file in the repository. */
export function ticketPath(ticket: string): string {
  return `.tickets/${ticket}.md`;
}
