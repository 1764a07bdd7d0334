/**
 * Integration that keeps the rules of the real one (I1 to I3 of `effects/git/integration.ts`): the integration ref moves
 * forward by compare-and-swap, work is merged into a tip that contains the target's, what has landed stays landed.
 */
import type { TicketId } from '../domain/ids.ts';
import type { MergeOutcome, Publication } from '../domain/run-fact.ts';
import type { MergeRequest } from '../domain/work.ts';
import type { Integration } from '../ports/integration.ts';
import { branchRef, changedPaths, TARGET, withFiles, type FakeRepository } from './fake-repository.ts';
import { ticketPath, type Life, type SimWorld } from './sim-world.ts';

/** An integration ref in the fake repository. */
export interface FakeIntegration extends Integration {
  /** Deletes the integration ref when all that landed is published. */
  finish(): Promise<boolean>;
}

interface Alignment {
  readonly tip: string;
  readonly target: string;
  readonly heldReason: string | null;
}

/** The ref that landed work waits on until it is published. */
export const INTEGRATION_REF = `refs/ralph/integration/${TARGET}`;

const TARGET_REF = branchRef(TARGET);
const TRIES = 5;

/** Lands and publishes in the fake repository. `closeInStore` closes a ticket whose file is not in it. */
export function fakeIntegration(
  world: SimWorld,
  life: Life,
  closeInStore: (ticket: TicketId) => Promise<void>,
): FakeIntegration {
  const { repository } = world;
  return { sync: async () => (await align()).tip, merge, publish, finish };

  async function align(): Promise<Alignment> {
    for (let left = TRIES; left > 0; left -= 1) {
      await world.reading(life);
      const tip = repository.read(INTEGRATION_REF);
      const target = targetTip(repository);
      const next = nextTip(tip, target);
      if (next === null)
        return { tip: tip ?? target, target, heldReason: `new commits on ${TARGET} conflict` };
      if (next === tip) return { tip, target, heldReason: null };
      await world.writing(life, 'update-ref');
      if (repository.move(INTEGRATION_REF, next, tip)) return { tip: next, target, heldReason: null };
    }
    throw new Error(`${INTEGRATION_REF} does not stand still`);
  }

  /** The commit that contains both, or null when they conflict. */
  function nextTip(tip: string | null, target: string): string | null {
    if (tip === null || repository.contains(target, tip)) return target;
    if (repository.contains(tip, target)) return tip;
    const merged = repository.merge(tip, target);
    return merged.kind === 'conflicted' ? null : repository.commit([tip, target], merged.tree);
  }

  async function merge(request: MergeRequest): Promise<MergeOutcome> {
    try {
      for (let left = TRIES; left > 0; left -= 1) {
        const outcome = await tryToLand(request, await align());
        if (outcome !== null) return outcome;
      }
      return { kind: 'failed', reason: `${INTEGRATION_REF} does not stand still` };
    } catch (error) {
      return { kind: 'failed', reason: (error as Error).message };
    }
  }

  /** Null when somebody else moved the ref meanwhile. */
  async function tryToLand({ head, ticket }: MergeRequest, { tip }: Alignment): Promise<MergeOutcome | null> {
    await world.reading(life);
    const merged = repository.merge(tip, head);
    if (merged.kind === 'conflicted') return { kind: 'conflicted', paths: merged.paths };
    const path = ticketPath(ticket);
    const isTracked = merged.tree.has(path);
    const tree = isTracked ? withFiles(merged.tree, new Map([[path, 'closed']])) : merged.tree;
    const nothingNew = repository.contains(tip, head);
    let commit = tip;
    if (!nothingNew || changedPaths(repository.at(tip).tree, tree).length > 0) {
      await world.writing(life, 'fast-import');
      commit = repository.commit(nothingNew ? [tip] : [tip, head], tree);
      if (!repository.move(INTEGRATION_REF, commit, tip)) return null;
    }
    world.tell(() => `${ticket} lands as ${commit}`);
    if (!isTracked) await closeInStore(ticket);
    return { kind: 'landed', commit, publication: (await publish()) ?? { kind: 'published', commit } };
  }

  async function publish(): Promise<Publication | null> {
    try {
      if (repository.read(INTEGRATION_REF) === null) return null;
      for (let left = TRIES; left > 0; left -= 1) {
        const { tip, target, heldReason } = await align();
        if (heldReason !== null) return { kind: 'held', reason: heldReason };
        if (tip === target) return { kind: 'published', commit: tip };
        const publication = await advanceTarget(target, tip);
        if (publication !== null) return publication;
      }
      return { kind: 'held', reason: `branch ${TARGET} does not stand still` };
    } catch (error) {
      return { kind: 'held', reason: (error as Error).message };
    }
  }

  /** Null when the target was not where it was thought to be any more. */
  async function advanceTarget(from: string, to: string): Promise<Publication | null> {
    const { checkout } = repository;
    await world.writing(life, 'merge --ff-only');
    if (checkout.branch === TARGET) {
      const changed = changedPaths(repository.at(from).tree, repository.at(to).tree);
      const inTheWay = changed.filter((path) => checkout.edits.has(path));
      if (inTheWay.length > 0)
        return { kind: 'held', reason: `local changes are in the way: ${inTheWay.join(', ')}` };
    }
    return repository.move(TARGET_REF, to, from) ? { kind: 'published', commit: to } : null;
  }

  async function finish(): Promise<boolean> {
    await world.reading(life);
    const tip = repository.read(INTEGRATION_REF);
    if (tip === null) return true;
    if (!repository.contains(targetTip(repository), tip)) return false;
    await world.writing(life, 'update-ref');
    return repository.move(INTEGRATION_REF, null, tip);
  }
}

/** True when the target or the integration ref has a commit. */
export function isLanded(repository: FakeRepository, commit: string): boolean {
  const tip = repository.read(INTEGRATION_REF);
  return (
    repository.contains(targetTip(repository), commit) || (tip !== null && repository.contains(tip, commit))
  );
}

/** The commit that the target branch is at. */
export function targetTip(repository: FakeRepository): string {
  const tip = repository.read(TARGET_REF);
  if (tip === null) throw new Error(`there is no branch ${TARGET}`);
  return tip;
}
