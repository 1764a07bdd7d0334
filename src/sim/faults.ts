/**
 * What goes wrong in a world, as data: a fault, and the step before which it strikes. Steps are counted over all lives of
 * the orchestrator; every wait of it, for git, the disk or a process, is one, so a fault can strike between any two.
 */
export type Fault =
  /** The orchestrator is gone at once, without a signal; agents live on. A new one is started. */
  | { readonly kind: 'orchestratorDies'; readonly isJournalTorn: boolean }
  /** No further line of this run's journal can be written. */
  | { readonly kind: 'diskFull' }
  /** The next so many git commands that write find a lock in their way. */
  | { readonly kind: 'gitLocked'; readonly commands: number }
  /** The next so many git commands that write find no space left, which trying again does not help. */
  | { readonly kind: 'repositoryFull'; readonly commands: number }
  /** Somebody deletes the folder of a session's worktree, and what was not committed there: the oldest but so many. */
  | { readonly kind: 'worktreeDeleted'; readonly skip: number }
  /** A person closes a ticket, whoever is at work on it. */
  | { readonly kind: 'userCloses'; readonly ticket: number }
  /** The next launch fails. */
  | { readonly kind: 'spawnFails' }
  /** A person commits to the target branch. */
  | { readonly kind: 'userCommits'; readonly file: string }
  /** A person changes a file and does not commit it. */
  | { readonly kind: 'userEdits'; readonly file: string }
  /** A person goes to another branch, or back. */
  | { readonly kind: 'userSwitches' }
  /** The clock of the machine is set; timers do not notice. */
  | { readonly kind: 'clockJumps'; readonly byMs: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'kill' }
  | { readonly kind: 'drain' }
  | { readonly kind: 'pause'; readonly forMs: number }
  /** Somebody proposes a ticket out of turn; the guards have to cope. */
  | { readonly kind: 'strayDispatch'; readonly ticket: number };

/** A fault with its moment. */
export interface PlannedFault {
  readonly atStep: number;
  readonly fault: Fault;
}

/** Says a fault in words. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'orchestratorDies':
      return `the orchestrator dies${fault.isJournalTorn ? ' in the middle of a line of its journal' : ''}`;
    case 'diskFull':
      return 'the disk is full';
    case 'gitLocked':
      return `git finds a lock in its way, ${fault.commands} times`;
    case 'repositoryFull':
      return `git finds no space left, ${fault.commands} times`;
    case 'worktreeDeleted':
      return 'somebody deletes the folder of a session';
    case 'userCloses':
      return `a person closes ${ticketName(fault.ticket)}`;
    case 'spawnFails':
      return 'the next agent cannot be started';
    case 'userCommits':
      return `a person commits ${fault.file} to the target`;
    case 'userEdits':
      return `a person edits ${fault.file}`;
    case 'userSwitches':
      return 'a person goes to another branch';
    case 'clockJumps':
      return `the clock jumps by ${fault.byMs} ms`;
    case 'stop':
      return 'a person stops the run';
    case 'kill':
      return 'a person kills the run';
    case 'drain':
      return 'a person asks the run to drain';
    case 'pause':
      return `a person pauses the run for ${fault.forMs} ms`;
    case 'strayDispatch':
      return `somebody proposes ticket ${ticketName(fault.ticket)} out of turn`;
  }
}

/** Names the ticket of a number. */
export function ticketName(number: number): string {
  return `t${number}`;
}
