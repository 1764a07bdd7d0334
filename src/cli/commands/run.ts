/**
 * `run`: from the command line to a run and back to an exit code.
 *
 * Progress goes to stderr, the result to stdout. With `--json` stdout is one JSON document and nothing else.
 */
import { explainConfig } from '../../config/explain.ts';
import { loadConfig, type FlagSetting } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import type { RunReport } from '../../domain/run-report.ts';
import { emptyRunView } from '../../domain/run-view.ts';
import { errorReason } from '../../domain/session-outcome.ts';
import { journalPath } from '../../effects/jsonl-journal.ts';
import { systemClock } from '../../effects/system-clock.ts';
import { chooseAgent } from '../../orchestrator/choose-agent.ts';
import { openProject, type Project } from '../../orchestrator/project.ts';
import type { RunHandle } from '../../orchestrator/run-handle.ts';
import { startRun } from '../../orchestrator/start-run.ts';
import { flagSettings, type SettingFlags } from '../flag-settings.ts';
import type { Io } from '../io.ts';
import { showProgress, type Progress } from '../progress.ts';
import { complain, refuse, tellStack } from '../refuse.ts';
import { breachText } from '../render/breach.ts';
import { reportText } from '../render/report.ts';
import { followSignals } from '../stop-by-signals.ts';
import { showPlan } from './plan.ts';

/** What `run` was asked for. */
export interface RunArguments extends SettingFlags {
  /** Only these; all when empty. */
  readonly tickets: readonly string[];
  readonly dryRun?: boolean | undefined;
  readonly drain?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Runs the project around the current folder; gives the exit code of the run, or 2 when it could not start. */
export async function run(args: RunArguments, io: Io, start = startRun): Promise<number> {
  const reading = flagSettings(args);
  if (!reading.ok) return refuse(io, [reading.reason]);
  const { flags } = reading;
  const selected = args.tickets.length === 0 ? null : args.tickets;
  const opened = await openProject({ cwd: io.cwd, env: io.env, flags, selected });
  if (opened.kind === 'refused') return refuse(io, opened.reasons);
  const { project } = opened;
  if (TELLS_EVERYTHING.has(project.config.logLevel)) tellSettingsWithoutEffect(project, flags, io);
  return args.dryRun === true ? dryRun(project, args, io) : realRun(project, args, io, start);
}

const TELLS_EVERYTHING: ReadonlySet<Config['logLevel']> = new Set(['verbose', 'debug']);

function tellSettingsWithoutEffect({ repository }: Project, flags: readonly FlagSetting[], io: Io): void {
  const loaded = loadConfig({ root: repository.root, env: io.env, flags });
  if (!loaded.ok) return;
  for (const { key, source, note } of explainConfig(loaded)) {
    if (note !== null) complain(io, `note: ${key} (${source}): ${note}`);
  }
}

/** Finds out all that a run finds out before it begins, and shows what it would do. */
async function dryRun(project: Project, args: RunArguments, io: Io): Promise<number> {
  const { config, repository } = project;
  const chosen = await chooseAgent(config, { path: io.env['PATH'], cwd: repository.root });
  if (chosen.kind === 'refused') return refuse(io, [chosen.reason]);
  return showPlan(project, { json: args.json }, io);
}

async function realRun(
  project: Project,
  args: RunArguments,
  io: Io,
  start: typeof startRun,
): Promise<number> {
  const { config } = project;
  const view = emptyRunView();
  let handle: RunHandle | null = null;
  const progress = showProgress({
    io,
    clock: systemClock,
    logLevel: config.logLevel,
    wantsView: args.json !== true,
    view,
    // The first entries are announced before the handle is there; no agent has said anything by then.
    lastLine: (session) => handle?.lastLine(session) ?? '',
  });
  const signals = followSignals({
    io,
    clock: systemClock,
    drain: args.drain === true,
    gracePeriodMs: config.gracePeriodMs,
    live: () => view.sessions.size,
    say: (text) => progress.say(text),
  });
  const onEntry = (entry: JournalEntry): void => progress.show(entry);
  try {
    const started = await start({ project, env: io.env, view, onEntry, log: progress.log });
    if (started.kind === 'refused') return refuse(io, [started.reason]);
    handle = started.handle;
    signals.attach(handle);
    return await followToItsEnd(handle, { project, args, io, progress });
  } finally {
    signals.detach();
    progress.stop();
  }
}

interface Following {
  readonly project: Project;
  readonly args: RunArguments;
  readonly io: Io;
  readonly progress: Progress;
}

async function followToItsEnd(
  handle: RunHandle,
  { project, args, io, progress }: Following,
): Promise<number> {
  try {
    const report = await handle.finished;
    progress.stop();
    tellResult(report, { project, args, io });
    if (!tellBreach(handle, io) && report.outcome === 'broken')
      complain(io, `what happened is in ${journalPath(handle.dir)}`);
    return report.exitCode ?? 1;
  } catch (error) {
    progress.stop();
    tellBreach(handle, io);
    complain(io, `unexpected error: ${errorReason(error)}; what happened is in ${journalPath(handle.dir)}`);
    tellStack(io, args, error);
    return 1;
  }
}

/** Says so when the run broke a promise, and whether it did. */
function tellBreach(handle: RunHandle, io: Io): boolean {
  const breach = handle.breach();
  if (breach !== null) io.stderr.write(breachText(breach, journalPath(handle.dir)));
  return breach !== null;
}

function tellResult(report: RunReport, { project, args, io }: Omit<Following, 'progress'>): void {
  if (args.json === true) {
    io.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  io.stdout.write(reportText(report, { colors: io.stdout.colors, width: io.stdout.columns }));
  if (project.config.promiseOnComplete && isEverythingDone(report)) {
    io.stdout.write('<promise>COMPLETE</promise>\n');
  }
}

/** A run of a few chosen tickets may be complete while others are open; that is no promise to end a loop on. */
function isEverythingDone({ outcome, exitCode, totals }: RunReport): boolean {
  return outcome === 'complete' && exitCode === 0 && totals.excluded === 0;
}
