import { describe, expect, test } from 'vitest';

import { processIo, wantsColors } from '../../src/cli/process-io.ts';

describe('colours', () => {
  test.each([
    [true, {}, true],
    [false, {}, false],
    [true, { TERM: 'dumb' }, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('of a stream that is a terminal (%j) with %j are wanted: %j', (isTTY, env, wanted) => {
    expect(wantsColors(isTTY, env)).toBe(wanted);
  });
});

describe('the signals of the process', () => {
  test('go to whoever follows them, and to nobody afterwards', () => {
    const before = process.listenerCount('SIGTERM');
    const seen: string[] = [];
    const unfollow = processIo().onSignal((signal) => seen.push(signal));
    process.emit('SIGTERM', 'SIGTERM');
    unfollow();
    expect(seen).toEqual(['SIGTERM']);
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});
