import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { unsafeIdReason } from '../../src/domain/ids.ts';
import { createRunId } from '../../src/effects/run-id.ts';
import { countedSessionIds } from '../../src/effects/session-ids.ts';
import { manualClock } from './manual-clock.ts';

describe('a run id', () => {
  test('is its start in UTC, to the millisecond, and two letters of chance', () => {
    const throws = [15 / 36, 0.999];
    const id = createRunId(manualClock(Date.UTC(2026, 10, 21, 8, 15, 2, 723)), () => throws.shift() ?? 0);
    expect(id).toBe('20261121-081502-k3fz');
  });

  test.prop([fc.nat({ max: 4_000_000_000 }), fc.integer({ min: 1, max: 10_000 })])(
    'sorts by age, whatever chance says',
    (earlier, later) => {
      const idAt = (ms: number, thrown: number) =>
        createRunId(manualClock(Date.UTC(2026, 10, 21) + ms), () => thrown);
      expect(idAt(earlier, 0.999) < idAt(earlier + later, 0)).toBe(true);
    },
  );

  test.prop([
    fc.date({ min: new Date('2020-01-01'), max: new Date('2999-12-31'), noInvalidDate: true }),
    fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 2, maxLength: 2 }),
  ])('is safe in paths and branch names, and so are the ids of its sessions', (date, throws) => {
    const run = createRunId(manualClock(date.getTime()), () => throws.pop() ?? 0);
    expect(run).toMatch(/^\d{8}-\d{6}-[0-9a-z]{4}$/);
    expect(unsafeIdReason(run)).toBeNull();
    expect(unsafeIdReason(countedSessionIds(run).next())).toBeNull();
  });
});

describe('the session ids of a run', () => {
  test('count from 001, go on after 999 and never repeat', () => {
    const ids = countedSessionIds('run');
    const handedOut = Array.from({ length: 1001 }, () => ids.next());
    expect(handedOut.slice(0, 2)).toEqual(['run-001', 'run-002']);
    expect(handedOut.slice(998)).toEqual(['run-999', 'run-1000', 'run-1001']);
    expect(new Set(handedOut).size).toBe(1001);
  });
});
