/**
 * Was the repository around a session changed by it? What is known: how the repository looked before and after, and which
 * git commands the agent ran. A person may work in the repository at the same time, and is not to be taken for an agent.
 *
 * K1  HEAD, index and files of a checkout are a person's to change. They count when the agent ran the command.
 * K2  So do branches, tags and the stash: they count when they changed and the agent ran a command that names them.
 * K3  Configuration, hooks and `info/` decide what git does for everybody and rarely change. A change counts against every
 *     session that was live, because it shows nobody's hand.
 */
import { changesWorkTree, describeCommand, movesRef, type GitCommand } from './git-commands.ts';
import { listed } from './session-outcome.ts';

/** What of a repository is compared. */
export interface RepositoryPrint {
  /** Files that all worktrees share, by their path from the git directory, with a hash of mode and content. */
  readonly files: ReadonlyMap<string, string>;
  /** Branches, tags, replacements and the stash, with what they are at; not those of sessions. */
  readonly refs: ReadonlyMap<string, string>;
}

/** All that is known of what a session did outside its worktree. */
export interface CheckoutEvidence {
  readonly before: RepositoryPrint;
  readonly after: RepositoryPrint;
  readonly commands: readonly GitCommand[];
  /** The session's own work tree. */
  readonly own: string;
  /** Work trees that were there before the agent, without its own. */
  readonly checkouts: readonly string[];
  /** Other sessions that were live in the meantime. */
  readonly others: readonly string[];
}

/** Says what a session changed in the repository around it, or may have; null when nothing shows it. */
export function describeChanges(evidence: CheckoutEvidence): string | null {
  const parts = [...commandsElsewhere(evidence), ...movedRefs(evidence), ...changedFiles(evidence)];
  return parts.length === 0 ? null : parts.join('; ');
}

function commandsElsewhere({ commands, checkouts }: CheckoutEvidence): readonly string[] {
  const places = new Map<string, string[]>();
  for (const command of commands) {
    const { worktree } = command;
    if (worktree === null || !checkouts.includes(worktree) || !changesWorkTree(command)) continue;
    places.set(worktree, [...(places.get(worktree) ?? []), `\`${describeCommand(command)}\``]);
  }
  return [...places].map(([place, lines]) => `its agent ran ${listed([...new Set(lines)])} in ${place}`);
}

function movedRefs({ before, after, commands, own, checkouts }: CheckoutEvidence): readonly string[] {
  // Not those in other repositories, as the tests of a project make them.
  const here = commands.filter(({ worktree }) => worktree === null || [own, ...checkouts].includes(worktree));
  return [...before.refs].flatMap(([ref, was]) => {
    const is = after.refs.get(ref);
    if (is === was) return [];
    const command = here.find((one) =>
      movesRef(one, ref, ref.replace(/^refs\/(?:heads|tags|replace)\//, '')),
    );
    if (command === undefined) return [];
    const how = is === undefined ? 'is gone' : `is at ${is.slice(0, 12)}`;
    return [`${ref} ${how}, was at ${was.slice(0, 12)}: its agent ran \`${describeCommand(command)}\``];
  });
}

function changedFiles({ before, after, others }: CheckoutEvidence): readonly string[] {
  const names = new Set([...before.files.keys(), ...after.files.keys()]);
  const changed = [...names].filter((name) => before.files.get(name) !== after.files.get(name)).sort();
  if (changed.length === 0) return [];
  const beside =
    others.length === 0 ? '' : `, and so ${others.length === 1 ? 'was' : 'were'} ${listed(others)}`;
  const paths = changed.map((name) => `.git/${name}`);
  return [`${listed(paths)} changed, by whomever, while it was at work${beside}`];
}
