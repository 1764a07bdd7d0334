/**
 * The lines that stay above the live screen: what a person who comes back in the morning wants to scroll through. One for
 * each ticket that landed, ended otherwise or was given up, aligned with the lines of the live sessions.
 */
import { ENDING_MEANINGS } from '../../domain/ending.ts';
import type { TicketId } from '../../domain/ids.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import { ticketOfEntry, type RunView } from '../../domain/run-view.ts';
import { describeStop } from './plain.ts';
import { ticketColumns, ticketLabel } from './progress.ts';
import { counted, duration, fit, left, line, oneLine, right, type Paint, type Colors } from './text.ts';

/** Draws the line that an entry leaves behind, or null when it leaves none. The view has taken the entry in already. */
export function milestone(entry: JournalEntry, view: RunView, width: number, colors: Colors): string | null {
  const notice = (text: string): string => line([[' ! ', colors.yellow], [oneLine(text)]], width - 1);
  switch (entry.type) {
    case 'run.recovered':
      return entry.notes.length === 0 ? null : notice(`recovered: ${entry.notes.join('; ')}`);
    case 'run.draining':
      return notice(`draining (${describeStop(entry.reason)}): live sessions finish, nothing new starts`);
    case 'run.stopping':
      return notice(`stopping (${describeStop(entry.reason)}): live agents are asked to end`);
    case 'run.killing':
      return notice('killing: live agents are ended at once');
    case 'merge.finished': {
      const session = view.sessions.get(entry.session);
      if (entry.outcome.kind !== 'landed' || session === undefined) return null;
      const took = entry.at - session.dispatchedAtMs;
      const { ticket, attempt } = session;
      return endLine(
        { mark: '✓', paint: colors.green, ticket, attempt, word: 'landed', took },
        '',
        view,
        width,
        colors,
      );
    }
    case 'ticket.requeued':
      return view.system.stop === null
        ? unlanded(entry, '↻', colors.yellow, 'to be tried again: ', view, width, colors)
        : unlanded(entry, '–', colors.dim, 'stays open: ', view, width, colors);
    case 'ticket.failed':
      return unlanded(entry, '✗', colors.red, '', view, width, colors);
    default:
      return null;
  }
}

/** Draws one line for all the tickets that a failure blocked: there may be hundreds. */
export function blockedMilestone(tickets: readonly TicketId[], width: number, colors: Colors): string {
  const named = tickets.join(', ');
  return line(
    [
      [' ⊘ ', colors.red],
      [`${counted(tickets.length, 'ticket')} blocked by it: ${named}`, colors.dim],
    ],
    width - 1,
  );
}

interface End {
  readonly mark: string;
  readonly paint: Paint;
  readonly ticket: TicketId;
  readonly attempt: number;
  readonly word: string;
  readonly took: number;
}

function unlanded(
  entry: JournalEntry,
  mark: string,
  paint: Paint,
  fate: string,
  view: RunView,
  width: number,
  colors: Colors,
): string | null {
  const ticket = ticketOfEntry(view, entry);
  const last = ticket === null ? undefined : view.tickets.get(ticket)?.ended.at(-1);
  if (last === undefined) return null;
  const { attempt, ending, reason, dispatchedAtMs, endedAtMs } = last;
  const why = `${fate}${reason === '' ? ENDING_MEANINGS[ending] : reason}`;
  const end = { mark, paint, ticket: last.ticket, attempt, word: ending, took: endedAtMs - dispatchedAtMs };
  return endLine(end, why, view, width, colors);
}

/** The title where all is well, the reason where it is not: there is not room for both. */
function endLine(end: End, why: string, view: RunView, width: number, colors: Colors): string {
  const title = view.tickets.get(end.ticket)?.title ?? '';
  return line(
    [
      [` ${end.mark} `, end.paint],
      [left(ticketLabel(end.ticket, end.attempt), ticketColumns(view)), colors.bold],
      ['  '],
      [left(end.word, 10), end.paint],
      [` ${right(duration(end.took), 7)}  `],
      [why === '' ? fit(oneLine(title), width) : oneLine(why)],
    ],
    width - 1,
  );
}
