/**
 * The live sessions of one moment, in the order of their dispatch.
 *
 * A list and not a table by id: there are a few of them, one is replaced at every fact, and looking through a short list costs
 * less than finding a key, as copying it costs less than copying a table. Nobody inherits a session from `Object`, either.
 */
import type { SessionId } from './ids.ts';

/** Something that is known of one session. */
interface OfSession {
  readonly session: SessionId;
}

/** Finds what is known of a session; undefined when it is not live. */
export function findSession<Live extends OfSession>(
  sessions: readonly Live[],
  session: SessionId,
): Live | undefined {
  for (const live of sessions) if (live.session === session) return live;
  return undefined;
}

/** Puts what is now known of a live session in the place of what was. */
export function replaceSession<Live extends OfSession>(
  sessions: readonly Live[],
  changed: Live,
): readonly Live[] {
  const next = sessions.slice();
  for (let at = 0; at < next.length; at += 1) if (next[at]!.session === changed.session) next[at] = changed;
  return next;
}

/** Leaves out a session that is over. */
export function dropSession<Live extends OfSession>(
  sessions: readonly Live[],
  session: SessionId,
): readonly Live[] {
  return sessions.filter((live) => live.session !== session);
}
