/**
 * Lands sessions' work on the integration ref and publishes it to the target branch.
 *
 * I1  The integration ref only moves forward, and always by compare-and-swap.
 * I2  Work is merged into a tip that contains the target's, so a conflict with a person's commits shows before landing.
 * I3  What has landed is on the integration ref, whether or not it can be published yet.
 */
import type { TicketId } from '../../domain/ids.ts';
import type { MergeOutcome, Publication } from '../../domain/run-fact.ts';
import type { MergeRequest } from '../../domain/work.ts';
import type { Integration } from '../../ports/integration.ts';
import { AlignmentKeeper, TRIES, type Alignment } from './alignment.ts';
import { closedOnTip } from './closed-on-tip.ts';
import { MOVED } from './fast-forward.ts';
import type { GateRunner } from './gates.ts';
import { messageOf } from './git.ts';
import { integrationRef, type Landings } from './landings.ts';
import type { LinkedWorktrees } from './linked-worktrees.ts';
import { landCommit, mergeTrees, writeCommit, type NewCommit } from './merge-commit.ts';
import { advanceTarget } from './publication.ts';
import type { Repository } from './repository.ts';
import { lookUp, type TrackedFile } from './tracked-file.ts';

/** How tickets are closed with their merge. */
export interface TicketClosing {
  /** Path of a ticket's file in the repository, with `/`; null when tickets are kept outside of it. */
  path(ticket: TicketId): string | null;
  /** Gives the file of a ticket with its status closed; one that is closed already comes back the same. */
  closeFile(bytes: Buffer): Buffer;
  /** Closes a ticket that is not tracked, in its store. */
  closeInStore(ticket: TicketId): Promise<void>;
}

/** What an integration is made with. */
export interface IntegrationOptions {
  readonly repository: Repository;
  readonly linked: LinkedWorktrees;
  readonly landings: Landings;
  readonly tickets: TicketClosing;
  /** Null when nothing has to pass. */
  readonly gates: GateRunner | null;
  /** Told what went wrong after the work had landed, and so cannot change the outcome. */
  readonly warn: (message: string) => void;
}

/** An integration ref in a git repository, with what a run needs around it. */
export interface GitIntegration extends Integration {
  /** Tickets whose file is closed on the integration ref (the target's tip where there is none). */
  closedOnTip(ticketsDir: string): Promise<ReadonlySet<TicketId>>;
  /** Deletes the integration ref when all that landed is published. False when it has to stay. */
  finish(): Promise<boolean>;
}

/** What writing a merge came to. */
type Landing =
  | { readonly kind: 'written'; readonly commit: string }
  | { readonly kind: 'rejected'; readonly reason: string };

/** Lands and publishes in one repository. One merge at a time is the caller's promise. */
export function gitIntegration(options: IntegrationOptions): GitIntegration {
  const { repository, linked, landings, tickets, warn } = options;
  const { refs, git, target } = repository;
  const ref = integrationRef(target);
  const targetRef = `refs/heads/${target}`;
  const alignment = new AlignmentKeeper(repository);
  return {
    sync,
    merge,
    publish,
    finish,
    closedOnTip: (ticketsDir) => closedOnTip(repository, tickets, ticketsDir),
  };

  async function sync(): Promise<string> {
    return (await alignment.align()).tip;
  }

  async function merge(request: MergeRequest): Promise<MergeOutcome> {
    try {
      for (let left = TRIES; left > 0; left -= 1) {
        const outcome = await tryToLand(request, await alignment.align());
        if (outcome !== MOVED) return outcome;
      }
      return { kind: 'failed', reason: `${ref} does not stand still: somebody else keeps moving it` };
    } catch (error) {
      return { kind: 'failed', reason: messageOf(error) };
    }
  }

  async function tryToLand(
    request: MergeRequest,
    { tip, target: published }: Alignment,
  ): Promise<MergeOutcome | typeof MOVED> {
    const { head, ticket } = request;
    const path = tickets.path(ticket);
    // Both at once: the ticket's file is rarely what a merge changes, so it need not be looked up in the merged tree.
    const [merged, [onTip, onHead, onTarget]] = await Promise.all([
      mergeTrees(repository, tip, head),
      lookUp(git, [tip, head, published], path ?? ''),
    ]);
    if (merged.kind === 'conflicted') return { kind: 'conflicted', paths: merged.paths };
    const same = onTip?.file?.blob === onHead?.file?.blob && onTip?.file?.mode === onHead?.file?.mode;
    const file = same ? onTip?.file : (await lookUp(git, [merged.tree], path ?? ''))[0]?.file;
    const changed = closed(ticket, file ?? null);

    const nothingNew = merged.tree === onTip?.tree && (await refs.contains(tip, head));
    const landed =
      nothingNew && changed === null
        ? ({ kind: 'written', commit: tip } as const)
        : await land(request, tip, {
            parents: nothingNew ? [tip] : [tip, head],
            tree: merged.tree,
            changed,
            message: messageFor(request, nothingNew ? 'Close' : 'Merge'),
          });
    if (landed === MOVED || landed.kind === 'rejected') return landed;
    const { commit } = landed;

    alignment.extended(tip, commit);
    landings.add(head);
    // A tracked file that the work deletes goes with its publication: edited before that, it would be in the way.
    const isTracked = [file, onTip?.file, onTarget?.file].some((at) => at !== undefined && at !== null);
    if (!isTracked) await closeInStore(ticket);
    return { kind: 'landed', commit, publication: (await publish()) ?? { kind: 'published', commit } };
  }

  /** Writes a commit on `tip`, has it pass the gates, and moves the integration ref to it. */
  async function land(
    request: MergeRequest,
    tip: string,
    content: NewCommit,
  ): Promise<Landing | typeof MOVED> {
    if (options.gates === null) {
      const commit = await landCommit(repository, ref, content);
      return commit === null ? MOVED : { kind: 'written', commit };
    }
    const commit = await writeCommit(repository, content);
    const reason = await options.gates.check(commit, request.session);
    if (reason !== null) return { kind: 'rejected', reason };
    return (await refs.move(ref, commit, tip)) ? { kind: 'written', commit } : MOVED;
  }

  /** The ticket's file with its status closed, or null when there is nothing to change. */
  function closed(ticket: TicketId, file: TrackedFile | null): TrackedFile | null {
    if (file === null) return null;
    try {
      const bytes = tickets.closeFile(file.bytes);
      return bytes.equals(file.bytes) ? null : { ...file, bytes };
    } catch (error) {
      warn(`ticket ${ticket} could not be closed with its merge, ${file.path}: ${messageOf(error)}`);
      return null;
    }
  }

  async function closeInStore(ticket: TicketId): Promise<void> {
    try {
      await tickets.closeInStore(ticket);
    } catch (error) {
      warn(`the work of ${ticket} has landed, but its ticket could not be closed: ${messageOf(error)}`);
    }
  }

  async function publish(): Promise<Publication | null> {
    try {
      if ((await refs.read(ref)) === null) return null;
      for (let left = TRIES; left > 0; left -= 1) {
        const { tip, target: from, heldReason } = await alignment.align();
        if (heldReason !== null) return { kind: 'held', reason: heldReason };
        if (tip === from) return { kind: 'published', commit: tip };
        const publication = await advanceTarget(repository, linked, from, tip);
        if (publication !== MOVED) return publication;
      }
      return { kind: 'held', reason: `branch ${target} does not stand still` };
    } catch (error) {
      return { kind: 'held', reason: messageOf(error) };
    }
  }

  async function finish(): Promise<boolean> {
    const [tip, tipOfTarget] = await Promise.all([refs.read(ref), refs.read(targetRef)]);
    if (tip === null) return true;
    if (tipOfTarget === null || !(await refs.contains(tipOfTarget, tip))) return false;
    return refs.move(ref, null, tip);
  }
}

function messageFor(request: MergeRequest, verb: 'Merge' | 'Close'): string {
  const title = request.title.replace(/\s+/g, ' ').trim();
  const subject = `${verb} ${request.ticket}${title === '' ? '' : `: ${title}`}`;
  return `${subject}\n\nRalph-Ticket: ${request.ticket}\nRalph-Session: ${request.session}\n`;
}
