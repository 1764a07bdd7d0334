/**
 * What one event does to the hand-written supervisor.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import { chunkedItems } from '../domain/chunked.ts';
import { exitCodeOf } from '../domain/exit-code.ts';
import type { SessionId } from '../domain/ids.ts';
import type { FactOf, StopReason } from '../domain/run-fact.ts';
import * as changes from '../domain/run-changes.ts';
import * as domain from '../domain/run-state.ts';
import { errorReason } from '../domain/session-outcome.ts';
import type { PhaseFact } from '../domain/session-phase.ts';
import type { ChartState, CoreStep, Output } from './core.ts';

/** The state of the hand-written core. */
export interface DomainState {
  readonly run: domain.RunState;
  readonly chart: ChartState;
  /** Live sessions whose machines broke. A stand-in ends each, as soon as its merge, if there is one, is over. */
  readonly broken: readonly SessionId[];
}

type EventOf<Type extends SupervisorEvent['type']> = Extract<SupervisorEvent, { readonly type: Type }>;

/** One event at a time, and what comes of it. */
export class Turn {
  #run!: domain.RunState;
  #chart!: ChartState;
  #broken!: readonly SessionId[];
  #outputs!: Output[];

  take(before: DomainState, event: SupervisorEvent): CoreStep<DomainState> {
    this.#run = before.run;
    this.#chart = before.chart;
    this.#broken = before.broken;
    this.#outputs = [];
    this.#react(event);
    this.#comeToRest();
    const isSame = this.#run === before.run && this.#chart === before.chart && this.#broken === before.broken;
    return {
      state: isSame ? before : { run: this.#run, chart: this.#chart, broken: this.#broken },
      outputs: this.#outputs,
    };
  }

  #react(event: SupervisorEvent): void {
    switch (event.type) {
      case 'dispatch':
        if (this.#chart === 'dispatching') this.#dispatch(event);
        return;
      case 'run.pause':
        if (this.#chart !== 'dispatching') return;
        this.#chart = 'paused';
        this.#say({ type: 'run.paused' });
        return;
      case 'run.resume':
        if (this.#chart !== 'paused') return;
        this.#chart = 'dispatching';
        this.#say({ type: 'run.resumed' });
        return;
      case 'run.drain':
      case 'run.stop':
      case 'run.kill':
        this.#end(event);
        return;
      case 'session.prepared':
      case 'session.launched':
      case 'session.timingOut':
      case 'session.exited':
      case 'session.completed':
      case 'session.verified':
      case 'session.releasing':
      case 'merge.started':
        if (!domain.isLive(this.#run, event.session)) return;
        this.#say(event);
        this.#enter(event.session, event.type);
        if (event.type === 'session.prepared') {
          this.#run = changes.rememberPlace(this.#run, event.session, event);
        }
        return;
      case 'merge.requested':
        if (!domain.isLive(this.#run, event.session)) return;
        this.#say({ type: event.type, session: event.session });
        this.#enter(event.session, event.type);
        this.#say({ kind: 'enqueueMerge', session: event.session });
        return;
      case 'merge.finished':
        this.#finishMerge(event);
        return;
      case 'xstate.done.actor.recover':
        if (this.#chart !== 'recovering') return;
        this.#chart = this.#run.stop === null ? 'dispatching' : 'closing';
        this.#apply(changes.recoverTickets(this.#run, event.output.landed));
        this.#say({ type: 'run.recovered', notes: event.output.notes });
        return;
      case 'xstate.error.actor.recover':
        if (this.#chart !== 'recovering') return;
        this.#noteStop({ kind: 'internalError', message: errorReason(event.error) }, 'run.stopping');
        this.#chart = 'closing';
        return;
      case 'xstate.done.actor.closeRun':
        if (this.#chart === 'closing') this.#finish({ publication: event.output.publication });
        return;
      case 'xstate.error.actor.closeRun':
        if (this.#chart === 'closing') {
          this.#finish({ publication: { kind: 'held', reason: errorReason(event.error) } });
        }
        return;
      case 'xstate.error.actor.mergeQueue':
        this.#replaceMergeQueue(event.error);
        return;
      default:
        this.#endSession(event);
    }
  }

  #dispatch({ ticket, session }: EventOf<'dispatch'>): void {
    const run = this.#run;
    const isAllowed =
      domain.isUnclaimed(run, ticket) &&
      domain.areDepsReady(run, ticket) &&
      domain.isComponentFree(run, ticket) &&
      domain.isWorkerFree(run) &&
      domain.isBudgetLeft(run);
    if (!isAllowed) {
      this.#say({ type: 'dispatch.refused', ticket, blockers: domain.blockersOfTicket(run, ticket) });
      return;
    }
    this.#apply(changes.dispatch(run, ticket, session));
    this.#say({ kind: 'spawnSession', session });
  }

  #end({ type, reason }: EventOf<'run.drain' | 'run.stop' | 'run.kill'>): void {
    switch (this.#chart) {
      case 'recovering':
        this.#noteStop(reason, type === 'run.drain' ? 'run.draining' : 'run.stopping');
        return;
      case 'dispatching':
      case 'paused':
      case 'draining':
        if (type === 'run.drain') {
          if (this.#chart === 'draining') return;
          this.#noteStop(reason, 'run.draining');
          this.#chart = 'draining';
          return;
        }
        this.#noteStop(reason, 'run.stopping');
        this.#chart = 'stopping';
        if (type === 'run.kill') this.#say({ type: 'run.killing' });
        this.#tellSessions(type === 'run.kill' ? 'kill' : 'terminate');
        return;
      case 'stopping':
        if (type !== 'run.kill') return;
        this.#say({ type: 'run.killing' });
        this.#tellSessions('kill');
        break;
      case 'closing':
      case 'finished':
    }
  }

  #finishMerge({ type, session, outcome }: EventOf<'merge.finished'>): void {
    if (!domain.isLive(this.#run, session)) return;
    this.#say({ type, session, outcome });
    this.#enter(session, type);
    if (outcome.kind === 'landed') this.#apply(changes.land(this.#run, session, outcome.commit));
    this.#say(
      this.#hears(session)
        ? { kind: 'passOutcome', session, outcome: outcome.kind }
        : { kind: 'spawnStandIn', session },
    );
  }

  #endSession(event: Exclude<SupervisorEvent, EventOf<HandledByName>>): void {
    const [, session = ''] = /^(?:session|standIn)\.(.*)$/.exec(event.actorId) ?? [];
    if (!domain.isLive(this.#run, session)) return;
    if ('output' in event) {
      this.#settle(event.output, event.actorId);
    } else if (event.actorId.startsWith('standIn.')) {
      this.#noteStop({ kind: 'internalError', message: errorReason(event.error) }, 'run.stopping');
      this.#chart = 'stopping';
      const reason = `could not be released: ${errorReason(event.error)}`;
      this.#settle(changes.lostSession(this.#run, session, reason), event.actorId);
      this.#tellSessions('terminate');
    } else {
      this.#say({ kind: 'forget', actor: event.actorId });
      this.#broken = [...this.#broken, session];
      const isUnderWay = domain.sessionsInMergeQueue(this.#run).includes(session);
      if (!isUnderWay) this.#say({ kind: 'spawnStandIn', session });
    }
  }

  #settle(end: changes.SessionEnd, actor: string): void {
    this.#apply(changes.settle(this.#run, end));
    this.#broken = this.#broken.filter((session) => session !== end.session);
    this.#say({ kind: 'forget', actor });
  }

  #replaceMergeQueue(error: unknown): void {
    if (this.#chart === 'finished') return;
    this.#noteStop({ kind: 'internalError', message: errorReason(error) }, 'run.stopping');
    this.#chart = 'stopping';
    this.#say({ kind: 'forget', actor: 'mergeQueue' });
    this.#say({ kind: 'spawnMergeQueue' });
    const reason = `the merge queue broke: ${errorReason(error)}`;
    const waiting = domain.sessionsInMergeQueue(this.#run);
    this.#tellSessions('terminate');
    for (const session of waiting) {
      this.#finishMerge({ type: 'merge.finished', session, outcome: { kind: 'failed', reason } });
    }
  }

  /** What the supervisor does by itself as soon as it can. */
  #comeToRest(): void {
    if (this.#chart === 'dispatching') {
      if (this.#run.pending === 0 && domain.isQuiet(this.#run)) this.#chart = 'closing';
      else if (this.#run.pending > 0 && !domain.isBudgetLeft(this.#run)) {
        const limit = this.#run.limits.dispatchesMax;
        this.#noteStop({ kind: 'budget', budget: 'maxIterations', limit }, 'run.draining');
        this.#chart = 'draining';
      }
    }
    if ((this.#chart === 'draining' || this.#chart === 'stopping') && domain.isQuiet(this.#run)) {
      this.#chart = 'closing';
    }
  }

  #finish({ publication }: Pick<FactOf<'run.finished'>, 'publication'>): void {
    this.#chart = 'finished';
    const exitCode = exitCodeOf({ stop: this.#run.stop, tickets: chunkedItems(this.#run.tickets) });
    this.#say({ type: 'run.finished', publication, exitCode });
    this.#say({ kind: 'forget', actor: 'mergeQueue' });
  }

  #noteStop(reason: StopReason, type: 'run.draining' | 'run.stopping'): void {
    this.#run = changes.noteStop(this.#run, reason);
    this.#say({ type, reason: this.#run.stop ?? reason });
  }

  #tellSessions(kind: 'terminate' | 'kill'): void {
    for (const { session } of this.#run.sessions) {
      if (this.#hears(session)) this.#say({ kind, session });
    }
  }

  /** Stand-ins need no orders: they end and release as fast as they can. */
  #hears(session: SessionId): boolean {
    return !this.#broken.includes(session);
  }

  #enter(session: SessionId, type: PhaseFact): void {
    this.#run = changes.hearReport(this.#run, session, type);
  }

  #apply({ state, facts }: changes.Change): void {
    this.#run = state;
    this.#outputs.push(...facts);
  }

  #say(output: Output): void {
    this.#outputs.push(output);
  }
}

/** Every event with a name of its own; the rest are ends of sessions and of stand-ins. */
type HandledByName = Exclude<
  SupervisorEvent['type'],
  `xstate.${'done' | 'error'}.actor.${'session' | 'standIn'}.${string}`
>;
