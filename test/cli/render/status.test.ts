import { describe, expect, it } from 'vitest';

import { statusText } from '../../../src/cli/render/status.ts';
import type { RunFact } from '../../../src/domain/run-fact.ts';
import { emptyRunView, foldRunView, type RunView } from '../../../src/domain/run-view.ts';
import { factsOf, journalOf, planned, started } from '../../support/journal-of.ts';
import { interrupted, overnight } from '../../support/overnight-run.ts';

const viewOf = (items: readonly (RunFact | number)[]): RunView =>
  journalOf(items).reduce(foldRunView, emptyRunView());

function statusOf(view: RunView, isOwnerAlive: boolean): string {
  return statusText(view, {
    nowMs: (view.lastAtMs ?? 0) + 83_000,
    colors: false,
    isOwnerAlive,
    guarding: null,
  });
}

describe('the status of a run', () => {
  it('shows a run that goes on, with its live sessions and what has not landed', () => {
    expect(statusOf(viewOf(overnight), true)).toMatchInlineSnapshot(`
      " run 20260102-030405-abcd  on main  dispatching                           1h 44m
       ███████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░  2 of 10 landed   20%

       ▲ ra-docs      stalled    13m 50s  docs     Write the tutorial in 日本語 and i…
       ◆ ra-emoj      merging    13m 44s  ui       Show 👩‍💻 where an agent works
       ● ra-last      running     1m 25s  api, db  Put everything together at the ver…

       ready 1  waiting 0  blocked 3  running 2  merging 1  landed 2  failed 1
       held  main is checked out with local edits in src/a.ts

       Not landed
         ra-sock      conflicted  conflicts in src/net/socket.ts, src/net/reconnect.ts
         ra-keep      blocked     its dependency ra-pool is blocked
         ra-pool      blocked     its dependency ra-sock ended conflicted
         ra-loop      blocked     dependency cycle ra-loop -> ra-loop
         ra-wait      ready       Wait for a worker
      "
    `);
  });

  it('says of a run whose orchestrator is gone that it was cut off, with the clocks as they stood', () => {
    const text = statusOf(viewOf(overnight), false);
    expect(text.split('\n')[0]).toMatchInlineSnapshot(
      `" run 20260102-030405-abcd  on main  cut off while dispatching             1h 42m"`,
    );
    expect(text.split('\n').at(-2)).toMatchInlineSnapshot(
      `" next: ralph-actors run ends what this run left behind, saves its work and goes on"`,
    );
    expect(text).toContain('12m 27s');
  });

  it('shows how a finished run ended', () => {
    expect(statusOf(viewOf(interrupted), false)).toMatchInlineSnapshot(`
      " run 20260102-030405-abcd  on main  stopped by SIGINT, exit code 130      1h 43m
       █████████████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░  3 of 10 landed   30%

       ready 3  waiting 0  blocked 3  running 0  merging 0  landed 3  failed 1
       held  main is checked out with local edits in src/a.ts

       Not landed
         ra-sock      conflicted  conflicts in src/net/socket.ts, src/net/reconnect.ts
         ra-keep      blocked     its dependency ra-pool is blocked
         ra-pool      blocked     its dependency ra-sock ended conflicted
         ra-loop      blocked     dependency cycle ra-loop -> ra-loop
         ra-docs      open        no output for 10m
         ra-last      open        the session was ended because the run is stopping
         ra-wait      open        Wait for a worker
      "
    `);
  });

  it('names what a waiting ticket waits for', () => {
    const text = statusOf(
      viewOf([
        started([
          planned('a', { components: ['api'] }),
          planned('b', { components: ['api'] }),
          planned('c', { deps: ['a'] }),
        ]),
        { type: 'run.recovered', notes: [] },
        factsOf('s1', 'a', { components: ['api'] }).dispatched,
      ]),
      true,
    );
    expect(text.slice(text.indexOf(' Not landed'))).toMatchInlineSnapshot(`
      " Not landed
         b           ready       component api is held by session s1
         c           waiting     waits for a to land
      "
    `);
  });

  it('does not exist for a run without its first entry', () => {
    expect(() => statusOf(emptyRunView(), true)).toThrow('a run without its first entry has no status');
  });
});
