/**
 * `verify --backlog`: tries what may happen in a run of this project's tickets, with its settings, on the supervisor that `run`
 * executes. Starts nothing, takes no lock and writes nothing into the project. Exit code 0 when nothing was found wrong, 1 when
 * something was, 2 when a run could not start either.
 */
import pc from 'picocolors';

import { runLimits } from '../../config/run-limits.ts';
import { systemClock } from '../../effects/system-clock.ts';
import { openProject, type Project } from '../../orchestrator/project.ts';
import { checkBacklog } from '../../verify/check-backlog.ts';
import { backlogVerdictOf, type BacklogVerdict } from '../backlog-verdict.ts';
import type { Io } from '../io.ts';
import { refuse } from '../refuse.ts';
import { backlogDiagram, backlogJunit, renderBacklogVerdict } from '../render/verify-backlog.ts';
import { writeReports } from '../write-reports.ts';

/** What `verify --backlog` was asked for. */
export interface VerifyBacklogArguments {
  /** Only these; all when empty. */
  readonly tickets: readonly string[];
  /** Chosen by the clock when absent. */
  readonly seed?: string | undefined;
  readonly budget?: string | undefined;
  readonly json?: boolean | undefined;
  /** A file for the results as JUnit XML. */
  readonly junit?: string | undefined;
  /** A file for the diagram of what was found. */
  readonly mermaid?: string | undefined;
}

/** Tries and reports. */
export async function verifyBacklog(args: VerifyBacklogArguments, io: Io): Promise<number> {
  const { tickets, seed, budget } = args;
  if (seed !== undefined && !/^\d{1,9}$/.test(seed))
    return refuse(io, ['--seed must be a whole number, as in --seed 7']);
  if (budget !== undefined && !/^[1-9]\d{0,8}$/.test(budget))
    return refuse(io, ['--budget must be a number of steps, as in --budget 100000']);
  const selected = tickets.length === 0 ? null : tickets;
  const opened = await openProject({ cwd: io.cwd, env: io.env, flags: [], selected });
  if (opened.kind === 'refused') return refuse(io, opened.reasons);

  const verdict = tried(opened.project, {
    seed: seed === undefined ? systemClock.nowMs() % SEEDS : Number(seed),
    budget: budget === undefined ? BUDGET : Number(budget),
  });
  io.stdout.write(
    args.json === true
      ? `${JSON.stringify(verdict, null, 2)}\n`
      : renderBacklogVerdict(verdict, {
          width: io.stdout.columns,
          colors: pc.createColors(io.stdout.colors),
        }),
  );
  const files = [
    { flag: '--junit', file: args.junit, text: () => backlogJunit(verdict) },
    { flag: '--mermaid', file: args.mermaid, text: () => backlogDiagram(verdict) },
  ];
  return writeReports(files, verdict.verdict === 'pass' ? 0 : 1, io);
}

const SEEDS = 1e9;

/** Ten seconds or so for a few hundred tickets. */
const BUDGET = 60_000;

function tried(
  { backlog, config }: Project,
  options: { readonly seed: number; readonly budget: number },
): BacklogVerdict {
  const since = systemClock.nowMs();
  const limits = runLimits(config);
  const switches = { allowNoChanges: config.allowNoChanges, autoMerge: config.parallelAutoMerge };
  const check = checkBacklog({ backlog, limits, switches }, options);
  return backlogVerdictOf({ backlog, limits, check, ...options, tookMs: systemClock.nowMs() - since });
}
