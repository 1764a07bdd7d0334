/**
 * Which git commands an agent has run. Git tells of itself where `GIT_TRACE2_EVENT` names a folder: a file for each process,
 * a line of JSON for each event. The variable is inherited by what an agent starts, and changes nothing that git does.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitCommand } from '../../domain/git-commands.ts';
import { readOrNull } from './read-or-null.ts';

/** An agent that runs more commands than this goes on untold: a test suite may run thousands. */
const COMMANDS_MAX = 1000;

/** The variables by which an agent's git commands are told into a folder. */
export function traceVariables(folder: string): Readonly<Record<string, string>> {
  return {
    GIT_TRACE2_EVENT: folder,
    GIT_TRACE2_EVENT_NESTING: '1',
    GIT_TRACE2_MAX_FILES: String(COMMANDS_MAX),
  };
}

/** Makes the folder for the commands of a session. */
export async function openTrace(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** Reads the commands of a session in the order in which they began, without those that one of them ran in turn. */
export async function readTrace(folder: string): Promise<readonly GitCommand[]> {
  const names = (await readdir(folder).catch((): string[] => [])).sort();
  const files = await Promise.all(names.map((name) => readOrNull(join(folder, name))));
  return files.flatMap((text) => commandIn(text ?? ''));
}

/** Removes what was told. Arguments may hold what is nobody else's business. */
export async function removeTrace(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

interface TraceEvent {
  readonly event?: string;
  readonly sid?: string;
  readonly argv?: readonly string[];
  readonly name?: string;
  readonly alias?: string;
  readonly worktree?: string;
  readonly code?: number;
}

function commandIn(text: string): readonly GitCommand[] {
  let argv: readonly string[] = [];
  let name: string | null = null;
  let alias: string | null = null;
  let worktree: string | null = null;
  let exitCode: number | null = null;
  for (const line of text.split('\n')) {
    const told = parsed(line);
    if (told === null) continue;
    if (told.event === 'start') {
      // What one git command starts in turn has two names here, with a slash between them.
      if (told.sid?.includes('/') === true) return [];
      argv = told.argv ?? [];
    } else if (told.event === 'cmd_name' && told.name?.startsWith('_') === false) name = told.name;
    else if (told.event === 'alias') alias = told.alias ?? null;
    else if (told.event === 'def_repo') worktree ??= told.worktree ?? null;
    else if (told.event === 'exit') exitCode = told.code ?? null;
  }
  if (name === null) return [];
  const at = Math.max(argv.indexOf(name, 1), alias === null ? -1 : argv.indexOf(alias, 1));
  return [{ argv, name, args: argv.slice(at === -1 ? 1 : at + 1), worktree, exitCode }];
}

function parsed(line: string): TraceEvent | null {
  try {
    return JSON.parse(line) as TraceEvent;
  } catch {
    // The last line of a process that was killed.
    return null;
  }
}
