/**
 * The processes of a world: agents that follow their plan in their worktree, and what they leave behind. They live on
 * when the orchestrator dies.
 */
import type { SessionId, TicketId } from '../domain/ids.ts';
import type { AgentSignal } from '../ports/process-host.ts';
import { branchRef, withFiles } from './fake-repository.ts';
import type { SessionProcesses, SimWorld } from './sim-world.ts';
import { SHARED_FILE, type AgentPlan } from './world-plan.ts';

/** How an agent process ended. */
export interface FakeExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly outputTail: string;
}

/** What to start, where, and whom to tell of its end. */
export interface FakeLaunch {
  readonly session: SessionId;
  readonly ticket: TicketId;
  readonly worktree: string;
  readonly branch: string;
  readonly plan: AgentPlan;
  readonly onExit: (exit: FakeExit) => void;
}

/** The last words of an agent that did its job. */
export const GOOD_LAST_WORDS = 'done';

/** An agent that follows its plan, and perhaps a process that outlives it. */
export class FakeProcess implements SessionProcesses {
  readonly #world: SimWorld;
  readonly #launch: FakeLaunch;
  isAgentAlive = true;
  #isSurvivorAlive = false;
  #hasBeenAsked = false;

  constructor(world: SimWorld, launch: FakeLaunch) {
    this.#world = world;
    this.#launch = launch;
    const { workMs, commits, hasLeftovers, isOnSharedFile, end } = launch.plan;
    const file = isOnSharedFile ? SHARED_FILE : `${launch.ticket}.txt`;
    for (let number = 1; number <= commits; number += 1) {
      this.#whileAgentLives(Math.floor((workMs * number) / (commits + 1)), () => this.#commit(file, number));
    }
    if (hasLeftovers) this.#whileAgentLives(workMs - 1, () => this.#write('notes'));
    if (end === 'hangs') return;
    this.#whileAgentLives(workMs, () =>
      this.#exit({
        code: end === 'fails' ? 3 : 0,
        signal: null,
        outputTail: end === 'succeeds' ? GOOD_LAST_WORDS : '',
      }),
    );
  }

  get session(): SessionId {
    return this.#launch.session;
  }

  get ticket(): TicketId {
    return this.#launch.ticket;
  }

  get isAnyAlive(): boolean {
    return this.isAgentAlive || this.#isSurvivorAlive;
  }

  signal(signal: AgentSignal): void {
    if (!this.isAgentAlive) return;
    const die = (): void => this.#exit({ code: null, signal, outputTail: '' });
    if (signal === 'SIGKILL') this.#whileAgentLives(1, die);
    else if (!this.#hasBeenAsked && this.#launch.plan.whenAsked !== 'ignores') this.#endWhenAsked(die);
  }

  #endWhenAsked(die: () => void): void {
    this.#hasBeenAsked = true;
    const isSlow = this.#launch.plan.whenAsked === 'endsSlowly';
    this.#whileAgentLives(isSlow ? this.#world.dice.below(4000) : 5, die);
  }

  killAll(): number {
    const count = Number(this.isAgentAlive) + Number(this.#isSurvivorAlive);
    this.#isSurvivorAlive = false;
    if (this.isAgentAlive) {
      this.#exit({ code: null, signal: 'SIGKILL', outputTail: '' });
      this.#isSurvivorAlive = false;
    }
    return count;
  }

  #whileAgentLives(delayMs: number, act: () => void): void {
    this.#world.clock.setTimeout(() => {
      if (this.isAgentAlive) act();
    }, delayMs);
  }

  #exit(exit: FakeExit): void {
    this.isAgentAlive = false;
    this.#world.tell(() => `the agent of ${this.session} is gone (${exit.signal ?? exit.code})`);
    if (this.#launch.plan.hasSurvivor) {
      this.#isSurvivorAlive = true;
      this.#world.clock.setTimeout(() => {
        if (this.#isSurvivorAlive) this.#write('stray');
      }, 30);
    }
    this.#launch.onExit(exit);
  }

  #commit(file: string, number: number): void {
    const { repository } = this.#world;
    const { branch, session } = this.#launch;
    const tip = repository.read(branchRef(branch));
    if (tip === null || !this.#hasPlace()) return;
    const files = new Map([[file, `${session}#${number}`]]);
    const commit = repository.commit([tip], withFiles(repository.at(tip).tree, files));
    repository.move(branchRef(branch), commit, tip);
    this.#world.agentCommits.push(commit);
    this.#world.tell(() => `the agent of ${session} commits ${commit} (${file})`);
  }

  #write(what: 'notes' | 'stray'): void {
    const { session, ticket, worktree } = this.#launch;
    if (!this.#hasPlace()) return;
    const content = `${session}#${what}`;
    this.#world.repository.worktrees.get(worktree)?.changes.set(`${ticket}-${what}.txt`, content);
    this.#world.uncommitted.push(content);
    this.#world.tell(() => `a process of ${session} leaves ${ticket}-${what}.txt`);
  }

  #hasPlace(): boolean {
    const worktree = this.#world.repository.worktrees.get(this.#launch.worktree);
    if (worktree !== undefined) return !worktree.isDeleted;
    this.#world.fail('S6 noOrphan', `a process of ${this.session} works where its worktree no longer is`);
    return false;
  }
}
