/**
 * What walks have shown so far: how much was tried, and of what. Without it, a pass of random walks would mean nothing.
 */
import type { Backlog } from '../domain/backlog.ts';
import { findSession } from '../domain/live-sessions.ts';
import { acquire, isFree } from '../domain/locks.ts';
import type { RunFact } from '../domain/run-fact.ts';
import { occupiesWorker } from '../domain/session-phase.ts';
import { SIGHTINGS } from '../domain/sightings.ts';
import { sessionIn } from '../domain/system-view.ts';
import { isFact } from './core.ts';
import { RunHash } from './run-hash.ts';
import type { RunWalk } from './run-walk.ts';

/** What walks have shown, in numbers. */
export interface WalkReport {
  readonly walks: number;
  readonly steps: number;
  /** States of the supervisor that differ. */
  readonly states: number;
  /** How many tickets were dispatched, landed, were retried, and failed for good in some walk. */
  readonly dispatched: number;
  readonly landed: number;
  readonly retried: number;
  readonly failed: number;
  /** How often a dispatch was refused, by reason. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Pairs of tickets that share a component, and how many were tried at the same time and kept apart. */
  readonly pairs: { readonly all: number; readonly tried: number };
  /** The most sessions, and the most agents, that were live at once. */
  readonly sessionsPeak: number;
  readonly agentsPeak: number;
  /** How often each reason to stop ended a walk; `none` for those that worked everything off. */
  readonly stops: Readonly<Record<string, number>>;
  /** Sightings that were made. */
  readonly seen: readonly string[];
}

/** Counts what walks show. */
export class WalkCoverage {
  readonly #backlog: Backlog;
  readonly #hash = new RunHash();
  readonly #states = new Set<number>();
  readonly #dispatched = new Set<string>();
  readonly #landed = new Set<string>();
  readonly #retried = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #pairs = new Set<number>();
  readonly #refusals: Record<string, number> = {};
  readonly #stops: Record<string, number> = {};
  readonly #seen = new Set<string>();
  #walks = 0;
  #steps = 0;
  #sessionsPeak = 0;
  #agentsPeak = 0;

  constructor(backlog: Backlog) {
    this.#backlog = backlog;
  }

  /** Steps that were counted so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Counts the last step of a walk. */
  readonly note = (walk: RunWalk): void => {
    this.#steps += 1;
    this.#states.add(this.#hash.of(walk.look));
    const { outputs } = walk.steps.at(-1)!;
    for (const output of outputs) if (isFact(output)) this.#noteFact(output, walk);
  };

  /** Counts a walk that has come to its end. */
  noteEnd({ told }: RunWalk): void {
    this.#walks += 1;
    const reason = told.stop?.kind ?? 'none';
    this.#stops[reason] = (this.#stops[reason] ?? 0) + 1;
  }

  report(): WalkReport {
    return {
      walks: this.#walks,
      steps: this.#steps,
      states: this.#states.size,
      dispatched: this.#dispatched.size,
      landed: this.#landed.size,
      retried: this.#retried.size,
      failed: this.#failed.size,
      refusals: this.#refusals,
      pairs: { all: this.#clashes(), tried: this.#pairs.size },
      sessionsPeak: this.#sessionsPeak,
      agentsPeak: this.#agentsPeak,
      stops: this.#stops,
      seen: SIGHTINGS.map(({ name }) => name).filter((name) => this.#seen.has(name)),
    };
  }

  #noteFact(fact: RunFact, { told, look }: RunWalk): void {
    for (const sighting of SIGHTINGS) {
      if (!this.#seen.has(sighting.name) && sighting.isSeen(told, fact)) this.#seen.add(sighting.name);
    }
    switch (fact.type) {
      case 'session.dispatched': {
        this.#dispatched.add(fact.ticket);
        if (fact.attempt > 1) this.#retried.add(fact.ticket);
        const live = told.sessions;
        this.#sessionsPeak = Math.max(this.#sessionsPeak, live.length);
        this.#agentsPeak = Math.max(
          this.#agentsPeak,
          live.filter(({ phase }) => occupiesWorker(phase)).length,
        );
        return;
      }
      case 'merge.finished': {
        const session = sessionIn(told, fact.session);
        if (fact.outcome.kind === 'landed' && session !== undefined) this.#landed.add(session.ticket);
        return;
      }
      case 'ticket.failed':
        this.#failed.add(fact.ticket);
        return;
      case 'dispatch.refused':
        for (const blocker of fact.blockers) {
          this.#refusals[blocker.kind] = (this.#refusals[blocker.kind] ?? 0) + 1;
          const other =
            blocker.kind === 'componentHeld' ? findSession(look.run.sessions, blocker.holder) : undefined;
          if (other !== undefined) this.#notePair(this.#backlog.positions.get(fact.ticket)!, other.ticket);
        }
        break;
      default:
    }
  }

  #notePair(one: number, other: number): void {
    this.#pairs.add(Math.min(one, other) * this.#backlog.tickets.length + Math.max(one, other));
  }

  /** Pairs of eligible tickets that may not run at once: whoever of the two is first keeps the other out. */
  #clashes(): number {
    const claims = this.#backlog.tickets
      .filter(({ standing }) => standing === 'eligible')
      .map(({ components }) => ({ components, locks: acquire({}, components, 'first') }));
    let clashes = 0;
    for (const [index, { locks }] of claims.entries()) {
      for (let other = index + 1; other < claims.length; other += 1) {
        if (!isFree(locks, claims[other]!.components)) clashes += 1;
      }
    }
    return clashes;
  }
}
