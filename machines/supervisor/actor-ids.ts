/**
 * The names of the supervisor's children. Session ids are never reused, so neither are these: a live id that is spawned
 * twice would silently replace the first child.
 */
import type { SessionId } from '../../src/domain/ids.ts';

const SESSION = 'session.';
const STAND_IN = 'standIn.';

/** Names the actor of a session. */
export const actorOfSession = (session: SessionId): `session.${string}` => `${SESSION}${session}`;

/** Names the actor that ends and releases a session whose own machine broke. */
export const standInOfSession = (session: SessionId): `standIn.${string}` => `${STAND_IN}${session}`;

/** Tells which session an actor is of, and whether as itself or as its stand-in; null for the other children. */
export function sessionOfActor(
  actorId: string,
): { readonly session: SessionId; readonly standIn: boolean } | null {
  if (actorId.startsWith(SESSION)) return { session: actorId.slice(SESSION.length), standIn: false };
  if (actorId.startsWith(STAND_IN)) return { session: actorId.slice(STAND_IN.length), standIn: true };
  return null;
}
