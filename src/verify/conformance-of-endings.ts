/**
 * What may come of a session's work, and how may the session end, after what was told of it? The part of the protocol
 * (`conformance.ts`) that looks at more than the last report.
 */
import type { Ending } from '../domain/ending.ts';
import type { SessionId } from '../domain/ids.ts';
import type { FactOf } from '../domain/run-fact.ts';

/** Says why a session cannot end like that after what was told of it; null when it can. */
export function refuseEnd(
  { session, ending }: FactOf<'session.ended'>,
  { releasing, timingOut, verified, merge }: Told,
): string | null {
  if (ending === 'lost') return null;
  if (releasing === undefined) return `session ${session} ended ${ending} before it was released`;
  if (releasing.ending !== ending) {
    return `session ${session} ended ${ending}; it was being released as ${releasing.ending}`;
  }
  const isLanded = merge?.outcome.kind === 'landed';
  switch (ending) {
    case 'merged':
      return isLanded ? null : `session ${session} ended merged, and no merge of it landed`;
    case 'conflicted':
      return merge?.outcome.kind === 'conflicted' ? null : `session ${session} met no conflict`;
    case 'timedOut':
    case 'stalled':
      return timingOut?.cause === ending ? null : `session ${session} was not ended because it ${ending}`;
    case 'rejected':
    case 'noChanges':
      if (verified === undefined) return `session ${session} ended ${ending}, and its work was not verified`;
      return isLanded && ending === 'rejected' ? afterLanding(session, ending) : null;
    case 'failed':
    case 'terminated':
      return isLanded ? afterLanding(session, ending) : null;
  }
}

/** Says why the merge of a session's work cannot be asked for; null when it can. */
export function refuseRequest(
  { session }: FactOf<'merge.requested'>,
  verified: FactOf<'session.verified'> | undefined,
): string | null {
  if (verified === undefined) return `the work of ${session} was not verified`;
  return verified.objection === undefined
    ? null
    : `the work of ${session} is for a person to merge: ${verified.objection}`;
}

/** What was said of a session on which its ending may depend. */
export interface Told {
  readonly releasing: FactOf<'session.releasing'> | undefined;
  readonly timingOut: FactOf<'session.timingOut'> | undefined;
  readonly verified: FactOf<'session.verified'> | undefined;
  readonly merge: FactOf<'merge.finished'> | undefined;
}

function afterLanding(session: SessionId, ending: Ending): string {
  return `session ${session} ended ${ending} after its work had landed`;
}
