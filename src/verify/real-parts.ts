/**
 * Of what are real surroundings made, where it is not what ships?
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import type { MergeQueue } from './real-merge-queue.ts';
import type { Session } from './real-session.ts';
import type { WorldSettings } from './session-world.ts';

/** What real surroundings are made of, where it is not what ships. */
export interface RealParts {
  readonly session?: Session;
  readonly mergeQueue?: MergeQueue;
  readonly sweeps?: WorldSettings['sweeps'];
  /**
   * Whether a machine may take steps while something that it said is still on its way. Its steps do not depend on what it
   * said, so `prompt` leaves out orders of steps only that come to the same; the tests hold it against `slow`.
   */
  readonly mail?: 'slow' | 'prompt';
  /** Names of the properties to judge the machines by; all when null. */
  readonly only?: readonly string[] | null;
}

/** Makes equal events the same object, because steps of the supervisor are looked up by it. The key tells them apart. */
export type Intern = (event: SupervisorEvent, key: string) => SupervisorEvent;
