import { targetTip } from './fake-integration.ts';
import { branchRef, TARGET } from './fake-repository.ts';
import type { Fault } from './faults.ts';
import type { SimWorld } from './sim-world.ts';

/** Faults that strike the world around the orchestrator. */
export type Disturbance = Extract<
  Fault,
  { kind: 'gitLocked' | 'spawnFails' | 'userCommits' | 'userEdits' | 'userSwitches' | 'clockJumps' }
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
    case 'userCommits': {
      const tip = targetTip(repository);
      const tree = new Map([...repository.at(tip).tree, [fault.file, `person@${world.clock.nowMs()}`]]);
      repository.move(branchRef(TARGET), repository.commit([tip], tree), tip);
      return;
    }
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
