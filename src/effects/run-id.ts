import type { RunId } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';

const SUFFIX_LENGTH = 4;
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * Makes the id of a run, e.g. `20261121-081502-k3f9`: its start in UTC, so that ids sort by age, and four letters of
 * chance, so that two clones which start in the same second differ. `dice` returns a number in [0, 1).
 */
export function createRunId(clock: Clock, dice: () => number): RunId {
  const stamp = new Date(clock.nowMs()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const suffix = Array.from({ length: SUFFIX_LENGTH }, () =>
    ALPHABET.charAt(Math.floor(dice() * ALPHABET.length)),
  );
  return `${stamp}-${suffix.join('')}`;
}
