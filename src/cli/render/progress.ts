/**
 * The parts that every picture of a run is made of: its bar, its counts, its live sessions.
 */
import { EVERYTHING } from '../../domain/locks.ts';
import type { RunView } from '../../domain/run-view.ts';
import type { SessionPhase } from '../../domain/session-phase.ts';
import type { LiveSessionView } from '../../domain/session-view.ts';
import type { TicketCounts } from '../../domain/ticket-view.ts';
import { duration, left, line, oneLine, right, widthOf, type Cell, type Paint, type Colors } from './text.ts';

/** How many tickets a run set out to land. */
export function toDo(counts: TicketCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0) - counts.closed - counts.excluded;
}

/**
 * Draws how far a run is: landed, live, lost, and still to do, each by a shade of its own so that it reads without colour.
 * A part that exists takes at least its share rounded; the whole takes exactly `columns`.
 */
function bar(counts: TicketCounts, columns: number, colors: Colors): readonly Cell[] {
  const total = Math.max(1, toDo(counts));
  const parts: readonly (readonly [count: number, shade: string, paint: Paint])[] = [
    [counts.landed, '█', colors.green],
    [counts.running + counts.merging, '▓', colors.cyan],
    [counts.failed + counts.blocked, '▒', colors.red],
  ];
  let sum = 0;
  let drawn = 0;
  const cells = parts.map(([count, shade, paint]): Cell => {
    sum += count;
    // Rounding the sums, not the parts: the parts then add up.
    const until = Math.round((sum / total) * columns);
    const cell: Cell = [shade.repeat(until - drawn), paint];
    drawn = until;
    return cell;
  });
  return [...cells, ['░'.repeat(columns - drawn), colors.dim]];
}

/** Draws the bar with its words, in one line. */
export function barLine(counts: TicketCounts, width: number, colors: Colors): string {
  const total = toDo(counts);
  const share = total === 0 ? 100 : Math.floor((counts.landed / total) * 100);
  const words = `  ${counts.landed} of ${total} landed ${right(`${share}%`, 5)}`;
  return line([[' '], ...bar(counts, Math.max(0, width - 1 - widthOf(words)), colors), [words]], width);
}

/** Draws a title line: what is told from the left, as much of it as there is room for, and the clock at the right edge. */
export function titleLine(told: readonly Cell[], clock: string, width: number, colors: Colors): string {
  const room = width - widthOf(clock) - 2;
  const shown: Cell[] = [];
  let taken = 0;
  for (const cell of told) {
    const columns = widthOf(cell[0]);
    if (shown.length > 0 && taken + columns > room) break;
    shown.push(cell);
    taken += columns;
  }
  return line([...shown, [right(clock, Math.max(widthOf(clock) + 2, width - taken)), colors.dim]], width);
}

/** Says that landed work has not reached the target, and why; no line when it has. */
export function heldLines({ publication }: RunView, width: number, colors: Colors): readonly string[] {
  if (publication?.kind !== 'held') return [];
  return [line([[' held  ', colors.yellow], [oneLine(publication.reason)]], width)];
}

/** Draws the counts in one line. Where it is narrow, what passes quickly (`merging`) or follows (`waiting`) is left out. */
export function countLine(counts: TicketCounts, width: number, colors: Colors): string {
  const all = countCells(counts, STANDINGS_SHOWN, colors);
  const columns = all.reduce((sum, [text]) => sum + widthOf(text), 0);
  return line(columns <= width ? all : countCells(counts, STANDINGS_KEPT, colors), width);
}

const STANDINGS_SHOWN = ['ready', 'waiting', 'blocked', 'running', 'merging', 'landed', 'failed'] as const;
const STANDINGS_KEPT = ['ready', 'blocked', 'running', 'landed', 'failed'] as const;

function countCells(
  counts: TicketCounts,
  standings: readonly (typeof STANDINGS_SHOWN)[number][],
  colors: Colors,
): readonly Cell[] {
  const paints: Readonly<Record<(typeof STANDINGS_SHOWN)[number], Paint>> = {
    ready: colors.bold,
    waiting: colors.bold,
    blocked: colors.yellow,
    running: colors.cyan,
    merging: colors.magenta,
    landed: colors.green,
    failed: colors.red,
  };
  return standings.flatMap((standing, index): readonly Cell[] => [
    [`${index === 0 ? ' ' : '  '}${standing} `, colors.dim],
    [String(counts[standing]), counts[standing] === 0 ? colors.dim : paints[standing]],
  ]);
}

/** The column that ticket ids need, so that lines about different tickets align: 6 to 20. */
export function ticketColumns(view: RunView): number {
  let columns = 6;
  for (const id of view.tickets.keys()) columns = Math.max(columns, id.length);
  return Math.min(columns + ((view.header?.attemptsMax ?? 1) > 1 ? 4 : 0), 20);
}

/** Names a session by its ticket, and by its attempt from the second on. */
export function ticketLabel(ticket: string, attempt: number): string {
  return attempt > 1 ? `${ticket} (${attempt})` : ticket;
}

/** What a live session is doing, in a word of at most 10 columns. */
function phaseWord({ phase, cause }: Pick<LiveSessionView, 'phase' | 'cause'>): string {
  switch (phase) {
    case 'timingOut':
      return cause === 'stalled' ? 'stalled' : cause === 'timedOut' ? 'timing out' : 'stopping';
    case 'exited':
      return 'exited';
    case 'verifyingWork':
      return 'verifying';
    case 'awaitingMerge':
      return 'to merge';
    case 'preparing':
    case 'launching':
    case 'running':
    case 'merging':
    case 'releasing':
      return phase;
  }
}

/** Draws one live session: who, what, since when, on what, and the last thing it said. */
export function sessionLine(
  session: LiveSessionView,
  {
    view,
    nowMs,
    width,
    colors,
    said,
  }: {
    readonly view: RunView;
    readonly nowMs: number;
    readonly width: number;
    readonly colors: Colors;
    /** The last line of its output; empty when there is none. */
    readonly said: string;
  },
): string {
  const [mark, paint] = markOf(session.phase, colors);
  const ofTitle = said === '';
  const tail = ofTitle ? (view.tickets.get(session.ticket)?.title ?? '') : said;
  const components: Cell = [
    `${left(componentLabel(session.components), componentColumns(view))}  `,
    colors.dim,
  ];
  return line(
    [
      [` ${mark} `, paint],
      [left(ticketLabel(session.ticket, session.attempt), ticketColumns(view)), colors.bold],
      ['  '],
      [left(phaseWord(session), 10), paint],
      [` ${right(duration(nowMs - session.dispatchedAtMs), 7)}  `],
      ...(width < 60 ? [] : [components]),
      ofTitle ? [oneLine(tail), colors.dim] : [oneLine(tail)],
    ],
    width,
  );
}

/** Names what a session holds. */
function componentLabel(components: readonly string[]): string {
  return components.includes(EVERYTHING) ? 'alone' : components.join(', ');
}

/** Components of live sessions share a column that is as wide as they need, up to 14. */
function componentColumns(view: RunView): number {
  let columns = 4;
  for (const { components } of view.sessions.values())
    columns = Math.max(columns, widthOf(componentLabel(components)));
  return Math.min(columns, 14);
}

function markOf(phase: SessionPhase, colors: Colors): readonly [mark: string, paint: Paint] {
  switch (phase) {
    case 'preparing':
    case 'launching':
      return ['○', colors.dim];
    case 'running':
      return ['●', colors.cyan];
    case 'timingOut':
      return ['▲', colors.yellow];
    case 'exited':
    case 'verifyingWork':
    case 'awaitingMerge':
      return ['◇', colors.magenta];
    case 'merging':
      return ['◆', colors.magenta];
    case 'releasing':
      return ['○', colors.dim];
  }
}
