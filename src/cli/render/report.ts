/**
 * The report at the end of a run, for people: did it work, what did not and where to look, and what to type next.
 */
import pc from 'picocolors';

import type { RunReport, TicketReport } from '../../domain/run-report.ts';
import { integrationRef } from '../../effects/git/landings.ts';
import { notLanded, notLandedLines } from './not-landed.ts';
import { describeStop } from './plain.ts';
import { toDo } from './progress.ts';
import { counted, duration, line, oneLine, wrap, type Cell, type Colors } from './text.ts';

/** How a report is drawn. */
export interface ReportStyle {
  readonly colors: boolean;
  /** Columns to wrap at; paths, branches and commands stay whole, so that they can be copied. */
  readonly width?: number;
}

/** Tickets described at length; the rest is counted, and `status` lists it. */
const DESCRIBED_MAX = 20;

/** Writes the report of a run as text that ends in a line break. */
export function reportText(report: RunReport, { colors: hasColors, width = 80 }: ReportStyle): string {
  const colors = pc.createColors(hasColors);
  const sections = [
    headline(report, width, colors),
    figures(report, width, colors),
    whatDidNotLand(report, width, colors),
    keptOfLanded(report, width, colors),
    publication(report, width, colors),
    notes(report, width, colors),
    [next(report, colors)],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headline(report: RunReport, width: number, colors: Colors): readonly string[] {
  const mark: Cell = report.outcome === 'complete' ? [' ✓ ', colors.green] : [' ! ', colors.yellow];
  const took = toDo(report.totals) === 0 ? '' : ` in ${duration(report.wallTimeMs)}`;
  const told = `${landedWords(report)}${took}${outcomeWords(report)}`;
  const [first = '', ...rest] = wrap(told, width - 3);
  return [line([mark, [first, colors.bold]], width), ...rest.map((text) => `   ${colors.bold(text)}`)];
}

function landedWords({ totals, target, publication: where }: RunReport): string {
  const wanted = toDo(totals);
  if (wanted === 0) return 'nothing to do';
  const place = where?.kind === 'held' ? `for ${target} (not published yet)` : `on ${target}`;
  return totals.landed === wanted
    ? `${wanted === 1 ? 'the one ticket' : `all ${wanted} tickets`} landed ${place}`
    : `${totals.landed} of ${counted(wanted, 'ticket')} landed ${place}`;
}

function outcomeWords({ outcome, stop }: RunReport): string {
  switch (outcome) {
    case 'complete':
    case 'incomplete':
      return '';
    case 'deadlock':
      return '; the rest waits in a cycle, or for a ticket that does not exist';
    case 'budgetSpent':
    case 'stopped':
    case 'broken':
      return stop === null
        ? ''
        : `; ${stop.kind === 'signal' ? 'ended by ' : ''}${oneLine(describeStop(stop))}`;
    case 'unfinished':
      return '; it is not finished';
  }
}

function figures(report: RunReport, width: number, colors: Colors): readonly string[] {
  const { totals, sessions, sessionTimeMs, wallTimeMs, agentsPeak, workers } = report;
  const open = totals.ready + totals.waiting + totals.running + totals.merging;
  const counts: readonly Cell[] = [
    ['   landed ', colors.dim],
    [String(totals.landed), colors.green],
    ['  failed ', colors.dim],
    [String(totals.failed), totals.failed === 0 ? colors.dim : colors.red],
    ['  blocked ', colors.dim],
    [String(totals.blocked), totals.blocked === 0 ? colors.dim : colors.yellow],
    ['  open ', colors.dim],
    [String(open), open === 0 ? colors.dim : colors.bold],
    ...(totals.closed === 0 ? [] : [[`  closed before ${totals.closed}`, colors.dim] as const]),
    ...(totals.excluded === 0 ? [] : [[`  not asked for ${totals.excluded}`, colors.dim] as const]),
  ];
  if (sessions === 0) return [line(counts, width)];
  const ratio = wallTimeMs === 0 ? '' : `, ${(sessionTimeMs / wallTimeMs).toFixed(1)} x the wall time`;
  return [
    line(counts, width),
    line(
      [
        ['   '],
        [`${counted(sessions, 'session')} took ${duration(sessionTimeMs)}${ratio}; `, colors.dim],
        [`at most ${agentsPeak} of ${counted(workers, 'worker')} at once`, colors.dim],
      ],
      width,
    ),
  ];
}

function whatDidNotLand(report: RunReport, width: number, colors: Colors): readonly string[] {
  const all = notLanded(report);
  if (all.length === 0) return [];
  // What was never begun and is not blocked has nothing to tell.
  const told = all.filter(({ standing, attempts }) => attempts > 0 || standing === 'blocked');
  const shown = told.slice(0, DESCRIBED_MAX);
  const hidden = told.length - shown.length;
  const untouched = all.length - told.length;
  return [
    ` ${colors.bold('Did not land')}`,
    ...notLandedLines(shown, report.run, width, colors),
    ...(hidden === 0 ? [] : [`   … and ${hidden} more: ralph-actors status`]),
    ...(untouched === 0 ? [] : [`   ${counted(untouched, 'ticket')} not begun`]),
  ];
}

/** A ticket that landed at its second attempt may have left commits of its first: nothing is lost, so it is said. */
function keptOfLanded(report: RunReport, width: number, colors: Colors): readonly string[] {
  const kept = report.tickets.filter(
    ({ standing, keptBranches, keptWorktrees }: TicketReport) =>
      standing === 'landed' && keptBranches.length + keptWorktrees.length > 0,
  );
  if (kept.length === 0) return [];
  const shown = kept.slice(0, DESCRIBED_MAX);
  return [
    ` ${colors.bold('Kept of earlier attempts')}`,
    ...shown.flatMap(({ id, keptBranches, keptWorktrees }) =>
      [...keptBranches, ...keptWorktrees].map((place) => `   ${id}  ${place}`),
    ),
    ...(kept.length === shown.length
      ? []
      : [line([[`   … and of ${kept.length - shown.length} more tickets`]], width)]),
  ];
}

function publication(report: RunReport, width: number, colors: Colors): readonly string[] {
  const { publication: where, target } = report;
  if (where?.kind !== 'held') return [];
  const told = `The work is on ${integrationRef(target)}, not on ${target} yet: ${oneLine(where.reason)}`;
  return [
    ` ${colors.bold(colors.yellow('Held'))}`,
    ...wrap(told, width - 3).map((text) => `   ${text}`),
    `   to publish it:  ${colors.bold(publishCommand(target))}`,
  ];
}

function publishCommand(target: string): string {
  return `git merge --ff-only ${integrationRef(target)}`;
}

function notes({ recoveryNotes }: RunReport, width: number, colors: Colors): readonly string[] {
  if (recoveryNotes.length === 0) return [];
  return [
    ` ${colors.bold('Recovered from an earlier run')}`,
    ...recoveryNotes.flatMap((note) =>
      wrap(oneLine(note), width - 5).map((text, index) => `   ${index === 0 ? '- ' : '  '}${text}`),
    ),
  ];
}

function next(report: RunReport, colors: Colors): string {
  return ` ${colors.dim('next:')} ${nextStep(report)}`;
}

function nextStep(report: RunReport): string {
  if (report.publication?.kind === 'held') return publishCommand(report.target);
  switch (report.outcome) {
    case 'complete':
      return toDo(report.totals) === 0
        ? 'add tickets to .tickets/'
        : `git log --first-parent ${report.target}`;
    case 'incomplete':
      return 'mend what is named above, then ralph-actors run';
    case 'deadlock':
      return 'mend the dependencies in .tickets/, then ralph-actors run';
    case 'budgetSpent':
    case 'stopped':
    case 'broken':
    case 'unfinished':
      return 'ralph-actors run goes on where this run ended';
  }
}
