/**
 * What no journal can show and a world can: the promises of the design as they stand in git and in the process table.
 * What a journal shows is judged from the journal (`domain/properties.ts`).
 */
import type { Backlog } from '../domain/backlog.ts';
import { cutOffSessions } from '../domain/cut-off.ts';
import type { SessionId, TicketId } from '../domain/ids.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';
import { holdersInTheWay, type Locks } from '../domain/locks.ts';
import type { SessionPlace } from '../domain/work.ts';
import { isLanded, targetTip } from './fake-integration.ts';
import { ticketPath, type SimWorld } from './sim-world.ts';

/** Watches one world over all lives of the orchestrator. */
export class Promises {
  readonly #world: SimWorld;
  readonly #tickets = new Map<SessionId, TicketId>();
  readonly #verified = new Map<SessionId, string>();
  /** What was said to have landed, by ticket. */
  readonly #landed = new Map<TicketId, string>();
  /** Places of which somebody was told that they stay. */
  readonly #toldOf: string[] = [];

  #run = '';

  /** Whether the run that spoke last has put right what was before it. If not, the next one has to. */
  #hasRecovered = false;

  constructor(world: SimWorld) {
    this.#world = world;
  }

  /** Takes note of what a run says. */
  hear(entry: JournalEntry): void {
    if (entry.type === 'session.dispatched') this.#tickets.set(entry.session, entry.ticket);
    if (entry.type === 'session.verified') this.#verified.set(entry.session, entry.head);
    if (entry.type === 'session.ended' && entry.keptWorktree !== null) this.#toldOf.push(entry.keptWorktree);
    if (entry.type === 'run.started') {
      this.#hasRecovered = false;
      this.#run = entry.run;
    }
    if (entry.type === 'ticket.recovered') this.#hearOfLanding(entry.earlierSession);
    if (entry.type === 'run.recovered') {
      this.#hasRecovered = true;
      this.#toldOf.push(...entry.notes);
      this.#judgeFinishedWork();
    }
    if (entry.type === 'merge.finished' && entry.outcome.kind === 'landed')
      this.#hearOfLanding(entry.session);
  }

  #hearOfLanding(session: SessionId): void {
    const ticket = this.#tickets.get(session);
    const head = this.#verified.get(session);
    if (ticket !== undefined && head !== undefined) this.#landed.set(ticket, head);
  }

  /** Judges a launch just before it happens. */
  atLaunch({ session, ticket, worktree, base }: SessionPlace, backlog: Backlog, workers: number): void {
    const { processes, repository } = this.#world;
    const fail = (property: string, message: string): void =>
      this.#world.fail(property, `session ${session} of ${ticket} starts: ${message}`);
    const componentsOf = (id: TicketId): readonly string[] =>
      backlog.tickets[backlog.positions.get(id) ?? -1]?.components ?? [];

    const live = [...processes.values()].filter(({ isAnyAlive }) => isAnyAlive);
    const locks: Locks = Object.fromEntries(
      live.flatMap((other) => componentsOf(other.ticket).map((component) => [component, other.session])),
    );
    const [held] = holdersInTheWay(locks, componentsOf(ticket));
    if (held !== undefined)
      fail('S1 componentExclusive', `an agent of ${held.holder} is on ${held.component}`);
    if (live.length >= workers) fail('S3 workersBounded', `${live.length} agents of ${workers} are alive`);
    if (live.some((other) => other.ticket === ticket)) fail('S4 oneSessionPerTicket', 'another one is alive');
    if (!repository.worktrees.has(worktree)) fail('S4 oneSessionPerTicket', 'it has no worktree');
    for (const dep of backlog.tickets[backlog.positions.get(ticket) ?? -1]?.deps ?? []) {
      const head = this.#landed.get(backlog.tickets[dep]?.id ?? '');
      if (head !== undefined && !repository.contains(base, head))
        fail('S2 dependencyLanded', `${base} does not contain ${head}, on which it depends`);
    }
  }

  /** Judges what a run that has taken itself down leaves behind. */
  atEnd(): void {
    if (this.#hasRecovered) this.#judgeOrphans();
    this.#judgeWork();
    this.#judgeTickets();
  }

  /** What the disk knows to be finished is merged or turned down before anything is dispatched: nobody is paid twice. */
  #judgeFinishedWork(): void {
    for (const [run, { onDisk, decided }] of this.#world.runs) {
      if (run === this.#run) continue;
      for (const { session, ticket, progress } of cutOffSessions(onDisk)) {
        const isFinished =
          (progress.kind === 'verified' || progress.kind === 'landed') && progress.commits > 0;
        if (isFinished && !decided.has(session))
          this.#world.fail('S7 nothingLost', `the finished work of ${session} on ${ticket} is passed over`);
      }
    }
  }

  #judgeOrphans(): void {
    const { processes, repository } = this.#world;
    for (const process of processes.values()) {
      if (process.isAnyAlive)
        this.#world.fail('S6 noOrphan', `a process of ${process.session} outlives the run`);
    }
    for (const path of repository.worktrees.keys()) {
      if (!this.#toldOf.some((told) => told.includes(path)))
        this.#world.fail('S6 noOrphan', `nobody is told that ${path} is still there`);
    }
  }

  /** What a person closed is no business of any run. */
  #judgeTickets(): void {
    const { closedByPerson, plan, repository, statuses } = this.#world;
    const { tree } = repository.at(targetTip(repository));
    for (const ticket of closedByPerson) {
      const status = plan.areTicketsTracked ? tree.get(ticketPath(ticket)) : statuses.get(ticket);
      if (status !== 'closed')
        this.#world.fail('S7 nothingLost', `${ticket}, which a person closed, is open`);
    }
  }

  #judgeWork(): void {
    const { repository, agentCommits, uncommitted } = this.#world;
    for (const [ticket, head] of this.#landed) {
      if (!isLanded(repository, head))
        this.#world.fail('S7 nothingLost', `${head} of ${ticket} was said to have landed, and it has not`);
    }
    const reachable = repository.reachable();
    const commits = new Set(reachable.map(({ id }) => id));
    for (const commit of agentCommits) {
      if (!commits.has(commit))
        this.#world.fail('S7 nothingLost', `no branch leads to ${commit}, which an agent made`);
    }
    if (uncommitted.length === 0) return;
    const contents = new Set(reachable.flatMap(({ tree }) => [...tree.values()]));
    for (const { changes } of repository.worktrees.values())
      for (const content of changes.values()) contents.add(content);
    for (const content of uncommitted) {
      if (!contents.has(content))
        this.#world.fail('S7 nothingLost', `what an agent left, ${content}, is nowhere`);
    }
  }
}
