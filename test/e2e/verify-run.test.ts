/**
 * The journal of a real run, judged by the built program: as it was written, and changed in ways that no run can have been.
 *
 *   a ──► c      a and b share component x; c and d have one each; d fails
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import type { JournalEntry } from '../../src/domain/journal-entry.ts';
import type { RunFact } from '../../src/domain/run-fact.ts';
import { startCli, type CliResult } from '../support/cli-process.ts';
import { expectClean, makeProject } from '../support/e2e.ts';

type Change = (journal: readonly JournalEntry[]) => readonly JournalEntry[];

/** Finds an entry of a ticket's session by its type. */
function at(journal: readonly JournalEntry[], ticket: string, type: RunFact['type']): number {
  const dispatched = journal.find((entry) => entry.type === 'session.dispatched' && entry.ticket === ticket);
  const session = dispatched !== undefined && 'session' in dispatched ? dispatched.session : null;
  const index = journal.findIndex(
    (entry) => entry.type === type && 'session' in entry && entry.session === session,
  );
  if (index === -1) throw new Error(`the run tells of no ${type} of ${ticket}`);
  return index;
}

const swapped =
  (one: number, other: number): Change =>
  (journal) =>
    journal.with(one, journal[other]!).with(other, journal[one]!);

const moved =
  (from: number, to: number): Change =>
  (journal) =>
    journal.toSpliced(from, 1).toSpliced(to, 0, journal[from]!);

const changed =
  (index: number, change: object): Change =>
  (journal) =>
    journal.with(index, { ...journal[index]!, ...change });

test('passes as it was written, and is refused by the right promise when it is changed', async () => {
  const project = makeProject({
    tickets: [
      { id: 'a', components: ['x'], priority: 0 },
      { id: 'b', components: ['x'], priority: 1 },
      { id: 'c', components: ['y'], deps: ['a'] },
      { id: 'd', components: ['z'] },
    ],
    script: { d: [{ do: 'exit', code: 1 }] },
    config: { maxIterationsPerTicket: 1 },
  });
  const run = await project.run();
  expectClean(project, run);
  const { entries, report } = run;
  expect(report).toMatchObject({ exitCode: 1, totals: { landed: 3 } });

  // By its id, as the last one, and by the path of its folder and of its file where there is no project at all.
  for (const name of [report.run, 'last']) {
    const { stdout, exitCode } = await project.cli('verify', '--run', name).ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`run ${report.run}, finished with exit code 1`);
    expect(stdout).toContain('every promise was kept\n');
  }
  const elsewhere = join(project.folder, 'elsewhere');
  mkdirSync(elsewhere);
  const verify = (...args: readonly string[]): Promise<CliResult> =>
    startCli(elsewhere, project.env, ['verify', ...args]).ended;
  const folder = join(project.root, '.tf/ralph/runs', report.run);
  for (const path of [folder, join(folder, 'journal.jsonl')]) {
    expect(await verify('--run', path)).toMatchObject({ exitCode: 0, stderr: '' });
  }

  const verdictOn = async (text: string): Promise<CliResult> => {
    writeFileSync(join(elsewhere, 'changed.jsonl'), text);
    return verify('--run', 'changed.jsonl');
  };
  const linesOf = (journal: readonly JournalEntry[]): string =>
    journal.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  const renumbered = (journal: readonly JournalEntry[]): readonly JournalEntry[] =>
    journal.map((entry, seq) => ({ ...entry, seq }));
  const index = (ticket: string, type: RunFact['type']): number => at(entries, ticket, type);
  const reason = { kind: 'signal', signal: 'SIGINT' } as const;
  const stop: JournalEntry = { v: 1, seq: 0, at: entries[0]!.at, type: 'run.stopping', reason };

  const changes: readonly (readonly [Change, string])[] = [
    [
      swapped(index('a', 'session.launched'), index('a', 'session.exited')),
      'conformance does not hold at entry N, line N: the agent of SESSION was never launched',
    ],
    [
      (journal) => journal.toSpliced(index('a', 'merge.finished'), 1),
      'conformance does not hold at entry N, line N: ticket c is not ready',
    ],
    [
      (journal) => journal.toSpliced(index('a', 'session.ended'), 1),
      'S1 componentExclusive does not hold at entry N, line N: sessions SESSION and SESSION both work on component x',
    ],
    [
      (journal) => journal.filter((entry) => entry.type !== 'ticket.readied'),
      'conformance does not hold at entry N, line N: the machine would tell of ticket.readied c here',
    ],
    [
      moved(index('b', 'session.dispatched'), index('a', 'session.launched')),
      'S1 componentExclusive does not hold at entry N, line N: sessions SESSION and SESSION both work on component x',
    ],
    [
      moved(index('c', 'session.dispatched'), index('a', 'session.launched')),
      'S2 dependencyLanded does not hold at entry N, line N: session SESSION works on c, whose dependency a is live',
    ],
    [
      changed(0, { workers: 1 }),
      'S3 workersBounded does not hold at entry N, line N: 1 workers, and SESSION (preparing), SESSION (preparing) occupy',
    ],
    [
      changed(index('d', 'session.exited'), { survivorsLeft: 1 }),
      'S6 noOrphan does not hold at entry N, line N: session SESSION left 1 process(es) that could not be ended',
    ],
    [
      (journal) => journal.toSpliced(index('b', 'session.dispatched'), 0, stop),
      'S10 quietAfterStop does not hold at entry N, line N: session SESSION was dispatched while the run was stopping',
    ],
    [
      changed(index('d', 'session.dispatched'), { components: [] }),
      'S11 lockMatchesHolder does not hold at entry N, line N: session SESSION works on d without component z',
    ],
    [
      changed(index('d', 'session.ended'), { ending: 'terminated' }),
      'conformance does not hold at entry N, line N: session SESSION ended terminated; it was being released as failed',
    ],
    [
      changed(entries.length - 1, { exitCode: 0 }),
      'conformance does not hold at entry N, line N: the exit code is 0; by its tickets it is 1',
    ],
  ];
  for (const [change, expected] of changes) {
    const { stdout, exitCode } = await verdictOn(linesOf(renumbered(change(entries))));
    const told = stdout
      .replaceAll(new RegExp(`${report.run}-\\d+`, 'g'), 'SESSION')
      .replaceAll(/\b(entry|line) \d+/g, '$1 N');
    expect(told).toContain(expected);
    expect(exitCode).toBe(1);
    // The bad entry is shown where it stands, after what was told of it before.
    expect(stdout).toMatch(/^> +\d+ {2}\S+Z \| /m);
  }

  // The numbers of the lines alone tell of a line that is missing or misplaced.
  const gap = await verdictOn(linesOf(entries.toSpliced(5, 1)));
  expect(gap.stdout).toContain('conformance does not hold at line 6: it has number 6 where 5 is next');
  const misplaced = await verdictOn(linesOf(swapped(5, 6)(entries)));
  expect(misplaced.stdout).toContain('conformance does not hold at line 6: it has number 6 where 5 is next');

  // What a crash leaves behind is no violation; what somebody wrote into it is.
  const half = '{"v":1,"seq":9,"at":17';
  const mine = await verdictOn(`${linesOf(entries.slice(0, 9))}${half}`);
  // This process has written it, and is there.
  expect(mine.stdout).toContain('goes on');
  const { owner } = entries[0] as Extract<JournalEntry, { type: 'run.started' }>;
  const others = changed(0, { owner: { ...owner, startTime: 'another' } })(entries).slice(0, 9);
  const torn = await verdictOn(`${linesOf(others)}${half}`);
  expect(torn).toMatchObject({ exitCode: 0 });
  expect(torn.stdout).toContain('cut off');
  expect(torn.stdout).toContain('the last line is unfinished');
  expect(torn.stdout).toContain('every promise was kept up to here');
  const corrupt = await verdictOn(`${linesOf(entries.slice(0, 9))}garbage\n${linesOf(entries.slice(9))}`);
  expect(corrupt).toMatchObject({ exitCode: 1 });
  expect(corrupt.stdout).toContain(
    'conformance does not hold at line 10: it is no JSON, and lines follow it',
  );
  const hollow = await verdictOn(linesOf(entries.with(0, { ...entries[0]!, tickets: null } as never)));
  expect(hollow).toMatchObject({ exitCode: 1 });
  expect(hollow.stdout).toContain(
    'conformance does not hold at entry 0, line 1: it lacks what a run.started tells',
  );
  const empty = await verdictOn('');
  expect(empty.stdout).toContain('the journal has no entry: there was nothing to judge');

  // For programs.
  const json = await verify('--run', folder, '--json', '--junit', 'verdict.xml');
  expect(JSON.parse(json.stdout)).toMatchObject({
    verdict: 'pass',
    run: report.run,
    entries: entries.length,
    sessions: 4,
    landed: 3,
    end: 'finished',
    exitCode: 1,
    violation: null,
  });
  expect(readFileSync(join(elsewhere, 'verdict.xml'), 'utf8')).toContain(
    'tests="12" failures="0" errors="0"',
  );
  expect(existsSync(join(elsewhere, '.tf'))).toBe(false);
  expect(readdirSync(join(project.root, '.tf/ralph')).sort()).toEqual(['config.json', 'runs']);
}, 60_000);

test('says which runs there are when there is no such run', async () => {
  const project = makeProject({ tickets: [{ id: 'done', status: 'closed' }] });
  const none = await project.cli('verify', '--run', 'last').ended;
  expect(none).toMatchObject({ exitCode: 2, stdout: '' });
  expect(none.stderr).toBe('ralph-actors: no run has been started here yet: ralph-actors run\n');

  const { report } = await project.run();
  const wrong = await project.cli('verify', '--run', 'nope').ended;
  expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
  expect(wrong.stderr).toContain('ralph-actors: there is no run nope');
  expect(wrong.stderr).toContain(`the runs here are ${report.run}\n`);

  const idle = await project.cli('verify', '--run', 'last').ended;
  expect(idle.exitCode).toBe(0);
  expect(idle.stdout).toContain('no session was dispatched: a run in which nothing happens breaks none');
});
