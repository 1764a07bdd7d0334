import { test } from '@fast-check/vitest';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';

import { liveScreen } from '../../../src/cli/render/live-screen.ts';
import { blockedMilestone, milestone } from '../../../src/cli/render/milestone.ts';
import { startLiveView, type LiveView } from '../../../src/cli/render/live.ts';
import type { JournalEntry } from '../../../src/domain/journal-entry.ts';
import type { RunFact } from '../../../src/domain/run-fact.ts';
import { emptyRunView, foldRunView } from '../../../src/domain/run-view.ts';
import { manualClock, type ManualClock } from '../../effects/manual-clock.ts';
import { goodLife, journalOf, planned, START_MS, started } from '../../support/journal-of.ts';
import { interrupted, overnight } from '../../support/overnight-run.ts';
import { randomRun } from '../../support/random-run.ts';
import { randomRunInput } from '../../support/random-run-input.ts';
import { fakeTerminal, type FakeTerminal } from '../../support/terminal.ts';

interface Rig {
  readonly terminal: FakeTerminal;
  readonly clock: ManualClock;
  readonly live: LiveView;
  /** What must be on the terminal now. */
  shown(): readonly string[];
  /** Has entries happen at their times, and lets the clock go on in between. */
  play(entries: readonly JournalEntry[]): void;
}

function rig(terminal: FakeTerminal = fakeTerminal()): Rig {
  const view = emptyRunView();
  const clock = manualClock(START_MS);
  const lastLine = (session: string): string => `output of ${session}`;
  const live = startLiveView({ output: terminal, clock, view, lastLine });
  const colors = pc.createColors(false);
  const above: string[] = [];
  return {
    terminal,
    clock,
    live,
    shown() {
      const { columns: width, rows: height } = terminal;
      if (terminal.isCursorShown) return above.length === 0 ? [''] : above;
      return [...above, ...liveScreen({ view, nowMs: clock.nowMs(), width, height, colors, lastLine })];
    },
    play(entries) {
      for (const entry of entries) {
        clock.advance(Math.max(0, entry.at - clock.nowMs()));
        foldRunView(view, entry);
        live.show(entry);
        const stays =
          entry.type === 'ticket.blocked'
            ? blockedMilestone([entry.ticket], terminal.columns, colors)
            : milestone(entry, view, terminal.columns, colors);
        if (stays !== null) above.push(stays);
      }
    },
  };
}

const small = [
  started([planned('a'), planned('b')]),
  { type: 'run.recovered', notes: [] },
  ...goodLife('s1', 'a'),
] satisfies RunFact[];

/** The same entries, one a second: an hour of redrawing would only take time. */
const swift = (items: readonly (RunFact | number)[]): readonly JournalEntry[] =>
  journalOf(items.filter((item) => typeof item !== 'number'));

describe('the live view', () => {
  it('keeps what happened above a screen that is redrawn in place', () => {
    const { terminal, clock, play } = rig();
    play(swift(overnight));
    clock.advance(1000);
    expect(terminal.lines().join('\n')).toMatchInlineSnapshot(`
      " ! recovered: salvaged 2 commits of session s00 to ralph/ra-base/s00
       ✓ ra-base      landed          8s  Lay the foundations
       ↻ ra-sock      timedOut        6s  to be tried again: the attempt reached its…
       ✓ ra-pars      landed         16s  Parse front matter as real YAML
       ✗ ra-sock (2)  conflicted     17s  conflicts in src/net/socket.ts, src/net/re…
       ⊘ 1 ticket blocked by it: ra-pool
       ⊘ 1 ticket blocked by it: ra-keep
       ralph-actors  main  2 of 4 workers                                      1m 02s
       ███████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░  2 of 10 landed   20%

       ▲ ra-docs      stalled        29s  docs     output of s04
       ◆ ra-emoj      merging        23s  ui       output of s06
       ● ra-last      running         3s  api, db  output of s07

       ready 1  waiting 0  blocked 3  running 2  merging 1  landed 2  failed 1
       held  main is checked out with local edits in src/a.ts"
    `);
  });

  it('leaves the lines above and the cursor when it stops', () => {
    const { terminal, play, live } = rig();
    expect(terminal.isCursorShown).toBe(false);
    play(swift(interrupted));
    live.stop();
    expect(terminal.isCursorShown).toBe(true);
    expect(terminal.lines().join('\n')).toMatchInlineSnapshot(`
      " ! recovered: salvaged 2 commits of session s00 to ralph/ra-base/s00
       ✓ ra-base      landed          8s  Lay the foundations
       ↻ ra-sock      timedOut        6s  to be tried again: the attempt reached its…
       ✓ ra-pars      landed         16s  Parse front matter as real YAML
       ✗ ra-sock (2)  conflicted     17s  conflicts in src/net/socket.ts, src/net/re…
       ⊘ 1 ticket blocked by it: ra-pool
       ⊘ 1 ticket blocked by it: ra-keep
       ! stopping (SIGINT): live agents are asked to end
       – ra-docs      stalled        33s  stays open: no output for 10m
       ✓ ra-emoj      landed         29s  Show 👩‍💻 where an agent works
       – ra-last      terminated     14s  stays open: the session was ended because…"
    `);
  });

  it('draws at most ten times a second, however much happens', () => {
    const { terminal, clock, play } = rig();
    const entries = journalOf(small).map((entry, index) => ({ ...entry, at: START_MS + index }));
    const before = terminal.writes;
    play(entries);
    expect(terminal.writes).toBe(before);
    clock.advance(START_MS + 99 - clock.nowMs());
    expect(terminal.writes).toBe(before);
    clock.advance(1);
    expect(terminal.writes).toBe(before + 1);
  });

  it('redraws twice a second while nothing happens, and writes only what changed', () => {
    const { terminal, clock, play } = rig();
    play(journalOf(small.slice(0, 5)));
    clock.advance(100);
    const before = terminal.writes;
    // Ten drawings; the clocks on the screen show whole seconds, so half of the drawings change nothing.
    clock.advance(5000);
    expect(terminal.writes).toBe(before + 5);
  });

  it('goes on when the clock is set back', () => {
    const terminal = fakeTerminal();
    const clock = manualClock(START_MS);
    let offsetMs = 0;
    const shifted = { ...clock, nowMs: () => clock.nowMs() + offsetMs };
    const view = emptyRunView();
    const live = startLiveView({ output: terminal, clock: shifted, view, lastLine: () => '' });
    offsetMs = -3_600_000;
    const [first] = journalOf(small);
    foldRunView(view, first!);
    live.show(first!);
    clock.advance(100);
    expect(terminal.lines()[0]).toContain('main');
    live.stop();
  });

  it('never draws past the top of the window, also when the window shrinks', () => {
    const { terminal, clock, play } = rig(fakeTerminal({ rows: 10 }));
    play(swift(overnight));
    clock.advance(500);
    terminal.resize(60, 6);
    clock.advance(500);
    expect(terminal.lines().at(-1)).toBe(' held  main is checked out with local edits in src/a.ts');
    expect(terminal.highestClimb).toBeLessThan(10);
  });

  it('says in one line how many tickets a failure has blocked', () => {
    const { terminal, play, live } = rig();
    const tickets = Array.from({ length: 30 }, (_, index) =>
      planned(`t${index}`, { deps: index === 0 ? [] : ['t0'] }),
    );
    play(
      journalOf([
        started(tickets, { attemptsMax: 1 }),
        { type: 'run.recovered', notes: [] },
        ...goodLife('s1', 't0').slice(0, 3),
        { type: 'session.exited', session: 's1', code: 1, signal: null, survivorsFound: 0, survivorsLeft: 0 },
        { type: 'session.releasing', session: 's1', ending: 'failed' },
        {
          type: 'session.ended',
          session: 's1',
          ending: 'failed',
          reason: 'exit code 1',
          keptBranch: null,
          keptWorktree: null,
        },
        { type: 'ticket.failed', ticket: 't0', ending: 'failed', attempts: 1 },
        ...tickets.slice(1).map(({ id }): RunFact => ({
          type: 'ticket.blocked',
          ticket: id,
          blockers: [{ kind: 'dependencyFailed', dependency: 't0', ending: 'failed' }],
        })),
      ]).map((entry) => ({ ...entry, at: START_MS })),
    );
    live.stop();
    expect(terminal.lines()).toEqual([
      ' ✗ t0      failed          0s  exit code 1',
      ' ⊘ 29 tickets blocked by it: t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12…',
    ]);
  });

  it('prints lines of others above the screen, in order', () => {
    const { terminal, clock, play, live } = rig();
    play(journalOf(small.slice(0, 2)));
    live.print('a warning');
    live.print('another one');
    clock.advance(100);
    expect(terminal.lines().slice(0, 3)).toEqual([
      'a warning',
      'another one',
      expect.stringContaining(' ralph-actors'),
    ]);
    live.stop();
  });

  it('is silent after it has stopped', () => {
    const { terminal, clock, play, live } = rig();
    live.stop();
    const { writes } = terminal;
    live.stop();
    live.print('too late');
    play(journalOf(small));
    clock.advance(10_000);
    expect(terminal.writes).toBe(writes);
  });

  it('shows the same in colour', () => {
    const [plain, colored] = [rig(), rig(fakeTerminal({ colors: true }))];
    plain.play(swift(overnight));
    colored.play(swift(overnight));
    expect(colored.terminal.lines()).toEqual(plain.terminal.lines());
  });

  test.prop([randomRunInput()], { numRuns: 30 })(
    'always shows exactly the lines that stay and the screen of the moment',
    (input) => {
      const { terminal, clock, play, live, shown } = rig();
      for (const entry of journalOf(randomRun(input).flatMap(({ facts }) => facts))) {
        play([entry]);
        clock.advance(500);
        expect(terminal.lines()).toEqual(shown());
      }
      live.stop();
      expect(terminal.lines()).toEqual(shown());
    },
  );
});
