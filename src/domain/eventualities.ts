/**
 * The third kind of promise: what must come about in the end, if everybody does what they owe.
 *
 * A single run cannot show them, since a run that was cut off owes nothing. The checker judges them on all runs at once:
 * from every state that can be reached, one must stay reachable where the eventuality is met.
 */
import { chunkedItems } from './chunked.ts';
import type { SystemView } from './system-view.ts';

/** Something that must stay within reach from every moment of every run. */
export interface Eventuality {
  readonly name: string;
  /** Completes "it comes about that ...". */
  readonly describe: string;
  isMet(view: SystemView): boolean;
}

/** The one that holds even of agents that never end by themselves. */
export const STOP_ENDS = 'E4 stopEnds';

/** What every run comes to. */
export const EVENTUALITIES: readonly Eventuality[] = [
  {
    name: 'E1 runEnds',
    describe: 'the run is finished',
    isMet: ({ phase }) => phase === 'finished',
  },
  {
    name: 'E2 ticketsSettled',
    describe: 'every ticket is landed, closed, or has a recorded reason why not',
    isMet: ({ states, stop }) => {
      // What a stop leaves behind is open for the next run, and the stop is the recorded reason.
      if (stop !== null) return true;
      for (const { phase } of chunkedItems(states)) if (phase === 'pending' || phase === 'live') return false;
      return true;
    },
  },
  {
    name: 'E3 allReleased',
    describe: 'no session is live and no component is held',
    isMet: ({ sessions, locks }) => sessions.length === 0 && isEmpty(locks),
  },
  {
    name: STOP_ENDS,
    describe: 'the stop that was asked for is over and the run is finished',
    isMet: ({ phase }) => phase !== 'stopping',
  },
];

function isEmpty(record: object): boolean {
  for (const _key in record) return false;
  return true;
}
