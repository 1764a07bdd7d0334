/** How a session ended: one word, decided once; the first cause wins. */
export const ENDINGS = [
  'merged',
  'noChanges',
  'failed',
  'timedOut',
  'stalled',
  'terminated',
  'conflicted',
  'rejected',
  'lost',
] as const;

/** One word of the closed list {@link ENDINGS}. */
export type Ending = (typeof ENDINGS)[number];

/** Why a live agent is being ended before it exits by itself. */
export type TerminationCause = Extract<Ending, 'timedOut' | 'stalled' | 'terminated'>;

/** Tells what each ending means, in words for a person. */
export const ENDING_MEANINGS: Readonly<Record<Ending, string>> = {
  merged: 'the work is on the integration ref and the ticket is closed',
  noChanges: 'the agent finished and left no commit and no change',
  failed: 'the agent, or a step around it, failed',
  timedOut: 'the attempt reached its deadline and was ended',
  stalled: 'the agent showed no sign of life for the stall timeout and was ended',
  terminated: 'the session was ended because the run is stopping',
  conflicted: 'the work does not merge with what landed before it',
  rejected: 'the merged tree did not pass a gate, or merging is held',
  lost: 'the session itself broke; what it left was salvaged',
};
