import type { TicketId } from '../domain/ids.ts';
import { targetTip } from './fake-integration.ts';
import { branchRef, TARGET, withFiles } from './fake-repository.ts';
import { ticketName, type Fault } from './faults.ts';
import { ticketPath, type SimWorld } from './sim-world.ts';

/** Faults that strike the world around the orchestrator. */
export type Disturbance = Extract<
  Fault,
  {
    kind:
      | 'gitLocked'
      | 'repositoryFull'
      | 'spawnFails'
      | 'worktreeDeleted'
      | 'userCloses'
      | 'userCommits'
      | 'userEdits'
      | 'userSwitches'
      | 'clockJumps';
  }
>;

/** Lets a fault strike that is none of the orchestrator's: a person, git, the system. */
export function disturb(world: SimWorld, fault: Disturbance): void {
  const { repository } = world;
  const { checkout } = repository;
  switch (fault.kind) {
    case 'gitLocked':
      world.lockedCommands += fault.commands;
      return;
    case 'spawnFails':
      world.failingLaunches += 1;
      return;
    case 'repositoryFull':
      world.fullCommands += fault.commands;
      return;
    case 'worktreeDeleted':
      deleteFolder(world, fault.skip);
      return;
    case 'userCloses':
      closeByPerson(world, ticketName(fault.ticket));
      return;
    case 'userCommits':
      commitToTarget(world, fault.file, `person@${world.clock.nowMs()}`);
      return;
    case 'userEdits':
      checkout.edits.set(fault.file, 'edited');
      return;
    case 'userSwitches':
      checkout.branch = checkout.branch === TARGET ? 'elsewhere' : TARGET;
      repository.move(branchRef('elsewhere'), targetTip(repository), null);
      return;
    case 'clockJumps':
      world.clockJumpMs += fault.byMs;
  }
}

function commitToTarget({ repository }: SimWorld, path: string, content: string): void {
  const tip = targetTip(repository);
  const tree = withFiles(repository.at(tip).tree, new Map([[path, content]]));
  repository.move(branchRef(TARGET), repository.commit([tip], tree), tip);
}

function closeByPerson(world: SimWorld, ticket: TicketId): void {
  if (!world.statuses.has(ticket)) return;
  world.closedByPerson.add(ticket);
  if (world.plan.areTicketsTracked) commitToTarget(world, ticketPath(ticket), 'closed');
  else world.statuses.set(ticket, 'closed');
}

/** What was not committed goes with the folder, and nobody but who deleted it is to blame. */
function deleteFolder({ repository, uncommitted }: SimWorld, skip: number): void {
  const worktree = [...repository.worktrees.values()].filter(({ isDeleted }) => !isDeleted)[skip];
  if (worktree === undefined) return;
  worktree.isDeleted = true;
  for (const content of worktree.changes.values()) {
    const at = uncommitted.indexOf(content);
    if (at !== -1) uncommitted.splice(at, 1);
  }
  worktree.changes.clear();
}
