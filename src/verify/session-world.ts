/**
 * What may happen to a session, and what has happened to it: its worktree, its agent, the answers to its questions.
 *
 * The world keeps its own account. What a session's machine remembers is one thing, what happened is another, and a machine
 * that forgets, overwrites or invents is found where the two differ (`session-properties.ts`).
 */
import type { AnyStateMachine } from 'xstate';

import type { SessionInput, SessionReport } from '../../machines/index.ts';
import type { TerminationCause } from '../domain/ending.ts';
import type { SessionId } from '../domain/ids.ts';
import type { SessionPlace, WorkReport } from '../domain/work.ts';
import type { Chance, ChanceEvent } from './machine-table.ts';
import type { Deed, PureState } from './pure-machine.ts';
import type { OutcomeKind } from './session-life.ts';

/** What has happened to a session so far. */
export interface SessionWorld {
  /** `lost`: what held the process broke, and nobody knows whether it lives. `swept`: neither it nor what it started does. */
  readonly agent: 'none' | 'starting' | 'alive' | 'gone' | 'lost' | 'swept';
  /** What the agent was told, a letter each: asked, terminated, killed. */
  readonly signals: string;
  readonly hadGrace: boolean;
  /** Why the agent is to end; the first reason. */
  readonly cause: TerminationCause | null;
  readonly exit: 'none' | 'good' | 'bad';
  readonly sweep: 'none' | 'clean' | 'left' | 'failed';
  readonly commits: number | null;
  /** A person has to look at the work before it is merged. */
  readonly isObjected: boolean;
  readonly merge: 'none' | 'asked' | OutcomeKind;
  readonly place: 'none' | 'made' | 'released';
}

/** How the surroundings of a session behave. */
export interface WorldSettings {
  /** Whether agents come to an end by themselves, or only when they are asked to. */
  readonly agents: 'endByThemselves' | 'endWhenAsked';
  /** Whether sweeps always succeed, or may leave processes behind and may break. */
  readonly sweeps: 'clean' | 'any';
}

/** The world of a session that is about to begin. */
export const NEW_WORLD: SessionWorld = {
  agent: 'none',
  signals: '',
  hadGrace: false,
  cause: null,
  exit: 'none',
  sweep: 'none',
  commits: null,
  isObjected: false,
  merge: 'none',
  place: 'none',
};

/** What may happen next, by what runs and what timers are set. */
export function chancesOf(
  { session, ticket }: SessionInput,
  { running, timers }: Pick<PureState<AnyStateMachine>, 'running' | 'timers'>,
  world: SessionWorld,
  { agents, sweeps }: WorldSettings,
): readonly Chance[] {
  // An agent that heard nothing goes on for ever, and says so often enough.
  const isStubborn = agents === 'endWhenAsked' && world.agent === 'alive' && world.signals === '';
  const chances: Chance[] = [];
  const add = (text: string, event: ChanceEvent): void => void chances.push({ text, event });
  const answer = (actor: string, text: string, output: unknown): void =>
    add(text, { type: `xstate.done.actor.${actor}`, actorId: actor, output });
  const breaks = (actor: string, text: string): void =>
    add(text, { type: `xstate.error.actor.${actor}`, actorId: actor, error: BROKE });

  for (const actor of running) {
    switch (actor) {
      case 'prepareWorktree':
        answer(actor, 'its worktree is made', placeOf(session, ticket));
        breaks(actor, 'its worktree cannot be made');
        break;
      case 'agentProcess':
        if (world.agent === 'starting') {
          add('its agent is started', { type: 'process.spawned', process: PROCESS });
          add('its agent cannot be started', { type: 'process.spawnFailed', reason: 'no such program' });
        } else if (world.agent === 'alive' && !isStubborn) {
          add('its agent is silent', { type: 'process.stalled', silentMs: 1 });
          add('its agent exits well', { type: 'process.exited', exit: GOOD_EXIT });
          add('its agent exits badly', { type: 'process.exited', exit: BAD_EXIT });
        }
        if (!isStubborn) breaks(actor, 'its agent is lost sight of');
        break;
      case 'sweepSurvivors':
        answer(actor, 'the sweep finds nobody', { survivorsFound: 0, survivorsLeft: 0 });
        if (sweeps === 'clean') break;
        answer(actor, 'the sweep ends a survivor', { survivorsFound: 1, survivorsLeft: 0 });
        answer(actor, 'the sweep cannot end a survivor', { survivorsFound: 1, survivorsLeft: 1 });
        breaks(actor, 'the sweep breaks');
        break;
      case 'verifyWork':
        answer(actor, 'it has no commit', workOf(session, 0));
        answer(actor, 'it has a commit', workOf(session, 1));
        answer(actor, 'it has no commit, and a person has to look', workOf(session, 0, OBJECTION));
        answer(actor, 'it has a commit that a person has to look at', workOf(session, 1, OBJECTION));
        breaks(actor, 'its work cannot be verified');
        break;
      case 'releasePlace': {
        const keptBranch = hasUnlandedWork(world) ? branchOf(session, ticket) : null;
        answer(actor, 'its place is given back', { keptBranch, keptWorktree: null });
        breaks(actor, 'its place cannot be given back');
        break;
      }
      default:
        throw new Error(`session ${session} runs an actor that the checker does not know: ${actor}`);
    }
  }
  for (const type of timers) {
    if (isStubborn && type.includes('attemptDeadline')) continue;
    add(type.includes('attemptDeadline') ? 'its deadline is reached' : 'its grace period is over', { type });
  }
  return chances;
}

/** The world after a step: what happened, and what the session did about it. */
export function worldAfter(
  world: SessionWorld,
  event: ChanceEvent | null,
  deeds: readonly Deed<SessionReport>[],
  isOpen: boolean,
): SessionWorld {
  const next: { -readonly [Field in keyof SessionWorld]: SessionWorld[Field] } = {
    ...(event === null ? world : worldAt(world, event, isOpen)),
  };
  for (const deed of deeds) {
    if (deed.kind === 'starts' && deed.actor === 'agentProcess') next.agent = 'starting';
    else if (deed.kind === 'orders') next.signals += LETTERS[deed.order] ?? '?';
    else if (deed.kind === 'reports' && deed.report.type === 'merge.requested') next.merge = 'asked';
  }
  // A session may be told to kill again and again; once is as good.
  next.signals = next.signals.replace(/kk+$/, 'k');
  return next;
}

/** `isOpen`: it is not decided yet whether the agent ends by itself. */
function worldAt(world: SessionWorld, event: ChanceEvent, isOpen: boolean): SessionWorld {
  const caused = (cause: TerminationCause): SessionWorld =>
    isOpen && world.cause === null ? { ...world, cause } : world;
  switch (event.type) {
    case 'session.terminate':
    case 'session.kill':
      return caused('terminated');
    case 'process.stalled':
      return caused('stalled');
    case 'process.spawned':
      return { ...world, agent: 'alive' };
    case 'process.spawnFailed':
      return { ...world, agent: 'none' };
    case 'process.exited':
      return { ...world, agent: 'gone', exit: event['exit'] === GOOD_EXIT ? 'good' : 'bad' };
    case 'xstate.error.actor.agentProcess':
      return { ...world, agent: 'lost' };
    case 'xstate.done.actor.prepareWorktree':
      return { ...world, place: 'made' };
    case 'xstate.done.actor.sweepSurvivors':
      return {
        ...world,
        agent: 'swept',
        sweep: (event['output'] as { survivorsLeft: number }).survivorsLeft > 0 ? 'left' : 'clean',
      };
    case 'xstate.error.actor.sweepSurvivors':
      return { ...world, agent: 'swept', sweep: 'failed' };
    case 'xstate.done.actor.verifyWork': {
      const { commits, objection } = event['output'] as WorkReport;
      return { ...world, commits, isObjected: objection !== null };
    }
    case 'merge.finished':
      return world.merge === 'asked'
        ? { ...world, merge: (event['outcome'] as { kind: OutcomeKind }).kind }
        : world;
    case 'xstate.done.actor.releasePlace':
    case 'xstate.error.actor.releasePlace':
      return { ...world, place: 'released' };
    default:
      if (event.type.includes('attemptDeadline')) return caused('timedOut');
      // The grace that counts is the one after SIGKILL.
      return event.type.includes('gracePeriod') && world.signals.endsWith('k')
        ? { ...world, hadGrace: true }
        : world;
  }
}

/** The world without what is over and done with: how an agent was ended does not matter when it is swept away. */
export function settled(world: SessionWorld): SessionWorld {
  return world.agent === 'swept' ? { ...world, signals: '', hadGrace: false } : world;
}

/** True for verified commits that are nowhere but on their branch. */
export function hasUnlandedWork({ commits, merge }: SessionWorld): boolean {
  return commits !== null && commits > 0 && merge !== 'landed';
}

/** True while an agent lives, or may. */
export function mayLive({ agent }: SessionWorld): boolean {
  return agent !== 'none' && agent !== 'swept';
}

/** The branch that a session works on. */
export function branchOf(session: SessionId, ticket: string): string {
  return `ralph/${ticket}/${session}`;
}

function placeOf(session: SessionId, ticket: string): SessionPlace {
  return {
    session,
    ticket,
    worktree: `/worktrees/${session}`,
    branch: branchOf(session, ticket),
    base: 'base',
  };
}

function workOf(session: SessionId, commits: number, objection: string | null = null): WorkReport {
  return { head: `head-of-${session}`, commits, leftoversCommitted: false, objection };
}

const OBJECTION = 'touched src/file.ts of another component';
const BROKE = new Error('it broke');
const PROCESS = { pid: 1, startTime: '1', bootId: 'boot' };
const GOOD_EXIT = { code: 0, signal: null, verdict: { outcome: 'succeeded' } };
const BAD_EXIT = { code: 1, signal: null, verdict: { outcome: 'failed', reason: 'no idea' } };
const LETTERS: Readonly<Record<string, string>> = {
  'agent.ask': 'a',
  'agent.terminate': 't',
  'agent.kill': 'k',
};
