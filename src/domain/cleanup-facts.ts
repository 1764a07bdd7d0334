/**
 * What is left of runs, as it was found: what `cleanup-plan.ts` judges.
 *
 * Facts only. Whether something may go is not decided here, and nothing here can be removed by mistake.
 */
import type { RunId, SessionId, TicketId } from './ids.ts';

/** Everything that was found at one moment. */
export interface CleanupFacts {
  readonly nowMs: number;
  /** How long the records of a run that is over are kept. */
  readonly ttlMs: number;
  /** True when the age of what is over does not count. */
  readonly all: boolean;
  /** The target branch, for the commands that show what it does not have. */
  readonly target: string;
  /** The session that the asking program itself was started in, if any. */
  readonly ownSession: SessionId | null;
  readonly locks: readonly LockRemains[];
  readonly runs: readonly RunRemains[];
  readonly processes: readonly ProcessRemains[];
  readonly worktrees: readonly WorktreeRemains[];
  readonly branches: readonly BranchRemains[];
  readonly damagedFiles: readonly DamagedFile[];
}

/** A lock of which it is proven that nobody alive holds it. */
export interface LockRemains {
  readonly path: string;
  readonly why: string;
}

/** The folder of a run. */
export interface RunRemains {
  readonly run: RunId;
  readonly path: string;
  /**
   * `live`: the process that writes its journal lives. `finished`: its journal has its last fact, and every session
   * its end. `recovered`: it was cut off, and a later run has put right what it left. `cutOff`: nobody has yet. `damaged`: it
   * has no journal that can be opened. `empty`: there is no file in it. `link`: the folder is a link to somewhere else.
   */
  readonly state: 'live' | 'finished' | 'recovered' | 'cutOff' | 'damaged' | 'empty' | 'link';
  /** When something last happened in it. */
  readonly lastMs: number;
}

/** Processes that were started with the marker of a session. */
export interface ProcessRemains {
  readonly session: SessionId;
  readonly pids: readonly number[];
}

/** A folder that is a worktree of a session, or lies where those are made. */
export interface WorktreeRemains {
  readonly path: string;
  /** Null when its name is none that a run gives. */
  readonly session: SessionId | null;
  /** Null when nothing tells which ticket it was for. */
  readonly ticket: TicketId | null;
  /** The branch it is on; null when HEAD is detached. */
  readonly branch: string | null;
  /** It was made to run gates in, and holds nothing of its own. */
  readonly isGateTree: boolean;
  /** Its session has ended and left it on purpose. */
  readonly wasKept: boolean;
  /** `unknown`: git has no record of it. `missing`: git has, and the folder is gone. */
  readonly state: 'clean' | 'leftovers' | 'missing' | 'unknown';
  /** What no commit can hold, in words. */
  readonly unsavable: readonly string[];
}

/** A branch under `ralph/`. */
export interface BranchRemains {
  readonly branch: string;
  readonly tip: string;
  /** Null when its name is none that a run gives, or it only points to another branch. */
  readonly session: SessionId | null;
  /** All its commits are on the target branch or on its integration ref. */
  readonly isLanded: boolean;
  /** Where it is checked out, or being rebased; null when nowhere. */
  readonly checkedOutAt: string | null;
}

/** A copy that was put aside because it could not be read. */
export interface DamagedFile {
  readonly path: string;
  readonly lastMs: number;
}
