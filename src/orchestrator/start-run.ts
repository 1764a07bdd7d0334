/**
 * The composition root: the only place that knows everything. It puts the real world together, starts the supervisor in
 * it, and takes everything down again in order, however the run ends.
 *
 * O1  Nothing is written before the lock is held.
 * O2  Taking down goes from the processes outwards: host, git, guardian, journal, lock.
 */
import { existsSync } from 'node:fs';

import { toPromise } from 'xstate';

import type { AdoptionParts } from '../../actors/adopt.ts';
import { Adoptions } from '../../actors/adoptions.ts';
import { provide } from '../../actors/provide.ts';
import { recover } from '../../actors/recovery.ts';
import { createRunSupervisor } from '../../actors/run-supervisor.ts';
import type { World } from '../../actors/world.ts';
import { supervisorMachine, type SupervisorInput } from '../../machines/index.ts';
import { discreetAgent } from '../agents/discreet-agent.ts';
import { runLimits } from '../config/run-limits.ts';
import { timeoutPolicy } from '../config/timeout-policy.ts';
import type { RunId } from '../domain/ids.ts';
import { plannedTicketsOf } from '../domain/planned-backlog.ts';
import { redactor, type Redact } from '../domain/redact.ts';
import type { Breach } from '../domain/run-judge.ts';
import { reportOfBreach, runReport, type RunReport } from '../domain/run-report.ts';
import { initialRunState } from '../domain/run-state.ts';
import { foldRunView } from '../domain/run-view.ts';
import { errorReason } from '../domain/session-outcome.ts';
import { execaProcessHost } from '../effects/execa-process-host.ts';
import { excludeStateDir } from '../effects/git/exclude-state-dir.ts';
import { openGitEffects } from '../effects/git/git-effects.ts';
import { guardianRecordPath } from '../effects/guardian-record.ts';
import { guardianOf } from '../effects/guardian.ts';
import { createJsonlJournal } from '../effects/jsonl-journal.ts';
import { ownIdentity } from '../effects/process-identity.ts';
import { redactedJournal } from '../effects/redacted-journal.ts';
import { createRunId } from '../effects/run-id.ts';
import { acquireRunLock, type LockOutcome } from '../effects/run-lock.ts';
import { countedSessionIds } from '../effects/session-ids.ts';
import { systemClock } from '../effects/system-clock.ts';
import type { AdoptingHost } from '../ports/adopting-host.ts';
import type { Agent } from '../ports/agent.ts';
import type { Journal } from '../ports/journal.ts';
import type { Logger } from '../ports/logger.ts';
import { chooseAgent } from './choose-agent.ts';
import { componentTruth } from './component-truth.ts';
import { dropMergedBranches } from './drop-merged-branches.ts';
import { agentLauncher } from './launch-command.ts';
import { pastRunsIn } from './past-runs.ts';
import { closeTicketFile, type Project } from './project.ts';
import type { RunHandle, RunOptions, StartedRun } from './run-handle.ts';
import {
  lockFile,
  runDir,
  sessionDir,
  stateDir,
  TICKETS_DIR,
  traceDir,
  worktreesRoot,
} from './state-files.ts';
import { stateOutside } from './containment.ts';
import { VERSION } from './version.ts';

/** Starts a run of a project, under the shipped supervisor or, for tests of what notices it, a broken copy. */
export async function startRun(options: RunOptions, machine = supervisorMachine): Promise<StartedRun> {
  const { repository, config } = options.project;
  const { root } = repository;
  const chosen = await chooseAgent(config, { path: options.env['PATH'], cwd: root });
  if (chosen.kind === 'refused') return chosen;

  const outside = await stateOutside(options.project);
  if (outside !== null) return { kind: 'refused', reason: outside };

  const redact = redactor(options.env);
  const run = createRunId(systemClock, Math.random);
  const lock = await acquireRunLock(lockFile(root), run);
  if (lock.kind !== 'acquired') return { kind: 'refused', reason: lock.reason };
  try {
    await excludeStateDir(repository, stateDir(root));
    const journal = redactedJournal(await createJsonlJournal(runDir(root, run), systemClock), redact);
    const agent = discreetAgent(chosen.agent, redact);
    return { kind: 'started', handle: supervise(options, { run, lock, journal, machine, agent, redact }) };
  } catch (error) {
    await lock.lock.release();
    return { kind: 'refused', reason: `the run's files cannot be made: ${errorReason(error)}` };
  }
}

interface Parts {
  readonly run: RunId;
  readonly lock: Extract<LockOutcome, { kind: 'acquired' }>;
  readonly journal: Journal;
  readonly agent: Agent;
  readonly machine: typeof supervisorMachine;
  readonly redact: Redact;
}

function supervise(options: RunOptions, { run, lock, journal, agent, machine, redact }: Parts): RunHandle {
  const { project, env, view, onEntry } = options;
  const log: Logger = (level, message, fields) => options.log(level, redact(message), fields);
  const { repository, config, store } = project;
  const { root } = repository;
  const { gracePeriodMs } = config;
  const record = guardianRecordPath(runDir(root, run));
  const keepers = config.recovery === 'adopt';
  // It would end those who are to be adopted.
  const isGuarded = config.guardian && !keepers;
  const guardian = isGuarded ? guardianOf({ run, record, gracePeriodMs, log }) : null;
  const host = execaProcessHost({ clock: systemClock, log, redact, guardian, keepers });
  const input = supervisorInput(project, run, agent);
  const adoption = keepers ? adoptionParts(root, host, input) : null;
  const adoptions = adoption === null ? {} : { adoptions: adoption.adoptions };
  const git = openGitEffects({
    repository,
    worktreesRoot: worktreesRoot(root, config.parallelWorktreesDir, env),
    keepWorktrees: config.parallelKeepWorktrees,
    tickets: {
      path: (ticket) => `${TICKETS_DIR}/${ticket}.md`,
      closeFile: closeTicketFile,
      closeInStore: (ticket) => store.close(ticket),
    },
    components: componentTruth(project),
    traceFolder: config.checkoutIntegrity ? (session) => traceDir(root, run, session) : null,
    gates: config.gates,
    // With the run's marker: what a gate leaves running belongs to the run, whoever looks for it.
    environment: { ...env, RALPH_RUN_ID: run },
    redact,
    warn: (message) => log('warn', message),
  });
  const { worktrees, integration } = git;

  const world: World = {
    agent,
    host,
    worktrees,
    integration,
    journal,
    ...adoptions,
    launchCommand: agentLauncher({ project, run, agent, env }),
    recover: async () => {
      const { notes, landed } = await recover({
        pastRuns: pastRunsIn(root, run),
        notes: lockNotes(lock),
        host,
        worktrees,
        integration,
        allowNoChanges: config.allowNoChanges,
        autoMerge: config.parallelAutoMerge,
        ...(adoption === null ? {} : { adoption }),
      });
      return { notes: [...notes, ...(await dropMergedBranches(git.remains))], landed };
    },
    closeRun: async () => {
      await adoption?.adoptions.close();
      const publication = await integration.publish();
      await integration.finish();
      return { publication };
    },
  };

  let breach: Breach | null = null;
  const supervisor = createRunSupervisor(provide(world, machine), {
    clock: systemClock,
    input,
    journal,
    ...adoptions,
    ids: countedSessionIds(run),
    onEntry: (entry) => {
      foldRunView(view, entry);
      onEntry(entry);
    },
    onBreach: (found) => {
      breach = found;
    },
  });

  // An exit that nobody planned, such as an uncaught error, must not leave agents behind. Only signals are possible
  // now; what ignores its parent's death is found by its marker at the next start.
  const killAll = (): void => {
    for (const session of view.sessions.keys()) host.signal(session, 'SIGKILL');
  };
  process.once('exit', killAll);

  async function follow(): Promise<RunReport> {
    try {
      await toPromise(supervisor);
    } finally {
      await takeDown();
    }
    const report = runReport(view);
    return breach === null ? report : reportOfBreach(report, breach);
  }

  async function takeDown(): Promise<void> {
    const { survivorsLeft } = await host.close();
    if (survivorsLeft > 0) log('error', 'processes of this run could not be ended', { survivorsLeft });
    git.close();
    await guardian?.dismiss();
    await journal.flushed().catch((error: unknown) => log('error', errorReason(error)));
    await journal.close();
    await lock.lock.release();
    process.off('exit', killAll);
  }

  const finished = follow();
  supervisor.start();
  return {
    run,
    dir: runDir(root, run),
    finished,
    lastLine: (session) => host.lastLine(session),
    breach: () => breach,
    drain: (reason) => supervisor.send({ type: 'run.drain', reason }),
    stop: (reason) => supervisor.send({ type: 'run.stop', reason }),
    kill: (reason) => {
      supervisor.send({ type: 'run.kill', reason });
      // Whoever insists does not wait for a gate either: the work that it judged stays on its branch.
      git.close();
    },
  };
}

function supervisorInput(
  { repository, config, backlog }: Project,
  run: RunId,
  agent: Agent,
): SupervisorInput {
  const limits = runLimits(config);
  return {
    header: {
      type: 'run.started',
      run,
      version: VERSION,
      owner: ownIdentity(),
      target: repository.target,
      targetCommit: repository.targetCommit,
      ...limits,
      tickets: plannedTicketsOf(backlog),
    },
    backlog,
    limits,
    sessions: {
      timeouts: timeoutPolicy(config),
      gracePeriodMs: config.gracePeriodMs,
      agentCanBeAsked: agent.stopSignal !== null,
      allowNoChanges: config.allowNoChanges,
      autoMerge: config.parallelAutoMerge,
    },
  };
}

function adoptionParts(root: string, host: AdoptingHost, input: SupervisorInput): AdoptionParts {
  return {
    clock: systemClock,
    adoptions: new Adoptions(host),
    initial: initialRunState(input.backlog, input.limits),
    timeouts: input.sessions.timeouts,
    kept: ({ session, worktree }) =>
      existsSync(worktree) ? host.kept(sessionDir(root, input.header.run, session)) : null,
  };
}

function lockNotes({ succeeded, movedAside }: Parts['lock']): string[] {
  return [
    ...(succeeded === null ? [] : [`run ${succeeded.run} was cut off; its lock was taken over`]),
    ...(movedAside === null ? [] : [`a damaged lock was moved to ${movedAside}`]),
  ];
}
