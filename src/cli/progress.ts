/**
 * What a person sees of a run while it goes on: in a terminal a view that is redrawn, elsewhere one line an entry. All of
 * it goes to stderr.
 */
import type { Config } from '../config/schema.ts';
import type { SessionId } from '../domain/ids.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';
import type { RunView } from '../domain/run-view.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger, LogLevel } from '../ports/logger.ts';
import type { Io } from './io.ts';
import { startLiveView, type LiveView } from './render/live.ts';
import { formatLogLine, logLineOf, type LogLine } from './render/plain.ts';

/** What progress is shown from. */
export interface ProgressOptions {
  readonly io: Pick<Io, 'stderr' | 'env'>;
  readonly clock: Clock;
  readonly logLevel: Config['logLevel'];
  /** Whether a view that is redrawn is welcome in a terminal. */
  readonly wantsView: boolean;
  /** Every entry is folded into it before it is shown. */
  readonly view: RunView;
  /** The last line of a live session's output; empty when there is none. */
  readonly lastLine: (session: SessionId) => string;
}

/** Progress that is being shown. */
export interface Progress {
  show(entry: JournalEntry): void;
  readonly log: Logger;
  /** Says something of the program itself, whatever the log level. */
  say(text: string): void;
  /** Takes the view down and gives the cursor back. What is said later goes to stderr as it is. */
  stop(): void;
}

/** Begins to show progress. A view goes up with the first entry, so that a run that cannot start leaves no trace of one. */
export function showProgress(options: ProgressOptions): Progress {
  const { io, clock, view, lastLine } = options;
  const levels = LEVELS[options.logLevel];
  const wantsView =
    options.wantsView && options.logLevel !== 'quiet' && io.stderr.isTTY && io.env['TERM'] !== 'dumb';
  let live: LiveView | null = null;

  const print = (text: string): void => {
    if (live === null) io.stderr.write(`${text}\n`);
    else live.print(text);
  };
  const printLine = (line: LogLine): void => {
    if (levels.has(line.level)) print(formatLogLine(line));
  };
  return {
    show(entry) {
      if (wantsView) {
        live ??= startLiveView({ output: io.stderr, clock, view, lastLine });
        live.show(entry);
      }
      // A view shows what matters by itself; whoever asks for everything gets the lines above it.
      if (!wantsView || levels.has('debug')) printLine(logLineOf(entry, view));
    },
    log: (level, message, fields = {}) => printLine({ atMs: clock.nowMs(), level, fields, message }),
    say: (text) => print(`ralph-actors: ${text}`),
    stop() {
      if (live === null) return;
      live.stop();
      live = null;
      // Room between what stays of the view and the report.
      io.stderr.write('\n');
    },
  };
}

/** A run at `quiet` still says what went wrong. */
const LEVELS: Readonly<Record<Config['logLevel'], ReadonlySet<LogLevel>>> = {
  quiet: new Set(['error']),
  normal: new Set(['error', 'warn', 'info']),
  verbose: new Set(['error', 'warn', 'info', 'debug']),
  debug: new Set(['error', 'warn', 'info', 'debug']),
};
