import { expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/load.ts';
import { timeoutPolicy } from '../../src/config/timeout-policy.ts';

function policyOf(settings: Readonly<Record<string, unknown>>) {
  const resolved = resolveConfig(
    Object.entries(settings).map(([key, value]) => ({
      source: { kind: 'flag', flag: `--${key}` },
      key,
      value,
    })),
  );
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return timeoutPolicy(resolved.config);
}

test('takes the deadline for one worker or the one for several', () => {
  expect(policyOf({})).toEqual({ firstMs: 600_000, incrementMs: 0, maxMs: 0 });
  expect(policyOf({ parallelWorkers: 2 })).toEqual({ firstMs: 1_800_000, incrementMs: 0, maxMs: 0 });
});

test('grows only where that was asked for', () => {
  expect(policyOf({ timeoutBackoffEnabled: true, timeoutBackoffMaxMs: 900_000 })).toEqual({
    firstMs: 600_000,
    incrementMs: 150_000,
    maxMs: 900_000,
  });
});
