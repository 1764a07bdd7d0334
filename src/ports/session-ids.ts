import type { SessionId } from '../domain/ids.ts';

/** Hands out session ids that no run has used or will use. */
export interface SessionIds {
  next(): SessionId;
}
