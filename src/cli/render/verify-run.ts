/**
 * The verdict on the journal of a run, for a person: what it is, what was judged, what was seen, and the first bad entry with
 * what came before it.
 */
import type { JournalEntry } from '../../domain/journal-entry.ts';
import { emptyRunView, foldRunView, type RunView } from '../../domain/run-view.ts';
import type { RunVerdict, RunViolation } from '../run-verdict.ts';
import { junitXml } from './junit-xml.ts';
import { formatLogLine, logLineOf } from './plain.ts';
import { counted, left, oneLine, wrap, type Colors } from './text.ts';

/** How a verdict is drawn. */
export interface RunVerdictLook {
  readonly width: number;
  readonly colors: Colors;
}

/** Draws a verdict. */
export function renderRunVerdict(
  verdict: RunVerdict,
  entries: readonly JournalEntry[],
  { width, colors }: RunVerdictLook,
): string {
  const { run, journal, violation, properties, seen, unseen } = verdict;
  const nameWidth = Math.max(...properties.map(({ name }) => name.length)) + 2;
  const list = (title: string, names: readonly string[]): readonly string[] =>
    wrap(names.length === 0 ? 'nothing' : names.join(', '), Math.max(width - LABEL, LABEL)).map(
      (text, index) => `  ${left(index === 0 ? title : '', LABEL - 2)}${text}`,
    );
  const judged = properties.map(({ name, describe, holds }) => {
    const mark = holds ? (violation === null ? colors.green('✓') : colors.dim('·')) : colors.red('✗');
    return `  ${mark} ${left(name, nameWidth)}${describe}`;
  });
  return `${[
    `run ${run ?? '?'}, ${endOf(verdict)}`,
    colors.dim(journal),
    '',
    ...list('holds', [
      `${counted(verdict.entries, 'entry').replace(/entrys$/, 'entries')}, ${sessionsOf(verdict)}`,
    ]),
    ...(violation === null ? [...list('seen', seen), ...list('not seen', unseen)] : []),
    ...(verdict.isTorn
      ? list('torn', ['the last line is unfinished, as a crash leaves it; it is left out'])
      : []),
    '',
    ...judged,
    '',
    ...(violation === null ? [conclusion(verdict)] : found(violation, entries, colors)),
  ].join('\n')}\n`;
}

const LABEL = 12;

/** Renders a verdict as JUnit XML: a test case for each property. */
export function runJunit({ run, properties, violation }: RunVerdict, tookMs: number): string {
  return junitXml(
    properties.map(({ name, describe, holds }, index) => ({
      group: 'run',
      name: `${run ?? '?'}: ${name}: ${describe}`,
      // All are judged together, entry by entry.
      tookMs: index === 0 ? tookMs : 0,
      problem: holds || violation === null ? null : { verdict: 'violation', message: violation.message },
      lines: holds || violation === null ? [] : [`line ${violation.line}`, JSON.stringify(violation.entry)],
    })),
  );
}

function endOf({ end, exitCode, version }: RunVerdict): string {
  const by = version === null ? '' : `, written by version ${version}`;
  return `${end === 'finished' ? `finished with exit code ${exitCode ?? '?'}` : end}${by}`;
}

function sessionsOf({ sessions, landed }: RunVerdict): string {
  return `${counted(sessions, 'session')}, ${landed} landed`;
}

function conclusion({ entries, sessions, end }: RunVerdict): string {
  if (entries === 0) return 'the journal has no entry: there was nothing to judge';
  const held = end === 'finished' ? 'every promise was kept' : 'every promise was kept up to here';
  return sessions === 0
    ? `${held}, but no session was dispatched: a run in which nothing happens breaks none`
    : held;
}

function found(
  { property, message, line, entry, before }: RunViolation,
  entries: readonly JournalEntry[],
  colors: Colors,
): readonly string[] {
  const where = entry === null ? `line ${line}` : `entry ${entry.seq}, line ${line}`;
  const wanted = new Set(entry === null ? before : [...before, entry]);
  const numberWidth = String(line).length;
  return [
    colors.red(`${property} does not hold at ${where}: ${oneLine(message)}`),
    '',
    ...readable(entries, wanted).map(([one, text]) => {
      const shown = `${String(entries.indexOf(one) + 1).padStart(numberWidth)}  ${text}`;
      return one === entry ? `> ${shown}` : colors.dim(`  ${shown}`);
    }),
    ...(entry === null ? [`> ${String(line).padStart(numberWidth)}  cannot be read`] : []),
  ];
}

/** The lines of some entries, each as the log has it. What cannot even be told is shown as it stands. */
function readable(
  entries: readonly JournalEntry[],
  wanted: ReadonlySet<JournalEntry>,
): readonly (readonly [JournalEntry, string])[] {
  const lines: (readonly [JournalEntry, string])[] = [];
  let view: RunView = emptyRunView();
  for (const entry of entries) {
    let text: string;
    try {
      view = foldRunView(view, entry);
      text = wanted.has(entry) ? formatLogLine(logLineOf(entry, view)) : '';
    } catch {
      text = JSON.stringify(entry);
    }
    if (wanted.has(entry)) lines.push([entry, text]);
    if (lines.length === wanted.size) break;
  }
  return lines;
}
