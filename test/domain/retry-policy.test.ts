import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { ENDINGS } from '../../src/domain/ending.ts';
import { mayRetry, retryLimits } from '../../src/domain/retry-policy.ts';

describe('retryLimits', () => {
  test.each([
    { maxRestarts: 0, maxIterationsPerTicket: 5, attemptsMax: 1 },
    { maxRestarts: 2, maxIterationsPerTicket: 0, attemptsMax: 3 },
    { maxRestarts: 9, maxIterationsPerTicket: 5, attemptsMax: 5 },
    { maxRestarts: 0, maxIterationsPerTicket: 0, attemptsMax: 1 },
  ])(
    'allows $attemptsMax attempts for $maxRestarts restarts within $maxIterationsPerTicket iterations',
    (given) => {
      expect(retryLimits(given)).toEqual({ attemptsMax: given.attemptsMax });
    },
  );
});

describe('mayRetry', () => {
  test('tries again after what another attempt may mend, until the attempts are used up', () => {
    const retried = ENDINGS.filter((ending) => mayRetry(ending, 1, { attemptsMax: 2 }));
    expect(retried).toEqual(['noChanges', 'failed', 'timedOut', 'stalled', 'conflicted', 'rejected']);
    expect(ENDINGS.filter((ending) => mayRetry(ending, 2, { attemptsMax: 2 }))).toEqual([]);
  });

  test.prop([
    fc.nat(20),
    fc.nat(20),
    fc.array(fc.constantFrom(...ENDINGS), { minLength: 30, maxLength: 30 }),
  ])(
    'ends after at most as many attempts as are allowed, whatever the endings',
    (maxRestarts, maxIterationsPerTicket, endings) => {
      const limits = retryLimits({ maxRestarts, maxIterationsPerTicket });
      let attempts = 1;
      while (mayRetry(endings[attempts]!, attempts, limits)) attempts += 1;
      expect(attempts).toBeLessThanOrEqual(limits.attemptsMax);
    },
  );
});
