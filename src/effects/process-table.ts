/** One process, as the system showed it at one moment. A pid with its start time is never used twice in one boot. */
export interface ProcessRow {
  readonly pid: number;
  /** In the system's own unit; equal strings mean the same start. */
  readonly startTime: string;
  readonly parent: number;
  readonly group: number;
  /** The session of setsid(2), not ours; null where it is not shown. */
  readonly osSession: number | null;
  /** A zombie: it runs no more and waits for its parent to ask. */
  readonly dead: boolean;
}

/** Everybody who lived when the table was read. */
export interface ProcessScan {
  readonly rows: readonly (ProcessRow & {
    /** The environment it was started with holds the marker that was looked for. */
    readonly marked: boolean;
  })[];
  /** False when a process vanished, or changed its program, while it was looked at: a child of it may be missing. */
  readonly settled: boolean;
}

/** Reads the table of processes, as one moment after the other: always look again before acting on what it said. */
export interface ProcessTable {
  /** Names this boot of the machine; empty where that is not needed to tell processes apart. */
  bootId(): string;
  /** Shows one process, a zombie included, or null when there is none or it may not be seen. */
  read(pid: number): ProcessRow | null;
  /**
   * Shows all who live. `marker` is a whole entry `NAME=value`; null marks nobody and spares reading environments.
   * `since` is a start time before which nobody is of interest; null when everybody is.
   */
  scan(marker: string | null, since: string | null): ProcessScan;
  /** Lists who lives and was started with a variable of that name, with its value. */
  bearers(variable: string): readonly MarkBearer[];
}

/** A process that bears a mark. */
export interface MarkBearer {
  readonly pid: number;
  readonly value: string;
}
