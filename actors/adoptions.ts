/**
 * The sessions of earlier runs that go on in this one: found by recovery, dispatched before anything else, and attached to
 * instead of launched.
 *
 * D1  A session that was found and not begun is swept before the run ends: whoever stops a run leaves no agent behind.
 * D2  A session that was begun and not attached to has an agent all the same: it is swept before its place is given back.
 */
import type { RunId, SessionId, TicketId } from '../src/domain/ids.ts';
import type { SessionPlace } from '../src/domain/work.ts';
import type { AdoptingHost } from '../src/ports/adopting-host.ts';
import type { LaunchCommand, ProcessEvent } from '../src/ports/process-host.ts';

/** A session that goes on. */
export interface AdoptedSession {
  readonly session: SessionId;
  readonly ticket: TicketId;
  /** The run that was cut off. */
  readonly from: RunId;
  readonly place: SessionPlace;
  /** What is left of the time of its attempt. */
  readonly timeLeftMs: number;
}

/** Hands each adopted session from one step to the next. */
export class Adoptions {
  readonly #host: AdoptingHost;
  readonly #found: AdoptedSession[] = [];
  #proposed = 0;
  readonly #begun = new Map<SessionId, SessionPlace>();
  readonly #attached = new Set<SessionId>();

  constructor(host: AdoptingHost) {
    this.#host = host;
  }

  /** Takes one that recovery has found. */
  add(found: AdoptedSession): void {
    this.#found.push(found);
  }

  /** The next to be dispatched; each is proposed once. */
  next(): AdoptedSession | undefined {
    const next = this.#found[this.#proposed];
    if (next !== undefined) this.#proposed += 1;
    return next;
  }

  /** Gives the place of a session that is dispatched now; null when it is none of these. */
  begin(session: SessionId): SessionPlace | null {
    const place = this.#found.find((found) => found.session === session)?.place ?? null;
    if (place !== null) this.#begun.set(session, place);
    return place;
  }

  /** True when a session has an agent that nobody follows yet. */
  isUnattached(session: SessionId): boolean {
    return this.#begun.has(session) && !this.#attached.has(session);
  }

  /** Follows the agent of a session, as the host does that has launched one. */
  attach(command: LaunchCommand, listener: (event: ProcessEvent) => void): void {
    this.#attached.add(command.session);
    this.#host.adopt(command, listener);
  }

  /** Ends what nobody went on with. */
  async close(): Promise<void> {
    for (const { session } of this.#found) if (!this.#begun.has(session)) await this.#host.sweep(session);
  }
}
