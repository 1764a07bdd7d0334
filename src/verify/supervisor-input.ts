/**
 * What a supervisor and its sessions are started with in a scope.
 */
import type { SessionInput, SupervisorInput } from '../../machines/index.ts';
import type { SessionId } from '../domain/ids.ts';
import { modelInput } from './model-input.ts';
import { backlogOf, limitsOf, type Scope } from './scope.ts';

/** What a supervisor is started with in a scope. */
export function inputOf(scope: Scope): SupervisorInput {
  const { allowNoChanges, autoMerge } = scope;
  return modelInput(backlogOf(scope), limitsOf(scope), { allowNoChanges, autoMerge });
}

/** What a session of a scope is started with. */
export function sessionInputOf(
  scope: Scope,
  ticket: number,
  attempt: number,
  session: SessionId,
): SessionInput {
  const { backlog, sessions } = inputOf(scope);
  const { id, title } = backlog.tickets[ticket]!;
  const { timeouts, ...settings } = sessions;
  return { session, ticket: id, title, attempt, attemptTimeoutMs: timeouts.firstMs, ...settings };
}
