/** Names one session: one attempt of one ticket by one agent process. Never reused, in any run. */
export type SessionId = string;

/** Names one run: one life of the orchestrator. Never reused in a repository. */
export type RunId = string;

/** Names one ticket, as its file does. Safe in a path and in a branch name, by {@link unsafeIdReason}. */
export type TicketId = string;

/** Finds the run that a session belongs to by its id; null for a name that no run gives to a session. */
export function runOfSession(session: string): RunId | null {
  return /^(\d{8}-\d{6}-[0-9a-z]{4})-\d{3,}$/.exec(session)?.[1] ?? null;
}

/**
 * Says why an id may not become a path segment and a git ref segment, or null when it may.
 * The rules are the strictest of the two: git's `check-ref-format` and a plain file name.
 */
export function unsafeIdReason(id: string): string | null {
  if (id.length === 0) return 'it is empty';
  if (id.length > 100) return 'it is longer than 100 characters';
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id)) {
    return 'only letters, digits, ".", "_" and "-" are allowed, and the first must be a letter or a digit';
  }
  if (id.includes('..')) return 'it contains ".."';
  if (id.endsWith('.') || id.endsWith('.lock')) return 'git allows no ref that ends in "." or ".lock"';
  return null;
}
