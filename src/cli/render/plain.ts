/**
 * A run as log lines, one an entry, for whoever has no terminal: `TS | LEVEL | k=v ... | message`.
 *
 * The fields are for `grep`, the message is for people; neither needs the other. Nothing is left out of a line for being
 * long. Secrets are not looked for here: what may not be shown must not be in the journal.
 */
import { describeBlocker, type Blocker } from '../../domain/blockers.ts';
import { ENDING_MEANINGS, type TerminationCause } from '../../domain/ending.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import type { MergeOutcome, Publication, StopReason } from '../../domain/run-fact.ts';
import { ticketOfEntry, type RunView } from '../../domain/run-view.ts';
import { reasonOfMerge } from '../../domain/session-outcome.ts';
import type { LogLevel } from '../../ports/logger.ts';
import { counted, duration, oneLine, shortCommit } from './text.ts';

/** One log line before it is written out. */
export interface LogLine {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly level: LogLevel;
  readonly fields: Readonly<Record<string, string | number>>;
  readonly message: string;
}

/** Writes a log line: time in UTC seconds, and values quoted that a reader could not tell from the rest. */
export function formatLogLine({ atMs, level, fields, message }: LogLine): string {
  const time = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${quoted(String(value))}`);
  // A dash where there is nothing to tell: the message is always the fourth part.
  return [time, level.toUpperCase(), pairs.join(' ') || '-', oneLine(message)].join(' | ');
}

function quoted(value: string): string {
  return value === '' || /[\s"=|\p{Cc}]/u.test(value) ? JSON.stringify(value) : value;
}

/** Puts an entry into a log line. The view has taken the entry in already. */
export function logLineOf(entry: JournalEntry, view: RunView): LogLine {
  const { level, fields, message } = wordsOf(entry, view);
  const ticket = ticketOfEntry(view, entry);
  return {
    atMs: entry.at,
    level,
    fields: {
      ...(ticket === null ? { run: view.header?.run ?? '' } : { ticket }),
      ...('session' in entry ? { session: entry.session } : {}),
      ...fields,
    },
    message,
  };
}

/** Says in words why a run stops early. */
export function describeStop(reason: StopReason): string {
  switch (reason.kind) {
    case 'signal':
      return reason.signal;
    case 'budget':
      return `the budget of ${counted(reason.limit, 'session')} is spent`;
    case 'internalError':
      return `internal error: ${reason.message}`;
  }
}

type Words = Omit<LogLine, 'atMs'>;

function words(level: LogLevel, message: string, fields: LogLine['fields'] = {}): Words {
  return { level, fields, message };
}

function wordsOf(entry: JournalEntry, view: RunView): Words {
  switch (entry.type) {
    case 'run.started':
      return words(
        'info',
        `run started: ${counted(view.counts.ready + view.counts.waiting, 'ticket')} to do`,
        {
          target: entry.target,
          workers: entry.workers,
          tickets: entry.tickets.length,
        },
      );
    case 'run.recovered':
      return entry.notes.length === 0
        ? words('debug', 'nothing to recover from', { notes: 0 })
        : words('warn', `recovered: ${entry.notes.join('; ')}`, { notes: entry.notes.length });
    case 'ticket.recovered':
      return words('info', 'landed: an earlier run had completed it', {
        session: entry.earlierSession,
        commit: shortCommit(entry.commit),
      });
    case 'run.paused':
      return words('info', 'paused: nothing is dispatched until the run is resumed');
    case 'run.resumed':
      return words('info', 'resumed');
    case 'run.draining':
      return words(
        'warn',
        `draining (${describeStop(entry.reason)}): live sessions finish, nothing new starts`,
      );
    case 'run.stopping':
      return words('warn', `stopping (${describeStop(entry.reason)}): live agents are asked to end`);
    case 'run.killing':
      return words('warn', 'killing: live agents are ended at once');
    case 'dispatch.refused':
      return words('debug', `not dispatched: ${described(entry.blockers)}`);
    case 'session.dispatched':
      return words('info', entry.adoptedFrom === undefined ? 'dispatched' : 'goes on', {
        attempt: entry.attempt,
        components: entry.components.join(','),
      });
    case 'session.prepared':
      return words('debug', 'worktree ready', {
        branch: entry.branch,
        base: shortCommit(entry.base),
        worktree: entry.worktree,
      });
    case 'session.launched':
      return words('info', 'agent launched', { pid: entry.process.pid });
    case 'session.timingOut':
      return words('warn', `ending the agent: ${CAUSES[entry.cause]}`, { cause: entry.cause });
    case 'session.exited':
      return wordsOfExit(entry);
    case 'session.completed':
      return words('debug', 'agent says that it succeeded');
    case 'session.verified':
      return words(
        'debug',
        entry.leftoversCommitted ? 'work verified, leftovers committed' : 'work verified',
        {
          commits: entry.commits,
          head: shortCommit(entry.head),
        },
      );
    case 'merge.requested':
      return words('debug', 'waits for its merge');
    case 'merge.started':
      return words('debug', 'merging');
    case 'merge.finished':
      return wordsOfMerge(entry.outcome);
    case 'session.releasing':
      return words('debug', 'giving the worktree back', { ending: entry.ending });
    case 'session.ended':
      return wordsOfEnd(entry, view);
    case 'ticket.requeued':
      return words(
        'info',
        view.system.stop === null ? 'will be tried again' : 'stays open for the next run',
        { attempts: entry.attempts },
      );
    case 'ticket.failed':
      return words('error', `given up: ${ENDING_MEANINGS[entry.ending]}`, {
        ending: entry.ending,
        attempts: entry.attempts,
      });
    case 'ticket.blocked':
      return words('warn', `blocked: ${described(entry.blockers)}`);
    case 'ticket.readied':
      return words('debug', 'ready');
    case 'run.finished':
      return wordsOfFinish(entry, view);
  }
}

const CAUSES: Readonly<Record<TerminationCause, string>> = {
  timedOut: 'its deadline is reached',
  stalled: 'it shows no sign of life',
  terminated: 'the run is stopping',
};

function described(blockers: readonly Blocker[]): string {
  return blockers.map(describeBlocker).join('; ');
}

type EntryOf<Type extends JournalEntry['type']> = Extract<JournalEntry, { readonly type: Type }>;

function wordsOfExit({ code, signal, survivorsFound, survivorsLeft }: EntryOf<'session.exited'>): Words {
  const how = signal === null ? { code: code ?? 'unknown' } : { signal };
  if (survivorsLeft > 0) {
    return words('error', `agent gone; ${survivorsLeft} of its processes could not be ended`, {
      ...how,
      survivors: survivorsLeft,
    });
  }
  if (survivorsFound > 0) {
    return words('warn', `agent gone; ${survivorsFound} of its processes outlived it and were ended`, how);
  }
  return words('info', 'agent exited', how);
}

function wordsOfMerge(outcome: MergeOutcome): Words {
  if (outcome.kind !== 'landed') return words('warn', `${outcome.kind}: ${reasonOfMerge(outcome)}`);
  return outcome.publication.kind === 'held'
    ? words('warn', reasonOfMerge(outcome), { commit: shortCommit(outcome.commit) })
    : words('info', 'landed', { commit: shortCommit(outcome.commit) });
}

function wordsOfEnd(entry: EntryOf<'session.ended'>, view: RunView): Words {
  const ended = view.ended.at(-1);
  const took = ended?.session === entry.session ? duration(entry.at - ended.dispatchedAtMs) : 'unknown';
  return words(
    entry.ending === 'merged' ? 'info' : 'warn',
    entry.reason === '' ? ENDING_MEANINGS[entry.ending] : entry.reason,
    {
      ending: entry.ending,
      took,
      ...(entry.keptBranch === null ? {} : { keptBranch: entry.keptBranch }),
      ...(entry.keptWorktree === null ? {} : { keptWorktree: entry.keptWorktree }),
    },
  );
}

function wordsOfFinish({ exitCode, publication }: EntryOf<'run.finished'>, view: RunView): Words {
  const { landed, failed, blocked, ready, waiting } = view.counts;
  return words(exitCode === 0 ? 'info' : 'warn', finishedAs(publication), {
    exitCode,
    landed,
    failed,
    blocked,
    open: ready + waiting,
    took: duration((view.finishedAtMs ?? 0) - (view.header?.startedAtMs ?? 0)),
  });
}

function finishedAs(publication: Publication | null): string {
  return publication?.kind === 'held'
    ? `run finished, landed work is held: ${publication.reason}`
    : 'run finished';
}
