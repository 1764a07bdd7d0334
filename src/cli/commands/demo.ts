/**
 * `demo`: a run to look at, in a project of its own, with agents that need no model. Exit code 0 when every ticket ended as
 * the scenario has it, although some of them are meant to go wrong.
 */
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DEMO_TICKETS, makeDemoProject, type DemoProject } from '../../demo/scenario.ts';
import { runReport, type RunReport } from '../../domain/run-report.ts';
import { emptyRunView, foldRunView, type RunView } from '../../domain/run-view.ts';
import { readJournal } from '../../effects/journal-reader.ts';
import { journalPath } from '../../effects/jsonl-journal.ts';
import { runDir, runsDir } from '../../orchestrator/state-files.ts';
import type { Io } from '../io.ts';
import { complain } from '../refuse.ts';
import { counted } from '../render/text.ts';
import { run } from './run.ts';

/** What `demo` was asked for. */
export interface DemoArguments {
  /** Whether the project stays, to be looked at. */
  readonly keep: boolean;
}

/** Makes the project of the demo, runs it and says how it went. */
export async function demo({ keep }: DemoArguments, io: Io): Promise<number> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ralph-actors-demo-')));
  try {
    const project = makeDemoProject(folder);
    io.stdout.write(`A project with ${counted(DEMO_TICKETS.length, 'ticket')} in ${project.root}\n\n`);
    const exitCode = await run({ tickets: [] }, { ...io, cwd: project.root, env: demoEnv(io, project) });
    const report = await reportOf(project);
    // Stopped, or broken: that has been said, and there is nothing to compare.
    if (report === null || report.outcome !== 'incomplete') return exitCode === 0 ? 1 : exitCode;
    const surprises = surprisesIn(report);
    for (const surprise of surprises) complain(io, surprise);
    if (surprises.length === 0) io.stdout.write(AS_IT_SHOULD_BE);
    if (keep) io.stdout.write(whereToLook(project));
    return surprises.length === 0 ? 0 : 1;
  } finally {
    if (!keep) await rm(folder, { recursive: true, force: true });
  }
}

/** Settings of the person who tries the demo are not for its project. */
function demoEnv({ env }: Io, { stateHome }: DemoProject): Io['env'] {
  const others = Object.entries(env).filter(([name]) => !name.startsWith('RALPH_'));
  return { ...Object.fromEntries(others), XDG_STATE_HOME: stateHome };
}

/** Reads the report from the journal, as anybody may afterwards. */
async function reportOf({ root }: DemoProject): Promise<RunReport | null> {
  const [id] = await readdir(runsDir(root)).catch(() => []);
  if (id === undefined) return null;
  const reading = await readJournal(journalPath(runDir(root, id)));
  if (reading.kind !== 'read') return null;
  return runReport(
    reading.entries.reduce<RunView>((view, entry) => foldRunView(view, entry), emptyRunView()),
  );
}

function surprisesIn({ tickets }: RunReport): readonly string[] {
  const found = new Map(tickets.map(({ id, ending, standing }) => [id, ending ?? standing]));
  return DEMO_TICKETS.filter(({ id, fate }) => found.get(id) !== fate).map(
    ({ id, fate }) => `the demo did not go as it should: ${id} ended ${found.get(id)} instead of ${fate}`,
  );
}

const AS_IT_SHOULD_BE = `
 All as it should be: the demo has agents that fail, hang and get in each other's way.
`;

function whereToLook({ root }: DemoProject): string {
  return `
 Look around:
   cd ${root}
   git log --graph --oneline            what has landed
   git branch --list 'ralph/*'          what was kept of the agents that did not make it
   npx ralph-actors status              the run, from its journal in .tf/ralph/runs
`;
}
