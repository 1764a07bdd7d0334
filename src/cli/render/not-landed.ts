/**
 * What did not land, with the reason and where to look: the part of a report that a person acts on.
 */
import type { RunReport, TicketReport } from '../../domain/run-report.ts';
import { sessionDir } from '../../orchestrator/state-files.ts';
import { counted, fit, left, line, oneLine, wrap, type Colors, type Paint } from './text.ts';

/** Lists the tickets that a run set out to land and has not: what failed first, then what is blocked, then the rest. */
export function notLanded(report: RunReport): readonly TicketReport[] {
  const rank: Readonly<Record<TicketReport['standing'], number>> = {
    failed: 0,
    running: 1,
    merging: 1,
    blocked: 2,
    ready: 3,
    waiting: 4,
    landed: -1,
    closed: -1,
    excluded: -1,
  };
  return report.tickets
    .filter(({ standing }) => rank[standing] >= 0)
    .toSorted((a, b) => rank[a.standing] - rank[b.standing]);
}

/** Describes the tickets one below the other: who and what in a line, then why, then where its work and its log are. */
export function notLandedLines(
  tickets: readonly TicketReport[],
  run: string,
  width: number,
  colors: Colors,
): readonly string[] {
  const columns = Math.min(20, Math.max(6, ...tickets.map(({ id }) => id.length)));
  const indent = 3 + columns + 2;
  return tickets.flatMap((ticket) => {
    // Not as far in as the reason: paths are long, and stay whole to be copied.
    const place = (name: string, path: string): string => `     ${colors.dim(left(name, 7))} ${path}`;
    return [
      line(
        [
          ['   '],
          [left(ticket.id, columns), colors.bold],
          ['  '],
          [left(standingWord(ticket, true), 10), paintOf(ticket, colors)],
          ['  '],
          [fit(oneLine(ticket.title), width)],
        ],
        width,
      ),
      ...wrap(reasonOf(ticket), width - indent).map((text) => `${' '.repeat(indent)}${text}`),
      ...ticket.keptBranches.map((branch) => place('branch', branch)),
      ...ticket.keptWorktrees.map((worktree) => place('folder', worktree)),
      ...(hasLog(ticket) ? [place('log', `${sessionDir('', run, ticket.session ?? '')}/output.log`)] : []),
    ];
  });
}

/**
 * Says where a ticket stands in a word. How a failed one ended says more than that it failed; and when a run is over, what
 * it would have done next does not matter any more.
 */
export function standingWord({ standing, ending }: TicketReport, isOver: boolean): string {
  if (standing === 'failed') return ending ?? standing;
  return isOver && (standing === 'ready' || standing === 'waiting') ? 'open' : standing;
}

function paintOf({ standing }: TicketReport, colors: Colors): Paint {
  if (standing === 'failed') return colors.red;
  return standing === 'blocked' ? colors.yellow : colors.dim;
}

function reasonOf({ standing, attempts, reason }: TicketReport): string {
  const told = oneLine(reason);
  if (standing !== 'failed' || attempts < 2) return told;
  return `${told === '' ? '' : `${told}, `}after ${counted(attempts, 'attempt')}`;
}

function hasLog({ session, standing }: TicketReport): boolean {
  return session !== null && standing !== 'blocked';
}
