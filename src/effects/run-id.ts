import type { RunId } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * Makes the id of a run, e.g. `20261121-081502-k3f9`: its start in UTC to the second, two letters for the millisecond, so
 * that ids sort by age also when a run is started again at once, and two of chance, so that two clones which start
 * together differ. `dice` returns a number in [0, 1).
 */
export function createRunId(clock: Clock, dice: () => number): RunId {
  const nowMs = clock.nowMs();
  const stamp = new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const millisecond = (nowMs % 1000).toString(ALPHABET.length).padStart(2, '0');
  const chance = [dice(), dice()].map((thrown) => ALPHABET.charAt(Math.floor(thrown * ALPHABET.length)));
  return `${stamp}-${millisecond}${chance.join('')}`;
}
