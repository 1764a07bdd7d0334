/** Writes what an agent is told about its ticket, for commands that ask for `{prompt}`. */
export function promptOf(ticket: {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}): string {
  const body = ticket.body.trim();
  return [
    `Ticket ${ticket.id}: ${ticket.title}`,
    ...(body === '' ? [] : ['', body]),
    '',
    'Do this ticket in the current folder, a git worktree of your own, on its own branch. Commit your work.',
    'Do not merge, do not switch branches and do not close the ticket: that is done for you when your work is verified.',
  ].join('\n');
}
