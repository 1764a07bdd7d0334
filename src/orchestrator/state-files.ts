import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';

import { runOfSession, type RunId, type SessionId } from '../domain/ids.ts';

/** Where a project keeps what ralph-actors knows of it; never tracked by git. */
const STATE_DIR = '.tf/ralph';

/** Where a project keeps its tickets, from its root. */
export const TICKETS_DIR = '.tickets';

/** Names the folder that holds a project's state. */
export const stateDir = (root: string): string => join(root, STATE_DIR);

/** Names the lock that one run of a project holds. */
export const lockFile = (root: string): string => join(stateDir(root), 'lock');

/** Names the folder that holds one folder for each run. */
export const runsDir = (root: string): string => join(stateDir(root), 'runs');

/** Names the folder that holds a run's journal and its sessions' output. */
export const runDir = (root: string, run: RunId): string => join(runsDir(root), run);

/** Names the folder that holds a session's output: in that of the run that it began in, also where a later one adopts it. */
export const sessionDir = (root: string, run: RunId, session: SessionId): string =>
  join(runDir(root, runOfSession(session) ?? run), 'sessions', session);

/** Names the folder into which the git commands of a session are told, while it is live. */
export const traceDir = (root: string, run: RunId, session: SessionId): string =>
  join(sessionDir(root, run, session), 'git');

/**
 * Names the folder for worktrees: the configured one, or one of this project's own in the XDG state folder. It lies
 * outside the checkout, where a build, a watcher or a search of the project would walk into it.
 */
export function worktreesRoot(
  root: string,
  configured: string | null,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (configured !== null) return resolve(root, configured);
  // The XDG base directory specification: a relative path is to be ignored.
  const xdg = env['XDG_STATE_HOME']?.startsWith('/')
    ? env['XDG_STATE_HOME']
    : join(homedir(), '.local', 'state');
  // Two clones of one project have the same name and must not meet.
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 8);
  return join(xdg, 'ralph-actors', `${basename(root)}-${digest}`);
}
