/**
 * The plan of a run for people: what comes first, what the rest waits for, and where more workers stop to help.
 */
import { UNTAGGED } from '../../domain/component.ts';
import { EVERYTHING } from '../../domain/locks.ts';
import type { PlannedMakespan, PlannedTicketStart, PlanReport } from '../../domain/plan-report.ts';
import {
  counted,
  duration,
  left,
  line,
  oneLine,
  right,
  widthOf,
  wrap,
  type Cell,
  type Colors,
} from './text.ts';

/** How a plan is drawn. */
export interface PlanStyle {
  /** Columns of the terminal. */
  readonly width: number;
  /** Lines of a list to show; 0 means all. */
  readonly limit: number;
  readonly colors: Colors;
}

/** Draws a plan, to the last newline. */
export function renderPlan(plan: PlanReport, style: PlanStyle): string {
  const sections = [
    summary(plan, style),
    starts(plan, style),
    criticalPath(plan, style),
    makespans(plan, style),
    busiest(plan, style),
    blocked(plan, style),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function summary(plan: PlanReport, { width, colors }: PlanStyle): readonly string[] {
  const { eligible, closed, blocked: stuck, excluded } = plan.totals;
  const counts = [
    `${counted(eligible, 'ticket')} to do`,
    ...(stuck === 0 ? [] : [`${stuck} blocked`]),
    ...(excluded === 0 ? [] : [`${excluded} not asked for`]),
    ...(closed === 0 ? [] : [`${closed} closed`]),
  ];
  const notes = [
    ...(plan.unit === 'steps'
      ? ['Every ticket is taken to last one step; --durations FILE says how long they do.']
      : []),
    ...(plan.dispatchesMax > 0 && plan.dispatchesMax < eligible
      ? [
          `One run dispatches no more than ${plan.dispatchesMax} sessions (maxIterations), so it ends before the last of them.`,
        ]
      : []),
  ];
  return [
    colors.bold(`Plan for ${plan.target}: ${counts.join(', ')}`),
    `${counted(plan.workers, 'worker')} would take ${span(plan, plan.makespan)}.`,
    ...notes.flatMap((note) => wrap(note, width).map((text) => colors.dim(text))),
  ];
}

function starts(plan: PlanReport, { width, limit, colors }: PlanStyle): readonly string[] {
  if (plan.starts.length === 0) return [];
  const shown = plan.starts.slice(0, limit === 0 ? undefined : limit);
  const whenColumns = Math.max(5, ...shown.map(({ start }) => moment(plan, start).length));
  const ticketColumns = Math.min(20, Math.max(6, ...shown.map(({ ticket }) => ticket.length)));
  const rest = width - whenColumns - ticketColumns - 8;
  const waitColumns = Math.min(
    Math.max(WAITS.length, ...shown.map((start) => widthOf(waitOf(start)))),
    Math.floor(rest / 2),
  );
  const row = (when: string, ticket: string, title: string, wait: string): readonly Cell[] => [
    [`  ${right(when, whenColumns)}  `, colors.cyan],
    [`${left(ticket, ticketColumns)}  `, colors.bold],
    [`${left(title, Math.max(0, rest - waitColumns))}  `],
    [wait, colors.dim],
  ];
  let before = -1;
  const rows = shown.map((start) => {
    // A wave begins where the time changes; saying it once lets the eye see the waves.
    const when = start.start === before ? '' : moment(plan, start.start);
    before = start.start;
    return line(row(when, start.ticket, oneLine(start.title), waitOf(start)), width);
  });
  return [
    colors.bold('Order of starts'),
    line(
      row(plan.unit === 'steps' ? 'step' : 'after', 'ticket', 'title', WAITS).map(([text]) => [
        text,
        colors.dim,
      ]),
      width,
    ),
    ...rows,
    ...hidden(plan.starts.length - shown.length, colors),
  ];
}

const WAITS = 'waits for';

/** Steps are counted from 1, times from 0. */
function moment(plan: PlanReport, at: number): string {
  return plan.unit === 'steps' ? String(at + 1) : duration(at);
}

function waitOf({ waitsFor, components }: PlannedTicketStart): string {
  switch (waitsFor?.kind) {
    case undefined:
      return '';
    case 'dependency':
      return `${waitsFor.ticket} to land`;
    case 'worker':
      return `a worker (${waitsFor.ticket})`;
    case 'component': {
      const { component, ticket } = waitsFor;
      if (component === UNTAGGED) return `no component (${ticket})`;
      if (component !== EVERYTHING) return `${oneLine(component)} (${ticket})`;
      return components.includes(EVERYTHING) ? `being alone (${ticket})` : `${ticket}, which runs alone`;
    }
  }
}

function criticalPath(plan: PlanReport, { width, colors }: PlanStyle): readonly string[] {
  const { tickets, length } = plan.criticalPath;
  if (tickets.length < 2) return [];
  return [
    colors.bold(`Longest chain: ${counted(tickets.length, 'ticket')}, ${span(plan, length)}`),
    ...wrap(tickets.join(' → '), width - 2).map((text) => `  ${text}`),
  ];
}

/** One row where more workers change nothing: the row before which it pays to stop adding them. */
function makespans(plan: PlanReport, { width, colors }: PlanStyle): readonly string[] {
  const [first] = plan.makespans;
  if (plan.starts.length === 0 || first === undefined) return [];
  const groups: (readonly [from: PlannedMakespan, to: PlannedMakespan])[] = [];
  for (const next of plan.makespans) {
    const group = groups.at(-1);
    if (group?.[0].makespan === next.makespan && group[0].peak === next.peak)
      groups[groups.length - 1] = [group[0], next];
    else groups.push([next, next]);
  }
  const row = (cells: readonly [string, string, string, string]): string =>
    `  ${right(cells[0], 7)}  ${right(cells[1], 10)}  ${right(cells[2], 8)}  ${right(cells[3], 7)}`;
  return [
    colors.bold('How long it takes by workers'),
    line([[row(['workers', 'makespan', 'speed-up', 'at once']), colors.dim]], width),
    ...groups.map(([from, to]) =>
      line(
        [
          [
            row([
              from === to ? String(from.workers) : `${from.workers}-${to.workers}`,
              span(plan, from.makespan),
              from.makespan === 0 ? '' : `${(first.makespan / from.makespan).toFixed(1)} x`,
              String(from.peak),
            ]),
            from.workers <= plan.workers && plan.workers <= to.workers ? colors.bold : (text) => text,
          ],
        ],
        width,
      ),
    ),
  ];
}

/** Where one component is most of the run, tickets that need less of it help more than workers do. */
function busiest(plan: PlanReport, { width, colors }: PlanStyle): readonly string[] {
  const shown = plan.components.filter(({ tickets }) => tickets > 1).slice(0, COMPONENTS_SHOWN);
  if (shown.length === 0) return [];
  const names = shown.map(({ component }) => (component === EVERYTHING ? '(alone)' : oneLine(component)));
  const columns = Math.min(30, Math.max(...names.map(widthOf)));
  return [
    colors.bold('Busiest components'),
    ...shown.map(({ tickets, length }, index) => {
      const work = plan.unit === 'steps' ? '' : `  ${span(plan, length)}`;
      return line([[`  ${left(names[index]!, columns)}  ${counted(tickets, 'ticket')}${work}`]], width);
    }),
  ];
}

const COMPONENTS_SHOWN = 5;

function blocked(plan: PlanReport, { width, limit, colors }: PlanStyle): readonly string[] {
  if (plan.blocked.length === 0) return [];
  const shown = plan.blocked.slice(0, limit === 0 ? undefined : limit);
  const ticketColumns = Math.min(20, Math.max(6, ...shown.map(({ ticket }) => ticket.length)));
  return [
    colors.bold(`Blocked: ${counted(plan.blocked.length, 'ticket')}`),
    ...shown.flatMap(({ ticket, reasons }) =>
      wrap(oneLine(reasons.join('; ')), width - ticketColumns - 4).map(
        (text, index) => `  ${colors.red(left(index === 0 ? ticket : '', ticketColumns))}  ${text}`,
      ),
    ),
    ...hidden(plan.blocked.length - shown.length, colors),
  ];
}

function hidden(count: number, colors: Colors): readonly string[] {
  return count === 0 ? [] : [colors.dim(`  … and ${count} more; --limit 0 shows all`)];
}

function span(plan: PlanReport, length: number): string {
  return plan.unit === 'steps' ? counted(length, 'step') : duration(length);
}
