import { describe, expect, it } from 'vitest';

import { reportText } from '../../../src/cli/render/report.ts';
import { widthOf } from '../../../src/cli/render/text.ts';
import type { Blocker } from '../../../src/domain/blockers.ts';
import type { RunFact } from '../../../src/domain/run-fact.ts';
import { runReport, type RunReport } from '../../../src/domain/run-report.ts';
import { emptyRunView, foldRunView } from '../../../src/domain/run-view.ts';
import { factsOf, goodLife, journalOf, planned, started } from '../../support/journal-of.ts';
import { interrupted } from '../../support/overnight-run.ts';

const reportOf = (items: readonly (RunFact | number)[]): RunReport =>
  runReport(journalOf(items).reduce(foldRunView, emptyRunView()));
const textOf = (items: readonly (RunFact | number)[]): string =>
  reportText(reportOf(items), { colors: false });
const recovered: RunFact = { type: 'run.recovered', notes: [] };
const finished = (exitCode: number): RunFact => ({ type: 'run.finished', publication: null, exitCode });

describe('the report of a run', () => {
  it('tells what did not land, why, and where to look', () => {
    expect(textOf(interrupted)).toMatchInlineSnapshot(`
      " ! 3 of 10 tickets landed for main (not published yet) in 1h 43m; ended by
         SIGINT

         landed 3  failed 1  blocked 3  open 3  closed before 1
         7 sessions took 1h 38m, 1.0 x the wall time; at most 3 of 4 workers at once

       Did not land
         ra-sock  conflicted  Reconnect when the socket drops
                  conflicts in src/net/socket.ts, src/net/reconnect.ts, after 2
                  attempts
           branch  ralph/ra-sock/s03
           branch  ralph/ra-sock/s05
           log     .tf/ralph/runs/20260102-030405-abcd/sessions/s05/output.log
         ra-keep  blocked     Keep connections alive
                  its dependency ra-pool is blocked
         ra-pool  blocked     Pool connections
                  its dependency ra-sock ended conflicted
         ra-loop  blocked     Wait for itself
                  dependency cycle ra-loop -> ra-loop
         ra-docs  open        Write the tutorial in 日本語 and in English
                  no output for 10m
           branch  ralph/ra-docs/s04
           log     .tf/ralph/runs/20260102-030405-abcd/sessions/s04/output.log
         ra-last  open        Put everything together at the very end
                  the session was ended because the run is stopping
           branch  ralph/ra-last/s07
           log     .tf/ralph/runs/20260102-030405-abcd/sessions/s07/output.log
         1 ticket not begun

       Held
         The work is on refs/ralph/integration/main, not on main yet: main is checked
         out with local edits in src/a.ts
         to publish it:  git merge --ff-only refs/ralph/integration/main

       Recovered from an earlier run
         - salvaged 2 commits of session s00 to ralph/ra-base/s00

       next: git merge --ff-only refs/ralph/integration/main
      "
    `);
  });

  it('is short when all is well', () => {
    expect(
      textOf([
        started([planned('a'), planned('b')]),
        recovered,
        ...goodLife('s1', 'a'),
        ...goodLife('s2', 'b'),
        finished(0),
      ]),
    ).toMatchInlineSnapshot(`
      " ✓ all 2 tickets landed on main in 24s

         landed 2  failed 0  blocked 0  open 0
         2 sessions took 20s, 0.8 x the wall time; at most 1 of 2 workers at once

       next: git log --first-parent main
      "
    `);
  });

  it('says that there was nothing to do', () => {
    expect(textOf([started([planned('a', { standing: 'closed' })]), recovered, finished(0)]))
      .toMatchInlineSnapshot(`
        " ✓ nothing to do

           landed 0  failed 0  blocked 0  open 0  closed before 1

         next: add tickets to .tickets/
        "
      `);
  });

  it('names the branch of an earlier attempt of a ticket that landed later', () => {
    const a = factsOf('s1', 'a');
    expect(
      textOf([
        started([planned('a')]),
        recovered,
        a.dispatched,
        a.releasing('failed'),
        a.ended('failed', 'exit code 1', a.branch),
        { type: 'ticket.requeued', ticket: 'a', attempts: 1 },
        ...goodLife('s2', 'a', { attempt: 2 }),
        finished(0),
      ]),
    ).toMatchInlineSnapshot(`
      " ✓ the one ticket landed on main in 17s

         landed 1  failed 0  blocked 0  open 0
         2 sessions took 12s, 0.7 x the wall time; at most 1 of 2 workers at once

       Kept of earlier attempts
         a  ralph/a/s1

       next: git log --first-parent main
      "
    `);
  });

  it('explains a deadlock and what to mend', () => {
    const cycle: Blocker = { kind: 'dependencyCycle', cycle: ['a', 'b'] };
    expect(
      textOf([
        started([
          planned('a', { deps: ['b'], standing: 'blocked', blockers: [cycle] }),
          planned('b', { deps: ['a'], standing: 'blocked', blockers: [cycle] }),
        ]),
        recovered,
        finished(3),
      ]),
    ).toMatchInlineSnapshot(`
      " ! 0 of 2 tickets landed on main in 2s; the rest waits in a cycle, or for a
         ticket that does not exist

         landed 0  failed 0  blocked 2  open 0

       Did not land
         a       blocked     Do a
                 dependency cycle a -> b -> a
         b       blocked     Do b
                 dependency cycle a -> b -> a

       next: mend the dependencies in .tickets/, then ralph-actors run
      "
    `);
  });

  it('says that a budget is spent, and how much was not begun', () => {
    expect(
      textOf([
        started([planned('a'), planned('b'), planned('c')], { dispatchesMax: 1 }),
        recovered,
        ...goodLife('s1', 'a'),
        { type: 'run.draining', reason: { kind: 'budget', budget: 'maxIterations', limit: 1 } },
        finished(4),
      ]),
    ).toMatchInlineSnapshot(`
      " ! 1 of 3 tickets landed on main in 14s; the budget of 1 session is spent

         landed 1  failed 0  blocked 0  open 2
         1 session took 10s, 0.7 x the wall time; at most 1 of 2 workers at once

       Did not land
         2 tickets not begun

       next: ralph-actors run goes on where this run ended
      "
    `);
  });

  it('describes twenty tickets at most and counts the rest', () => {
    const tickets = Array.from({ length: 45 }, (_, index) =>
      planned(`t${String(index).padStart(2, '0')}`, {
        standing: 'blocked',
        blockers: [{ kind: 'dependencyUnknown', dependency: 'gone' }],
      }),
    );
    const text = textOf([started(tickets), recovered, finished(3)]);
    expect(text.match(/its dependency gone does not exist/g)).toHaveLength(20);
    expect(text).toContain('   … and 25 more: ralph-actors status\n');
  });

  it('stays within 80 columns but for what is to be copied', () => {
    const wide = textOf(interrupted)
      .split('\n')
      .filter((text) => widthOf(text) > 80);
    expect(wide).toEqual([]);
  });

  it('says the same in colour', () => {
    const colored = reportText(reportOf(interrupted), { colors: true });
    // eslint-disable-next-line no-control-regex -- colours are control characters
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(textOf(interrupted));
    expect(colored).toContain('\u001b[');
  });
});
