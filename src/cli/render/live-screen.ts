/**
 * The screen of a run that is going on, as lines: who works on what, how far it all is, and what needs a person.
 *
 * Pure: the same view at the same moment in the same window draws the same lines. It never draws more lines than fit above
 * the cursor, and gives up what matters least first: air, then the bar and the title, then sessions; the counts stay.
 */
import type { SessionId } from '../../domain/ids.ts';
import type { RunView } from '../../domain/run-view.ts';
import { describeStop } from './plain.ts';
import { barLine, countLine, heldLines, sessionLine, titleLine } from './progress.ts';
import { duration, line, oneLine, type Cell, type Colors } from './text.ts';

/** What a screen is drawn from. */
export interface LiveScreenInput {
  readonly view: RunView;
  readonly nowMs: number;
  /** Size of the window, in characters. */
  readonly width: number;
  readonly height: number;
  readonly colors: Colors;
  /** The last line of a live session's output; empty when there is none. */
  readonly lastLine: (session: SessionId) => string;
}

/** Sessions that a layout must have room for, if there are so many, before a tighter one is taken. */
const SESSIONS_WANTED = 3;

/** Draws the screen: at most `height - 1` lines of at most `width - 1` columns, so that no terminal wraps or scrolls. */
export function liveScreen(input: LiveScreenInput): readonly string[] {
  const { view, height, colors } = input;
  const width = Math.max(1, input.width - 1);
  const rows = Math.max(1, height - 1);
  const title = screenTitle(input, width);
  const counts = countLine(view.counts, width, colors);
  const held = heldLines(view, width, colors);
  const layouts: readonly (readonly [above: readonly string[], below: readonly string[]])[] = [
    [
      [title, barLine(view.counts, width, colors), ''],
      ['', counts, ...held],
    ],
    [[title], [counts, ...held]],
    [[], [counts, ...held]],
    [[], [counts]],
  ];
  const wanted = Math.min(SESSIONS_WANTED, Math.max(1, view.sessions.size));
  const [above, below] =
    layouts.find(([head, foot]) => rows - head.length - foot.length >= wanted) ??
    layouts[layouts.length - 1]!;
  return [...above, ...sessionLines(input, width, rows - above.length - below.length), ...below];
}

function screenTitle({ view, nowMs, colors }: LiveScreenInput, width: number): string {
  const { header, agents, system } = view;
  if (header === null) return line([[' ralph-actors', colors.bold]], width);
  const told: readonly Cell[] = [
    [' ralph-actors', colors.bold],
    [`  ${header.target}`],
    system.phase === 'dispatching' ? [''] : [`  ${phaseWords(view)}`, colors.yellow],
    [`  ${agents} of ${header.workers} workers`, colors.dim],
  ];
  return titleLine(told, duration(nowMs - header.startedAtMs), width, colors);
}

function phaseWords({ system: { phase, stop }, isKilling }: RunView): string {
  if (isKilling) return 'killing';
  return stop === null || phase === 'finished' ? phase : `${phase} (${oneLine(describeStop(stop))})`;
}

function sessionLines(input: LiveScreenInput, width: number, rows: number): readonly string[] {
  const { view, nowMs, colors, lastLine } = input;
  const sessions = [...view.sessions.values()];
  if (sessions.length === 0) return rows > 0 ? [line([[' no session is live', colors.dim]], width)] : [];
  const shown = sessions.length <= rows ? sessions : sessions.slice(0, Math.max(0, rows - 1));
  const lines = shown.map((session) =>
    sessionLine(session, { view, nowMs, width, colors, said: lastLine(session.session) }),
  );
  const hidden = sessions.length - shown.length;
  return hidden === 0 || rows <= 0 ? lines : [...lines, line([[` … and ${hidden} more`, colors.dim]], width)];
}
