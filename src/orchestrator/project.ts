/**
 * A project as a command finds it: its repository, its configuration and its backlog. Opening one writes nothing.
 */
import { join } from 'node:path';

import { describeProblem } from '../config/problem.ts';
import { loadConfig, type FlagSetting } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { compileBacklog, unknownSelected, type Backlog } from '../domain/backlog.ts';
import type { TicketId } from '../domain/ids.ts';
import type { TicketCatalogue } from '../domain/ticket.ts';
import { closedOnTip } from '../effects/git/closed-on-tip.ts';
import { openRepository, type Repository } from '../effects/git/repository.ts';
import { closeBytes } from '../effects/tk-format.ts';
import { TicketsFolderMissing, tkTicketStore } from '../effects/tk-ticket-store.ts';
import type { TicketStore } from '../ports/ticket-store.ts';
import { TICKETS_DIR } from './state-files.ts';

/** A repository with the configuration that lies in it. */
export interface ConfiguredRepository {
  readonly repository: Repository;
  readonly config: Config;
}

/** A project that can be planned and run. */
export interface Project extends ConfiguredRepository {
  readonly store: TicketStore;
  readonly backlog: Backlog;
}

/** A project, or everything that is in the way, each in one line that names the thing, the reason and the next step. */
export type OpenedProject = { readonly kind: 'opened'; readonly project: Project } | Refused;

interface Refused {
  readonly kind: 'refused';
  readonly reasons: readonly string[];
}

/** What a command says about the project it wants. */
export interface ProjectOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: readonly FlagSetting[];
  /** When not null, only these tickets may be dispatched. */
  readonly selected: readonly TicketId[] | null;
}

/** Opens the project around a folder. */
export async function openProject(options: ProjectOptions): Promise<OpenedProject> {
  const opened = await openConfigured(options);
  if (opened.kind === 'refused') return opened;
  const { repository, config } = opened.opened;
  const store = tkTicketStore(join(repository.root, TICKETS_DIR));
  const catalogue = await loadCatalogue(store, repository);
  if (catalogue instanceof TicketsFolderMissing) return refused(catalogue.message);
  const unknown = unknownSelected(catalogue, options.selected ?? []);
  if (unknown.length > 0) {
    return refused(
      ...unknown.map((id) => `there is no ticket ${id} in ${TICKETS_DIR}: see ralph-actors plan`),
    );
  }
  const components = { tagPrefix: config.componentTagPrefix, allowUntagged: config.parallelAllowUntagged };
  const backlog = compileBacklog(catalogue, { components, selected: options.selected });
  return { kind: 'opened', project: { repository, config, store, backlog } };
}

/** Opens the repository around a folder and reads its configuration: for what needs no tickets. */
export async function openConfigured(
  options: Omit<ProjectOptions, 'selected'>,
): Promise<{ readonly kind: 'opened'; readonly opened: ConfiguredRepository } | Refused> {
  // The configuration names the target branch, and it lies in the root of the repository: look for the root first.
  const found = await openRepository(options.cwd);
  const root = found.kind === 'opened' ? found.repository.root : options.cwd;
  const loaded = loadConfig({ root, env: options.env, flags: options.flags });
  if (!loaded.ok) return refused(...loaded.problems.map(describeProblem));
  const { config } = loaded;
  const opened =
    config.targetBranch === null
      ? found
      : await openRepository(options.cwd, { targetBranch: config.targetBranch });
  if (opened.kind === 'refused') return refused(opened.reason);
  return { kind: 'opened', opened: { repository: opened.repository, config } };
}

function refused(...reasons: readonly string[]): Refused {
  return { kind: 'refused', reasons };
}

/**
 * Reads the tickets as they stand on the integration ref as well: with another branch checked out, or with landed work
 * that is not published yet, the checkout still says `open` of what is done.
 */
async function loadCatalogue(
  store: TicketStore,
  repository: Repository,
): Promise<TicketCatalogue | TicketsFolderMissing> {
  try {
    const catalogue = await store.load();
    const closed = await closedOnTip(repository, { closeFile: closeTicketFile }, TICKETS_DIR);
    const tickets = catalogue.tickets.map((ticket) =>
      closed.has(ticket.id) ? { ...ticket, status: 'closed' as const } : ticket,
    );
    return { ...catalogue, tickets };
  } catch (error) {
    if (error instanceof TicketsFolderMissing) return error;
    throw error;
  }
}

/** Gives a ticket's file with its status closed. Throws when it is no ticket, as after an agent mangled it. */
export function closeTicketFile(bytes: Buffer): Buffer {
  const closing = closeBytes(bytes);
  if (!closing.ok) throw new Error(`the ticket's file cannot be marked closed: ${closing.reason}`);
  return closing.value.bytes;
}
