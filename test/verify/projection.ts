/**
 * What a state of the supervisor is, as text that does not depend on who explored it: so the states that two explorations
 * reach can be compared as sets.
 */
import { chunkedItems } from '../../src/domain/chunked.ts';
import { sessionIn } from '../../src/domain/system-view.ts';
import type { TicketState } from '../../src/domain/ticket-state.ts';
import type { CoreNode } from '../../src/verify/core-table.ts';
import type { Scope } from '../../src/verify/scope.ts';

export function projectionsOf(reached: ReadonlySet<CoreNode<unknown>>, scope: Scope): ReadonlySet<string> {
  return new Set([...reached].map((node) => projectionOf(node, scope)));
}

function projectionOf({ look, told }: CoreNode<unknown>, { endings }: Scope): string {
  const { run, chart, hasActor } = look;
  const sessions = run.sessions
    .map(({ session, phase }) =>
      JSON.stringify([
        session,
        phase,
        sessionIn(told, session)?.commits,
        hasActor('session', session),
        hasActor('standIn', session),
      ]),
    )
    .sort();
  const tickets = [...chunkedItems(run.tickets)].map((state) => ticketText(state, endings));
  const locks = Object.entries(run.locks)
    .map((entry) => entry.join(' '))
    .sort();
  return JSON.stringify([chart, told.phase, run.stop?.kind[0], tickets, sessions, locks, run.pending]);
}

function ticketText(state: TicketState, endings: Scope['endings']): string {
  const { phase } = state;
  if (phase === 'blocked' && endings === 'apart') return JSON.stringify(state);
  if (phase === 'failed' && endings === 'apart') return `${phase}${state.attempts}${state.ending}`;
  return `${phase}${'attempts' in state ? state.attempts : ''}`;
}
