import { test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { formatLogLine, logLineOf } from '../../../src/cli/render/plain.ts';
import type { JournalEntry } from '../../../src/domain/journal-entry.ts';
import type { RunFact } from '../../../src/domain/run-fact.ts';
import { emptyRunView, foldRunView } from '../../../src/domain/run-view.ts';
import { factsOf, journalOf, planned, START_MS, started } from '../../support/journal-of.ts';
import { interrupted } from '../../support/overnight-run.ts';
import { randomRun } from '../../support/random-run.ts';
import { randomRunInput } from '../../support/random-run-input.ts';

function linesOf(entries: readonly JournalEntry[]): readonly string[] {
  const view = emptyRunView();
  return entries.map((entry) => formatLogLine(logLineOf(entry, foldRunView(view, entry))));
}

const lastLineOf = (facts: readonly RunFact[]): string => linesOf(journalOf(facts)).at(-1)!;

describe('a log line', () => {
  it('has a time in UTC seconds, a level, fields and a message', () => {
    const log = {
      atMs: START_MS + 999,
      level: 'warn',
      fields: { ticket: 'a-1', attempt: 2 },
      message: 'slow',
    } as const;
    expect(formatLogLine(log)).toBe('2026-01-02T03:04:05Z | WARN | ticket=a-1 attempt=2 | slow');
  });

  it('quotes a value that could be taken for something else', () => {
    const fields = {
      path: 'my file',
      empty: '',
      pair: 'a=b',
      bar: 'a|b',
      quote: 'say "x"',
      lines: 'a\nb',
      plain: 'äö/日',
    };
    expect(formatLogLine({ atMs: START_MS, level: 'info', fields, message: 'x' })).toBe(
      '2026-01-02T03:04:05Z | INFO | path="my file" empty="" pair="a=b" bar="a|b" quote="say \\"x\\"" lines="a\\nb" plain=äö/日 | x',
    );
  });

  it('stays one line and keeps its four parts, whatever the message says', () => {
    expect(formatLogLine({ atMs: START_MS, level: 'error', fields: {}, message: 'two\nlines' })).toBe(
      '2026-01-02T03:04:05Z | ERROR | - | two lines',
    );
  });

  test.prop([randomRunInput()], { numRuns: 50 })('is one for every entry of any run', (input) => {
    const lines = linesOf(journalOf(randomRun(input).flatMap(({ facts }) => facts)));
    for (const text of lines) {
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \| (DEBUG|INFO|WARN|ERROR) \| \S.* \| .+$/);
    }
  });
});

describe('a run as log lines', () => {
  it('reads from its start to its end, at the levels that are shown by default', () => {
    const shown = linesOf(journalOf(interrupted)).filter((text) => !text.includes('| DEBUG |'));
    expect(shown.join('\n')).toMatchInlineSnapshot(`
      "2026-01-02T03:04:05Z | INFO | run=20260102-030405-abcd target=main workers=4 tickets=11 | run started: 9 tickets to do
      2026-01-02T03:04:06Z | WARN | run=20260102-030405-abcd notes=1 | recovered: salvaged 2 commits of session s00 to ralph/ra-base/s00
      2026-01-02T03:04:07Z | INFO | ticket=ra-base session=s01 attempt=1 components=* | dispatched
      2026-01-02T03:04:09Z | INFO | ticket=ra-base session=s01 pid=100 | agent launched
      2026-01-02T03:04:10Z | INFO | ticket=ra-base session=s01 code=0 | agent exited
      2026-01-02T03:04:15Z | INFO | ticket=ra-base session=s01 commit=landed-ra- | landed
      2026-01-02T03:04:17Z | INFO | ticket=ra-base session=s01 ending=merged took=10s | the work is on the integration ref and the ticket is closed
      2026-01-02T03:04:18Z | INFO | ticket=ra-pars session=s02 attempt=1 components=api,db | dispatched
      2026-01-02T03:04:20Z | INFO | ticket=ra-pars session=s02 pid=100 | agent launched
      2026-01-02T03:04:21Z | INFO | ticket=ra-sock session=s03 attempt=1 components=net | dispatched
      2026-01-02T03:04:23Z | INFO | ticket=ra-sock session=s03 pid=100 | agent launched
      2026-01-02T03:34:23Z | WARN | ticket=ra-sock session=s03 cause=timedOut | ending the agent: its deadline is reached
      2026-01-02T03:34:24Z | INFO | ticket=ra-sock session=s03 code=1 | agent exited
      2026-01-02T03:34:26Z | WARN | ticket=ra-sock session=s03 ending=timedOut took="30m 05s" keptBranch=ralph/ra-sock/s03 | the attempt reached its deadline and was ended
      2026-01-02T03:34:27Z | INFO | ticket=ra-sock attempts=1 | will be tried again
      2026-01-02T03:34:28Z | INFO | ticket=ra-pars session=s02 code=0 | agent exited
      2026-01-02T03:34:33Z | WARN | ticket=ra-pars session=s02 commit=landed-ra- | landed, not published yet: main is checked out with local edits in src/a.ts
      2026-01-02T03:34:36Z | INFO | ticket=ra-pars session=s02 ending=merged took="30m 18s" | the work is on the integration ref and the ticket is closed
      2026-01-02T04:34:36Z | INFO | ticket=ra-docs session=s04 attempt=1 components=docs | dispatched
      2026-01-02T04:34:38Z | INFO | ticket=ra-docs session=s04 pid=100 | agent launched
      2026-01-02T04:34:39Z | INFO | ticket=ra-sock session=s05 attempt=2 components=net | dispatched
      2026-01-02T04:34:41Z | INFO | ticket=ra-sock session=s05 pid=100 | agent launched
      2026-01-02T04:34:42Z | INFO | ticket=ra-emoj session=s06 attempt=1 components=ui | dispatched
      2026-01-02T04:34:44Z | INFO | ticket=ra-emoj session=s06 pid=100 | agent launched
      2026-01-02T04:46:44Z | INFO | ticket=ra-emoj session=s06 code=0 | agent exited
      2026-01-02T04:46:48Z | INFO | ticket=ra-sock session=s05 code=0 | agent exited
      2026-01-02T04:46:53Z | WARN | ticket=ra-sock session=s05 | conflicted: conflicts in src/a.ts
      2026-01-02T04:46:55Z | WARN | ticket=ra-sock session=s05 ending=conflicted took="12m 16s" keptBranch=ralph/ra-sock/s05 | conflicts in src/net/socket.ts, src/net/reconnect.ts
      2026-01-02T04:46:56Z | ERROR | ticket=ra-sock ending=conflicted attempts=2 | given up: the work does not merge with what landed before it
      2026-01-02T04:46:57Z | WARN | ticket=ra-pool | blocked: its dependency ra-sock ended conflicted
      2026-01-02T04:46:58Z | WARN | ticket=ra-keep | blocked: its dependency ra-pool is blocked
      2026-01-02T04:47:00Z | WARN | ticket=ra-docs session=s04 cause=stalled | ending the agent: it shows no sign of life
      2026-01-02T04:47:01Z | INFO | ticket=ra-last session=s07 attempt=1 components=api,db | dispatched
      2026-01-02T04:47:03Z | INFO | ticket=ra-last session=s07 pid=100 | agent launched
      2026-01-02T04:47:08Z | WARN | run=20260102-030405-abcd | stopping (SIGINT): live agents are asked to end
      2026-01-02T04:47:09Z | WARN | ticket=ra-last session=s07 cause=terminated | ending the agent: the run is stopping
      2026-01-02T04:47:10Z | INFO | ticket=ra-docs session=s04 code=1 | agent exited
      2026-01-02T04:47:12Z | WARN | ticket=ra-docs session=s04 ending=stalled took="12m 36s" keptBranch=ralph/ra-docs/s04 | no output for 10m
      2026-01-02T04:47:13Z | INFO | ticket=ra-docs attempts=1 | stays open for the next run
      2026-01-02T04:47:14Z | WARN | ticket=ra-emoj session=s06 commit=landed-ra- | landed, not published yet: main is checked out with local edits in src/a.ts
      2026-01-02T04:47:16Z | INFO | ticket=ra-emoj session=s06 ending=merged took="12m 34s" | the work is on the integration ref and the ticket is closed
      2026-01-02T04:47:17Z | INFO | ticket=ra-last session=s07 code=1 | agent exited
      2026-01-02T04:47:19Z | WARN | ticket=ra-last session=s07 ending=terminated took=18s keptBranch=ralph/ra-last/s07 | the session was ended because the run is stopping
      2026-01-02T04:47:20Z | INFO | ticket=ra-last attempts=1 | stays open for the next run
      2026-01-02T04:47:21Z | WARN | run=20260102-030405-abcd exitCode=130 landed=3 failed=1 blocked=3 open=3 took="1h 43m" | run finished, landed work is held: main is checked out with local edits in src/a.ts"
    `);
  });

  it('tells at debug what only a search for a cause needs', () => {
    const hidden = linesOf(journalOf(interrupted)).filter((text) => text.includes('| DEBUG |'));
    expect(hidden.slice(0, 8).join('\n')).toMatchInlineSnapshot(`
      "2026-01-02T03:04:08Z | DEBUG | ticket=ra-base session=s01 branch=ralph/ra-base/s01 base=base0 worktree=/trees/s01 | worktree ready
      2026-01-02T03:04:11Z | DEBUG | ticket=ra-base session=s01 | agent says that it succeeded
      2026-01-02T03:04:12Z | DEBUG | ticket=ra-base session=s01 commits=1 head=head1 | work verified
      2026-01-02T03:04:13Z | DEBUG | ticket=ra-base session=s01 | waits for its merge
      2026-01-02T03:04:14Z | DEBUG | ticket=ra-base session=s01 | merging
      2026-01-02T03:04:16Z | DEBUG | ticket=ra-base session=s01 ending=merged | giving the worktree back
      2026-01-02T03:04:19Z | DEBUG | ticket=ra-pars session=s02 branch=ralph/ra-pars/s02 base=base0 worktree=/trees/s02 | worktree ready
      2026-01-02T03:04:22Z | DEBUG | ticket=ra-sock session=s03 branch=ralph/ra-sock/s03 base=base0 worktree=/trees/s03 | worktree ready"
    `);
  });

  const begun = [
    started([planned('a'), planned('b', { deps: ['a'] })]),
    { type: 'run.recovered', notes: [] },
  ] as const;
  const a = factsOf('s1', 'a');
  it.each<readonly [string, readonly RunFact[], string]>([
    ['a clean start', [], '2026-01-02T03:04:06Z | DEBUG | run=run-1 notes=0 | nothing to recover from'],
    [
      'a pause',
      [{ type: 'run.paused' }],
      '2026-01-02T03:04:07Z | INFO | run=run-1 | paused: nothing is dispatched until the run is resumed',
    ],
    [
      'a resumption',
      [{ type: 'run.paused' }, { type: 'run.resumed' }],
      '2026-01-02T03:04:08Z | INFO | run=run-1 | resumed',
    ],
    [
      'a spent budget',
      [{ type: 'run.draining', reason: { kind: 'budget', budget: 'maxIterations', limit: 5 } }],
      '2026-01-02T03:04:07Z | WARN | run=run-1 | draining (the budget of 5 sessions is spent): live sessions finish, nothing new starts',
    ],
    [
      'an internal error',
      [{ type: 'run.stopping', reason: { kind: 'internalError', message: 'the merge queue broke' } }],
      '2026-01-02T03:04:07Z | WARN | run=run-1 | stopping (internal error: the merge queue broke): live agents are asked to end',
    ],
    [
      'an impatient person',
      [{ type: 'run.killing' }],
      '2026-01-02T03:04:07Z | WARN | run=run-1 | killing: live agents are ended at once',
    ],
    [
      'a refusal',
      [
        {
          type: 'dispatch.refused',
          ticket: 'b',
          blockers: [
            { kind: 'dependencyNotLanded', dependency: 'a' },
            { kind: 'workersBusy', workers: 2 },
          ],
        },
      ],
      '2026-01-02T03:04:07Z | DEBUG | ticket=b | not dispatched: waits for a to land; all 2 workers are busy',
    ],
    [
      'an agent that left processes behind which ended',
      [a.dispatched, a.prepared, a.launched, { ...a.exited, survivorsFound: 2 }],
      '2026-01-02T03:04:10Z | WARN | ticket=a session=s1 code=0 | agent gone; 2 of its processes outlived it and were ended',
    ],
    [
      'an agent that left a process behind which stays',
      [
        a.dispatched,
        a.prepared,
        a.launched,
        { ...a.exited, code: null, signal: 'SIGKILL', survivorsFound: 1, survivorsLeft: 1 },
      ],
      '2026-01-02T03:04:10Z | ERROR | ticket=a session=s1 signal=SIGKILL survivors=1 | agent gone; 1 of its processes could not be ended',
    ],
    [
      'a red gate',
      [
        a.dispatched,
        {
          type: 'merge.finished',
          session: 's1',
          outcome: { kind: 'rejected', reason: 'npm test: exit code 1' },
        },
      ],
      '2026-01-02T03:04:08Z | WARN | ticket=a session=s1 | rejected: npm test: exit code 1',
    ],
    [
      'an end with a worktree that stays',
      [a.dispatched, { ...a.ended('failed', 'exit code 1', a.branch), keptWorktree: '/my trees/s1' }],
      '2026-01-02T03:04:08Z | WARN | ticket=a session=s1 ending=failed took=1s keptBranch=ralph/a/s1 keptWorktree="/my trees/s1" | exit code 1',
    ],
  ])('says %s', (_title, facts, expected) => {
    expect(lastLineOf([...begun, ...facts])).toBe(expected);
  });
});
