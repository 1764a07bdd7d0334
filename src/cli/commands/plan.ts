import pc from 'picocolors';

import { planReport } from '../../domain/plan-report.ts';
import { openProject, type Project } from '../../orchestrator/project.ts';
import { readDurations, type DurationArguments } from '../durations.ts';
import { flagSettings, type SettingFlags } from '../flag-settings.ts';
import type { Io } from '../io.ts';
import { complain, refuse } from '../refuse.ts';
import { renderPlan } from '../render/plan.ts';

/** What `plan` was asked for. */
export interface PlanArguments extends DurationArguments, Pick<SettingFlags, 'parallel' | 'target'> {
  /** Only these; all when empty. */
  readonly tickets: readonly string[];
  /** Lines of a list to show; 0 means all. */
  readonly limit?: number | undefined;
  readonly json?: boolean | undefined;
}

/** Shows what a run would do, and writes nothing. Exit code 0, or 2 when a run could not start either. */
export async function plan(args: PlanArguments, io: Io): Promise<number> {
  const reading = flagSettings(args);
  if (!reading.ok) return refuse(io, [reading.reason]);
  const selected = args.tickets.length === 0 ? null : args.tickets;
  const opened = await openProject({ cwd: io.cwd, env: io.env, flags: reading.flags, selected });
  if (opened.kind === 'refused') return refuse(io, opened.reasons);
  return showPlan(opened.project, args, io);
}

/** Shows the plan of a project that is open already. */
export async function showPlan(
  { backlog, repository, config }: Project,
  args: DurationArguments & Pick<PlanArguments, 'limit' | 'json'>,
  io: Io,
): Promise<number> {
  const durations = await readDurations(args, io.cwd);
  if (!durations.ok) return refuse(io, [durations.reason]);
  const strangers = durations.named.filter((ticket) => !backlog.positions.has(ticket));
  if (strangers.length > 0)
    complain(io, `note: --durations names what is no ticket here: ${strangers.slice(0, 5).join(', ')}`);
  const report = planReport(backlog, {
    target: repository.target,
    workers: config.parallelWorkers,
    dispatchesMax: config.maxIterations,
    durationMs: durations.durationMs?.(backlog) ?? null,
  });
  io.stdout.write(
    args.json === true
      ? `${JSON.stringify(report, null, 2)}\n`
      : renderPlan(report, {
          width: io.stdout.columns,
          limit: args.limit ?? LIMIT,
          colors: pc.createColors(io.stdout.colors),
        }),
  );
  return 0;
}

/** Lines of a list that a person is shown unasked. */
const LIMIT = 40;
