/**
 * What `ralph-actors status` prints: a run as its journal tells it, whether it goes on, is over, or was cut off.
 */
import pc from 'picocolors';

import { chunkedItems } from '../../domain/chunked.ts';
import { outcomeOf } from '../../domain/exit-code.ts';
import { runReport, type TicketReport } from '../../domain/run-report.ts';
import type { RunHeader, RunView } from '../../domain/run-view.ts';
import { notLanded, standingWord } from './not-landed.ts';
import { barLine, countLine, heldLines, sessionLine, ticketColumns, titleLine } from './progress.ts';
import { describeStop } from './plain.ts';
import { duration, left, line, oneLine, type Cell, type Colors } from './text.ts';

/** How a status is drawn. */
export interface StatusStyle {
  readonly nowMs: number;
  readonly colors: boolean;
  readonly width?: number;
  /** Whether the orchestrator that writes the journal is still there. */
  readonly isOwnerAlive: boolean;
  /** What the guardian of a run that was cut off did; null when it has not said. */
  readonly guarding: string | null;
}

/** Writes the status of a run, whose first entry the view must have seen, as text that ends in a line break. */
export function statusText(
  view: RunView,
  { nowMs, colors: hasColors, width = 80, isOwnerAlive, guarding }: StatusStyle,
): string {
  const { header } = view;
  if (header === null) throw new Error('a run without its first entry has no status');
  const colors = pc.createColors(hasColors);
  const sections = [
    [statusTitle(view, header, nowMs, isOwnerAlive, width, colors), barLine(view.counts, width, colors)],
    view.sessions.size === 0 ? [] : sessionLines(view, nowMs, isOwnerAlive, width, colors),
    [countLine(view.counts, width, colors), ...heldLines(view, width, colors)],
    notLandedSection(view, width, colors),
    hintLines(view, isOwnerAlive, guarding, colors),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function statusTitle(
  view: RunView,
  header: RunHeader,
  nowMs: number,
  isOwnerAlive: boolean,
  width: number,
  colors: Colors,
): string {
  const untilMs = view.finishedAtMs ?? (isOwnerAlive ? nowMs : (view.lastAtMs ?? nowMs));
  const told: readonly Cell[] = [
    [' run ', colors.dim],
    [header.run, colors.bold],
    [`  on ${header.target}`],
    [
      `  ${stateWords(view, isOwnerAlive)}`,
      isOwnerAlive && view.finishedAtMs === null ? colors.cyan : colors.yellow,
    ],
  ];
  return titleLine(told, duration(untilMs - header.startedAtMs), width, colors);
}

function stateWords(view: RunView, isOwnerAlive: boolean): string {
  const { phase, stop, states } = view.system;
  if (view.finishedAtMs !== null) {
    const outcome = outcomeOf({ stop, tickets: chunkedItems(states) });
    const how = stop?.kind === 'signal' ? `${outcome} by ${describeStop(stop)}` : `finished, ${outcome}`;
    return `${how}, exit code ${view.exitCode ?? '?'}`;
  }
  if (!isOwnerAlive) return `cut off while ${phase}`;
  return stop === null ? phase : `${phase} (${oneLine(describeStop(stop))})`;
}

function sessionLines(
  view: RunView,
  nowMs: number,
  isOwnerAlive: boolean,
  width: number,
  colors: Colors,
): readonly string[] {
  const atMs = isOwnerAlive ? nowMs : (view.lastAtMs ?? nowMs);
  return Array.from(view.sessions.values(), (session) =>
    sessionLine(session, { view, nowMs: atMs, width, colors, said: '' }),
  );
}

function notLandedSection(view: RunView, width: number, colors: Colors): readonly string[] {
  const tickets = notLanded(runReport(view)).filter(
    ({ standing }) => standing !== 'running' && standing !== 'merging',
  );
  if (tickets.length === 0) return [];
  return [
    ` ${colors.bold('Not landed')}`,
    ...tickets.map((ticket) => ticketLine(ticket, view, width, colors)),
  ];
}

function ticketLine(ticket: TicketReport, view: RunView, width: number, colors: Colors): string {
  const { id, standing, reason, title } = ticket;
  return line(
    [
      ['   '],
      [left(id, ticketColumns(view)), colors.bold],
      ['  '],
      [
        left(standingWord(ticket, view.finishedAtMs !== null), 10),
        standing === 'failed' ? colors.red : colors.dim,
      ],
      ['  '],
      [oneLine(reason === '' ? title : reason)],
    ],
    width,
  );
}

function hintLines(
  view: RunView,
  isOwnerAlive: boolean,
  guarding: string | null,
  colors: Colors,
): readonly string[] {
  if (view.finishedAtMs !== null || isOwnerAlive) return [];
  return [
    ...(guarding === null ? [] : [` ${guarding}`]),
    ` ${colors.dim('next:')} ralph-actors run ends what this run left behind, saves its work and goes on`,
  ];
}
