/**
 * What a git command that an agent ran may have changed, as far as its words show it. Git itself tells of its commands,
 * when it is asked to (trace2): which one, with which arguments, in which work tree, and how it ended.
 */

/** A git command that has been run. */
export interface GitCommand {
  /** As it was called, `git` first. */
  readonly argv: readonly string[];
  /** Which command it was, also behind an alias. */
  readonly name: string;
  /** What followed its name. */
  readonly args: readonly string[];
  /** The work tree that it worked in, where there was one. */
  readonly worktree: string | null;
  /** Null when it did not come to its end. */
  readonly exitCode: number | null;
}

/** True when a command changes HEAD, index or files of the work tree it is run in, as far as its words show. */
export function changesWorkTree({ name, args, exitCode }: GitCommand): boolean {
  if (!WORK_TREE_WRITERS.has(name) || args.includes('--dry-run')) return false;
  if (exitCode !== 0 && exitCode !== null && !LEAVES_CONFLICTS.has(name)) return false;
  switch (name) {
    case 'add':
    case 'clean':
    case 'mv':
    case 'rm':
      return !args.includes('-n');
    case 'apply':
      return !args.some((arg) => ['--check', '--stat', '--numstat', '--summary'].includes(arg));
    case 'stash':
      return isStashing(args);
    case 'symbolic-ref':
      return positional(args).length > 1 || args.some((arg) => arg === '-d' || arg === '--delete');
    case 'update-index':
      return !args.some((arg) => arg === '--refresh' || arg === '--really-refresh');
    default:
      return true;
  }
}

/** True when the words of a command are those by which one moves or deletes a ref; `short` is its name without `refs/heads/` or the like. */
export function movesRef({ name, args, exitCode }: GitCommand, ref: string, short: string): boolean {
  if (exitCode !== 0 && exitCode !== null) return false;
  const isNamed = args.some((arg) => [ref, short, `:${ref}`, `:${short}`].some((word) => isSpelt(arg, word)));
  switch (name) {
    case 'update-ref':
      return args.includes(ref) || args.includes('--stdin');
    case 'symbolic-ref':
    case 'replace':
      return isNamed;
    case 'push':
    case 'fetch':
      // Into this repository itself: `git push . HEAD:main`.
      return isNamed && args.includes('.');
    case 'branch':
    case 'tag':
      return isNamed && args.some((arg) => FORCE.test(arg));
    case 'checkout':
    case 'switch':
      // With its HEAD there, commits go to that branch; `checkout main -- file` and `checkout -b new main` only read it.
      return (
        (positional(args).length === 1 && args.at(-1) === short && !args.some((arg) => CREATE.test(arg))) ||
        args.some((arg, index) => /^-[BC]$/.test(arg) && args[index + 1] === short)
      );
    case 'rebase':
      return positional(args).at(-1) === short && positional(args).length > 1;
    case 'stash':
      return ref === 'refs/stash' && isStashing(args);
    default:
      return false;
  }
}

/** Says a command as a person would type it, in one line that is not too long. */
export function describeCommand({ argv }: GitCommand): string {
  const line = argv.map((arg) => (/^[\w@%+=:,./^~-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(' ');
  return line.length > 120 ? `${line.slice(0, 117)}...` : line;
}

const WORK_TREE_WRITERS: ReadonlySet<string> = new Set(
  (
    'add am apply bisect checkout checkout-index cherry-pick clean commit merge mv pull read-tree rebase reset restore ' +
    'revert rm sparse-checkout stash switch symbolic-ref update-index'
  ).split(' '),
);

/** These leave a work tree changed also when they fail. */
const LEAVES_CONFLICTS: ReadonlySet<string> = new Set(
  'am cherry-pick merge pull rebase revert stash'.split(' '),
);

const FORCE = /^(?:--force|--delete|--move|-[a-zA-Z]*[fdDmM][a-zA-Z]*)$/;
const CREATE = /^(?:-[bBcC]|--create|--force-create|--detach|--orphan|--)$/;

function isSpelt(arg: string, word: string): boolean {
  return word.startsWith(':') ? arg.endsWith(word) : arg === word;
}

function isStashing(args: readonly string[]): boolean {
  const [verb = 'push'] = positional(args);
  return verb !== 'list' && verb !== 'show';
}

function positional(args: readonly string[]): readonly string[] {
  return args.filter((arg) => !arg.startsWith('-'));
}
