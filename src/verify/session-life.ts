/**
 * What a session may tell its supervisor, and when: the life of a session seen from outside.
 *
 * The life knows nothing of worktrees, processes or timers; it says which report may come next. It may do what the real
 * session machine does and no more: the composition, which runs the real machine, must reach the same states of
 * the supervisor (`real-environment.ts`), and this file is what makes larger scopes affordable.
 *
 * A request to end travels to the session and may be overtaken by anything, so a life that was asked to end *may* heed
 * it as long as the machine would, and may as well go on as if it had not heard.
 *
 * The short life leaves out the reports that change nothing but a word in the supervisor: no guard, lock or counter depends
 * on them. It exists for scopes that the full life makes too large. The brief life leaves out as well what comes to the same
 * for the supervisor: an agent ends by its deadline, or its work lands or conflicts, and nothing is told of when its merge begins.
 * It exists for the sweep, which explores a thousand worlds.
 */
import type { Ending, TerminationCause } from '../domain/ending.ts';
import type { MergeOutcome } from '../domain/run-fact.ts';
import { endingOfMerge } from '../domain/session-outcome.ts';

/** How a merge may end. */
export type OutcomeKind = MergeOutcome['kind'];

/** Where a session stands in its life. */
export type Life =
  | { readonly at: 'preparing' | 'launching' | 'running'; readonly isAsked: boolean }
  | { readonly at: 'timingOut'; readonly cause: TerminationCause; readonly isLaunched: boolean }
  /** The agent is gone: `null` when its word decides, else how the session ends. */
  | { readonly at: 'exited'; readonly ending: Ending | null }
  | { readonly at: 'completed' }
  | { readonly at: 'verified'; readonly commits: number }
  | { readonly at: 'merging'; readonly commits: number }
  | { readonly at: 'merged'; readonly commits: number; readonly outcome: OutcomeKind }
  | { readonly at: 'releasing'; readonly ending: Ending; readonly keepsBranch: boolean }
  /** Its machine broke. It is silent until a stand-in gives back what it had. */
  | { readonly at: 'broken' | 'standIn'; readonly keepsBranch: boolean };

/** What a session may tell next. */
export type Telling =
  | { readonly tells: 'session.prepared' | 'session.launched' | 'session.completed' | 'merge.requested' }
  | { readonly tells: 'session.timingOut'; readonly cause: TerminationCause }
  | { readonly tells: 'session.exited'; readonly isGood: boolean }
  | { readonly tells: 'session.verified'; readonly commits: number }
  | { readonly tells: 'session.releasing'; readonly ending: Ending }
  | { readonly tells: 'done'; readonly ending: Ending; readonly keepsBranch: boolean };

/** One way a life may go on; no next life means that it is over. */
export interface LifeStep {
  readonly telling: Telling;
  readonly next: Life | null;
}

/** What decides how lives may go, beside chance. */
export interface LifeSettings {
  readonly lives: 'full' | 'short' | 'brief';
  readonly agents: 'endByThemselves' | 'endWhenAsked';
  readonly allowNoChanges: boolean;
  readonly autoMerge: boolean;
}

/** How every life begins. */
export const NEWBORN: Life = { at: 'preparing', isAsked: false };

/** Lists how a life may go on by itself. */
export function lifeSteps(life: Life, settings: LifeSettings): readonly LifeStep[] {
  if (settings.agents === 'endWhenAsked' && life.at === 'running') {
    // Its agent goes on until the request is heard, and is being ended from then on.
    return life.isAsked ? [timeOut('terminated', true)] : [];
  }
  switch (settings.lives) {
    case 'full':
      return fullSteps(life, settings);
    case 'short':
      return shortSteps(life, settings);
    case 'brief':
      return briefSteps(life, settings);
  }
}

/** The life of a session that has been told to end. */
export function asked(life: Life): Life {
  return life.at === 'preparing' || life.at === 'launching' || life.at === 'running'
    ? { at: life.at, isAsked: true }
    : life;
}

/** The life of a session that has been told how its merge ended. */
export function informed(life: Life, outcome: OutcomeKind): Life {
  return life.at === 'merging' ? { at: 'merged', commits: life.commits, outcome } : life;
}

/**
 * Tells whether a session's machine may break here. Two reports of one transition leave together, so there is no moment
 * between them; shorter lives join these moments with what follows.
 */
export function mayBreak({ at }: Life, { lives }: LifeSettings): boolean {
  if (at === 'standIn' || at === 'broken') return false;
  return lives !== 'full' || (at !== 'exited' && at !== 'verified');
}

/** The life of a session whose machine broke. */
export function broken(life: Life): Life {
  return { at: 'broken', keepsBranch: mayHaveCommits(life) };
}

/** The life of a broken session whose work has landed all the same. */
export function landedUnheard(life: Life): Life {
  return life.at === 'broken' ? { at: 'broken', keepsBranch: false } : life;
}

/** The life of a broken session that a stand-in is ending. */
export function stoodIn(life: Life): Life {
  return { at: 'standIn', keepsBranch: mayHaveCommits(life) };
}

function fullSteps(life: Life, settings: LifeSettings): readonly LifeStep[] {
  switch (life.at) {
    case 'preparing':
      return [
        tell({ tells: 'session.prepared' }, { at: 'launching', isAsked: life.isAsked }),
        release('failed'),
        ...(life.isAsked ? [release('terminated')] : []),
      ];
    case 'launching':
      return [
        tell({ tells: 'session.launched' }, { at: 'running', isAsked: life.isAsked }),
        timeOut('timedOut', false),
        // Its actor broke, or the process could not be started.
        exit('failed'),
        release('failed'),
        ...(life.isAsked ? [timeOut('terminated', false), exit('terminated'), release('terminated')] : []),
      ];
    case 'running':
      return [
        timeOut('timedOut', true),
        timeOut('stalled', true),
        exit(null),
        ...(life.isAsked ? [timeOut('terminated', true)] : []),
      ];
    case 'timingOut':
      return [
        exit(life.cause),
        // Given up before it said that it is there: it may still say so, or say that it never was.
        ...(life.isLaunched
          ? []
          : [tell({ tells: 'session.launched' }, { ...life, isLaunched: true }), release(life.cause)]),
      ];
    case 'exited':
      return life.ending === null
        ? [tell({ tells: 'session.completed' }, { at: 'completed' }), release('failed')]
        : [release(life.ending)];
    case 'completed':
      return [verify(0), verify(1), release('failed')];
    case 'verified':
      if (life.commits === 0 && !settings.allowNoChanges) return [release('noChanges')];
      if (!settings.autoMerge) return [release('rejected', life.commits > 0)];
      return [
        tell({ tells: 'merge.requested' }, { at: 'merging', commits: life.commits }),
        // A person has to look at the work first.
        release('rejected', life.commits > 0),
      ];
    case 'merging':
      return [];
    case 'merged': {
      const ending = endingOfMerge(OUTCOMES[life.outcome], workOf(life.commits));
      return [release(ending, life.outcome !== 'landed' && life.commits > 0)];
    }
    case 'releasing':
      return [done(life.ending, life.keepsBranch)];
    case 'broken':
      return [];
    case 'standIn':
      return [done('lost', life.keepsBranch)];
  }
}

function shortSteps(life: Life, settings: LifeSettings): readonly LifeStep[] {
  switch (life.at) {
    case 'preparing':
      return [exit(null), ...(life.isAsked ? [exit('terminated')] : [])];
    case 'exited':
      return life.ending === null
        ? [tell({ tells: 'merge.requested' }, { at: 'merging', commits: 1 }), done('failed', false)]
        : [done(life.ending, false)];
    case 'merged':
      return [done(endingOfMerge(OUTCOMES[life.outcome], workOf(1)), life.outcome !== 'landed')];
    default:
      return fullSteps(life, settings);
  }
}

function briefSteps(life: Life, settings: LifeSettings): readonly LifeStep[] {
  switch (life.at) {
    case 'preparing':
      return [tell({ tells: 'session.launched' }, { at: 'running', isAsked: life.isAsked })];
    case 'running':
      return [
        tell({ tells: 'merge.requested' }, { at: 'merging', commits: 1 }),
        timeOut('timedOut', true),
        ...(life.isAsked ? [timeOut('terminated', true)] : []),
      ];
    case 'timingOut':
      return [done(life.cause, false)];
    default:
      return shortSteps(life, settings);
  }
}

function tell(telling: Telling, next: Life): LifeStep {
  return { telling, next };
}

function timeOut(cause: TerminationCause, isLaunched: boolean): LifeStep {
  return tell({ tells: 'session.timingOut', cause }, { at: 'timingOut', cause, isLaunched });
}

function exit(ending: Ending | null): LifeStep {
  return tell({ tells: 'session.exited', isGood: ending === null }, { at: 'exited', ending });
}

function verify(commits: number): LifeStep {
  return tell({ tells: 'session.verified', commits }, { at: 'verified', commits });
}

function release(ending: Ending, keepsBranch = false): LifeStep {
  return tell({ tells: 'session.releasing', ending }, { at: 'releasing', ending, keepsBranch });
}

function done(ending: Ending, keepsBranch: boolean): LifeStep {
  return { telling: { tells: 'done', ending, keepsBranch }, next: null };
}

function mayHaveCommits(life: Life): boolean {
  switch (life.at) {
    case 'verified':
    case 'merging':
      return life.commits > 0;
    case 'merged':
      return life.commits > 0 && life.outcome !== 'landed';
    case 'releasing':
    case 'broken':
    case 'standIn':
      return life.keepsBranch;
    default:
      return false;
  }
}

const workOf = (commits: number) => ({ head: 'head', commits, leftoversCommitted: false, objection: null });

/** A merge outcome of each kind. */
export const OUTCOMES: Readonly<Record<OutcomeKind, MergeOutcome>> = {
  landed: { kind: 'landed', commit: 'landed', publication: { kind: 'published', commit: 'landed' } },
  conflicted: { kind: 'conflicted', paths: ['src/file.ts'] },
  rejected: { kind: 'rejected', reason: 'a gate is red' },
  failed: { kind: 'failed', reason: 'git broke' },
};

/** How merges may end in a life. */
export function outcomesOf({ lives }: LifeSettings): readonly OutcomeKind[] {
  return lives === 'brief' ? ['landed', 'conflicted'] : OUTCOME_KINDS;
}

const OUTCOME_KINDS = Object.keys(OUTCOMES) as readonly OutcomeKind[];
