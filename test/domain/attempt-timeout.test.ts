import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { attemptTimeoutMs } from '../../src/domain/attempt-timeout.ts';

describe('the time of an attempt', () => {
  test('grows by the increment with every attempt, up to the limit', () => {
    const policy = { firstMs: 600_000, incrementMs: 150_000, maxMs: 800_000 };
    expect([1, 2, 3, 4].map((attempt) => attemptTimeoutMs(policy, attempt))).toEqual([
      600_000, 750_000, 800_000, 800_000,
    ]);
    expect(attemptTimeoutMs({ ...policy, maxMs: 0 }, 4)).toBe(1_050_000);
  });

  test('is the same for all without an increment', () => {
    expect(
      [1, 5].map((attempt) => attemptTimeoutMs({ firstMs: 7, incrementMs: 0, maxMs: 0 }, attempt)),
    ).toEqual([7, 7]);
  });

  test.prop([fc.nat(), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 1000 })])(
    'never shrinks from one attempt to the next, nor below the first',
    (firstMs, incrementMs, maxMs, attempt) => {
      const policy = { firstMs, incrementMs, maxMs };
      expect(attemptTimeoutMs(policy, 1)).toBe(firstMs);
      expect(attemptTimeoutMs(policy, attempt + 1)).toBeGreaterThanOrEqual(attemptTimeoutMs(policy, attempt));
    },
  );
});
