import { expect, test } from 'vitest';
import { watchSilence } from '../../src/effects/silence-watch.ts';
import { manualClock } from './manual-clock.ts';

test('reports a silence once, as long as it was', () => {
  const { clock, watch, reports } = setUp(100);
  clock.advance(60);
  watch.heard();
  clock.advance(99);
  expect(reports).toEqual([]);
  clock.advance(1);
  clock.advance(1000);
  watch.heard();
  clock.advance(1000);
  expect(reports).toEqual([100]);
});

test('reports nothing when the timeout is 0, or after it was stopped', () => {
  const never = setUp(0);
  never.clock.advance(1e9);
  expect(never.reports).toEqual([]);

  const stopped = setUp(100);
  stopped.watch.stop();
  stopped.clock.advance(1e9);
  expect(stopped.reports).toEqual([]);
});

test('takes no silence for a stall while nobody reads', () => {
  let deaf = true;
  const { clock, reports } = setUp(100, () => deaf);
  clock.advance(500);
  deaf = false;
  expect(reports).toEqual([]);
  clock.advance(100);
  expect(reports).toEqual([100]);
});

test('waits again when a timer wakes it early, as a clamped one does', () => {
  const clock = manualClock();
  const reports: number[] = [];
  const early = {
    ...clock,
    setTimeout: (callback: () => void, delayMs: number) => clock.setTimeout(callback, Math.min(delayMs, 10)),
  };
  watchSilence({ clock: early, timeoutMs: 25, isDeaf: () => false, onSilence: (ms) => reports.push(ms) });
  clock.advance(24);
  expect(reports).toEqual([]);
  clock.advance(1);
  expect(reports).toEqual([25]);
});

function setUp(timeoutMs: number, isDeaf = () => false) {
  const clock = manualClock();
  const reports: number[] = [];
  const watch = watchSilence({ clock, timeoutMs, isDeaf, onSilence: (silentMs) => reports.push(silentMs) });
  return { clock, watch, reports };
}
