/**
 * What a scripted agent is told to do: a JSON file that names steps for each ticket.
 */

/** The parts that scripted agents play. `{ticket}` and `{session}` in any text stand for their ids. */
export interface Script {
  /** Steps of a ticket, by its id, or by `<id>#<attempt>` where an attempt plays another part than the others. */
  readonly tickets: Readonly<Record<string, readonly Step[]>>;
  /** Steps of tickets that are not named. */
  readonly others: readonly Step[];
  /** File to which every agent adds what it saw, a JSON line at its start and one at its end; null: nowhere. */
  readonly log: string | null;
  /** Unix socket on which somebody answers at the `meet` steps; null: there are none. */
  readonly socket: string | null;
}

/** One thing that a scripted agent does. */
export type Step =
  /** Writes a file, by its path in the worktree; folders are made. */
  | { readonly do: 'write'; readonly path: string; readonly content: string }
  /** Commits everything in the worktree. */
  | { readonly do: 'commit'; readonly message: string }
  /** Runs another program in the worktree, which has to succeed. */
  | { readonly do: 'run'; readonly command: readonly [string, ...string[]] }
  /** Waits until another program succeeds in the worktree: for what somebody else is about to do. */
  | { readonly do: 'waitFor'; readonly command: readonly [string, ...string[]] }
  | { readonly do: 'print'; readonly text: string }
  /** Prints so many bytes, as fast as they are taken. */
  | { readonly do: 'flood'; readonly bytes: number }
  | { readonly do: 'pause'; readonly ms: number }
  /** Tells the socket where it stands, and goes on when it is answered. */
  | { readonly do: 'meet'; readonly at: string }
  | { readonly do: 'ignoreSigterm' }
  /** Leaves a process behind: a child that holds the output open, or one that left group and parent by a double fork. */
  | { readonly do: 'leave'; readonly what: 'child' | 'daemon' }
  /** Never ends by itself. */
  | { readonly do: 'hang' }
  /** Ends at once; without this step an agent ends well after its last one. */
  | { readonly do: 'exit'; readonly code: number };

/** What an agent adds to the log of its script. */
export interface AgentRecord {
  readonly moment: 'start' | 'end';
  readonly ticket: string;
  readonly session: string;
  readonly attempt: number;
  readonly pid: number;
  /** The commit that its worktree was at when it started. */
  readonly base: string;
  /** Names of the files in the folder {@link WORK_FOLDER} of its worktree, sorted. */
  readonly work: readonly string[];
}

/** What an agent says to the socket of its script, as a JSON line; any line is an answer. */
export interface Meeting {
  readonly at: string;
  readonly ticket: string;
  readonly session: string;
  readonly attempt: number;
  readonly pid: number;
}

/** The folder of a worktree that the records tell of. */
export const WORK_FOLDER = 'work';
