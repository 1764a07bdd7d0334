/**
 * Which runs are there, and which one is meant? Reads folders only; `status` and `verify --run` ask.
 */
import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';

import { nearest } from '../config/problem.ts';
import { unsafeIdReason } from '../domain/ids.ts';
import { journalPath } from '../effects/jsonl-journal.ts';
import { runDir, runsDir } from '../orchestrator/state-files.ts';
import { workTreeRoot } from './work-tree-root.ts';

/** Lists the runs of a project, oldest first: their ids sort by age. */
export async function listRuns(root: string): Promise<readonly string[]> {
  if (!existsSync(runsDir(root))) return [];
  const names = await readdir(runsDir(root));
  return names.filter((name) => unsafeIdReason(name) === null).sort();
}

/** Says that there is no such run, and which one may have been meant. */
export function noSuchRun(wanted: string, runs: readonly string[]): string {
  const match = nearest(wanted, runs);
  return `there is no run ${wanted}${match === null ? '' : `; the nearest one is ${match.word}`}`;
}

/** The journal that somebody named, or why there is none. */
export type FoundJournal =
  { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string };

/** Finds a journal by the id of a run of the project around a folder, by `last`, or by the path of a run's folder or file. */
export async function findJournal(wanted: string, cwd: string): Promise<FoundJournal> {
  const root = workTreeRoot(cwd) ?? cwd;
  const runs = await listRuns(root);
  const run = wanted === 'last' ? runs.at(-1) : runs.find((id) => id === wanted);
  if (run !== undefined) return { ok: true, path: journalPath(runDir(root, run)) };
  const path = resolve(cwd, wanted);
  if (existsSync(path)) {
    return { ok: true, path: statSync(path).isDirectory() ? journalPath(path) : path };
  }
  if (wanted === 'last') return { ok: false, reason: 'no run has been started here yet: ralph-actors run' };
  const reason = wanted.includes('/') ? `there is no ${path}` : noSuchRun(wanted, runs);
  return { ok: false, reason: `${reason}; ${knownRuns(runs)}` };
}

const LISTED_MAX = 5;

function knownRuns(runs: readonly string[]): string {
  if (runs.length === 0) return 'no run has been started here yet';
  const newest = runs.slice(-LISTED_MAX).reverse().join(', ');
  return runs.length > LISTED_MAX
    ? `the newest of ${runs.length} runs here are ${newest}`
    : `the runs here are ${newest}`;
}
