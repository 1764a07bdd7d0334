import { describe, expect, test } from 'vitest';

import type { StopSignal } from '../../src/cli/io.ts';
import { followSignals, type SignalOptions } from '../../src/cli/stop-by-signals.ts';
import { manualClock } from '../effects/manual-clock.ts';
import { fakeIo } from '../support/fake-io.ts';

function rig(given: Partial<SignalOptions> = {}) {
  const io = fakeIo('/nowhere', given.io);
  const clock = manualClock(0);
  const events: string[] = [];
  const note = (what: string) => (reason: { readonly kind: string; readonly signal?: StopSignal }) =>
    events.push(`${what} ${reason.signal}`);
  const handle = { drain: note('drain'), stop: note('stop'), kill: note('kill') };
  const follower = followSignals({
    drain: false,
    gracePeriodMs: 10_000,
    live: () => 3,
    say: (text) => events.push(text),
    ...given,
    io,
    clock,
  });
  return { io, clock, events, handle, follower };
}

describe('signals to a run', () => {
  test('ask the sessions to end at the first, and kill them at the second', () => {
    const { io, events, handle, follower } = rig();
    follower.attach(handle);
    io.signal('SIGTERM');
    expect(events).toEqual(['stop SIGTERM', 'stopping: 3 sessions asked to end, grace 10s; again to kill']);
    io.signal('SIGINT');
    expect(events.slice(2)).toEqual(['kill SIGINT']);
  });

  test('let the sessions finish at the first when draining was wanted, and kill them at the second', () => {
    const { io, events, handle, follower } = rig({ drain: true, live: () => 1 });
    follower.attach(handle);
    io.signal('SIGHUP');
    io.signal('SIGHUP');
    expect(events).toEqual(['drain SIGHUP', 'draining: 1 session may finish; again to kill', 'kill SIGHUP']);
  });

  test('are obeyed when the run is there, if they came before it', () => {
    const { io, events, handle, follower } = rig({ live: () => 0 });
    io.signal('SIGINT');
    expect(events).toEqual([]);
    follower.attach(handle);
    expect(events).toEqual(['stop SIGINT', 'stopping: no session is live']);
  });

  test('are left to the system once nobody follows them any more', () => {
    const { io, follower } = rig();
    expect(io.signal('SIGINT')).toBe(true);
    follower.detach();
    expect(io.signal('SIGINT')).toBe(false);
  });

  test('that npm passes on at once count as the key press that they come from', () => {
    const { io, clock, events, handle, follower } = rig({
      io: { ...fakeIo('/nowhere'), stdin: { isTTY: true }, env: { npm_command: 'exec' } },
    });
    follower.attach(handle);
    io.signal('SIGINT');
    clock.advance(30);
    io.signal('SIGINT');
    expect(events.filter((event) => event.startsWith('kill'))).toEqual([]);
    clock.advance(1000);
    io.signal('SIGINT');
    expect(events.at(-1)).toBe('kill SIGINT');
  });

  test('that come twice at once without npm are two', () => {
    const { io, events, handle, follower } = rig();
    follower.attach(handle);
    io.signal('SIGINT');
    io.signal('SIGINT');
    expect(events.at(-1)).toBe('kill SIGINT');
  });
});
