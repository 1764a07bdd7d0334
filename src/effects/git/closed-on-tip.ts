import type { TicketId } from '../../domain/ids.ts';
import { GitFailure } from './git.ts';
import { integrationRef } from './landings.ts';
import type { Repository } from './repository.ts';
import { readFiles } from './tracked-file.ts';

/**
 * Finds the tickets that are closed on the integration ref (the target where there is none), although the copy in the
 * checkout may not say so: a person sits on another branch, or publication is held. Two processes, however many tickets.
 *
 * `git grep` finds the files that may be closed; whether one is, is for the ticket format to say: closing it changes nothing.
 */
export async function closedOnTip(
  repository: Repository,
  tickets: { readonly closeFile: (bytes: Buffer) => Buffer },
  ticketsDir: string,
): Promise<ReadonlySet<TicketId>> {
  const { refs, git, target } = repository;
  const tip = (await refs.read(integrationRef(target))) ?? (await refs.read(`refs/heads/${target}`));
  const closed = new Set<TicketId>();
  if (tip === null) return closed;
  const args = [
    'grep',
    '-l',
    '-z',
    '-i',
    '-E',
    '-e',
    'status.*closed',
    tip,
    '--',
    `:(top,glob)${globbed(ticketsDir)}/*.md`,
  ];
  const answer = await git.ask(args);
  if (answer.exitCode > 1) throw new GitFailure(args, git.cwd, answer);
  const paths = answer.stdout
    .toString()
    .split('\0')
    .filter((path) => path !== '')
    .map((path) => path.slice(tip.length + 1));
  if (paths.length === 0) return closed;
  const contents = await readFiles(git, tip, paths);
  for (const [index, path] of paths.entries()) {
    if (isClosed(contents[index]!, tickets.closeFile))
      closed.add(path.slice(ticketsDir.length + 1, -'.md'.length));
  }
  return closed;
}

function isClosed(bytes: Buffer, closeFile: (bytes: Buffer) => Buffer): boolean {
  try {
    return closeFile(bytes).equals(bytes);
  } catch {
    // Not a ticket that can be read: the ticket store says so, here it is just not closed.
    return false;
  }
}

function globbed(path: string): string {
  return path.replace(/[\\*?[]/g, '\\$&');
}
