import { fc, test } from '@fast-check/vitest';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';

import { liveScreen, type LiveScreenInput } from '../../../src/cli/render/live-screen.ts';
import { widthOf } from '../../../src/cli/render/text.ts';
import type { RunFact } from '../../../src/domain/run-fact.ts';
import { emptyRunView, foldRunView, type RunView } from '../../../src/domain/run-view.ts';
import { factsOf, goodLife, journalOf, planned, started } from '../../support/journal-of.ts';
import { overnight } from '../../support/overnight-run.ts';
import { randomRun } from '../../support/random-run.ts';
import { randomRunInput } from '../../support/random-run-input.ts';

const viewOf = (items: readonly (RunFact | number)[]): RunView =>
  journalOf(items).reduce(foldRunView, emptyRunView());

/** Draws a view 83 seconds after its last entry, in 80 x 24 without colours if nothing else is said. */
function screen(view: RunView, rest: Partial<LiveScreenInput> = {}): string {
  return liveScreen({
    view,
    nowMs: (view.lastAtMs ?? 0) + 83_000,
    width: 80,
    height: 24,
    colors: pc.createColors(false),
    lastLine: () => '',
    ...rest,
  }).join('\n');
}

const said: Readonly<Record<string, string>> = {
  s04: 'まだ考えています… 日本語の長い一行がここに入り、端で切られます',
  s07: 'Edit src/api/together.ts',
};
const recovered: RunFact = { type: 'run.recovered', notes: [] };

describe('the live screen', () => {
  it('shows who works on what, how far it all is, and what needs a person', () => {
    expect(screen(viewOf(overnight), { lastLine: (session) => said[session] ?? '' })).toMatchInlineSnapshot(`
      " ralph-actors  main  2 of 4 workers                                      1h 44m
       ███████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░  2 of 10 landed   20%

       ▲ ra-docs      stalled    13m 50s  docs     まだ考えています… 日本語の長い一…
       ◆ ra-emoj      merging    13m 44s  ui       Show 👩‍💻 where an agent works
       ● ra-last      running     1m 25s  api, db  Edit src/api/together.ts

       ready 1  waiting 0  blocked 3  running 2  merging 1  landed 2  failed 1
       held  main is checked out with local edits in src/a.ts"
    `);
  });

  it('uses the room of a wide window', () => {
    expect(screen(viewOf(overnight), { width: 120, lastLine: (session) => said[session] ?? '' }))
      .toMatchInlineSnapshot(`
      " ralph-actors  main  2 of 4 workers                                                                              1h 44m
       ███████████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░  2 of 10 landed   20%

       ▲ ra-docs      stalled    13m 50s  docs     まだ考えています… 日本語の長い一行がここに入り、端で切られます
       ◆ ra-emoj      merging    13m 44s  ui       Show 👩‍💻 where an agent works
       ● ra-last      running     1m 25s  api, db  Edit src/api/together.ts

       ready 1  waiting 0  blocked 3  running 2  merging 1  landed 2  failed 1
       held  main is checked out with local edits in src/a.ts"
    `);
  });

  it('gives up air, bar, workers, components and fleeting counts in a small window', () => {
    expect(screen(viewOf(overnight), { width: 56, height: 8 })).toMatchInlineSnapshot(`
      " ralph-actors  main  2 of 4 workers              1h 44m
       ▲ ra-docs      stalled    13m 50s  Write the tutorial…
       ◆ ra-emoj      merging    13m 44s  Show 👩‍💻 where an a…
       ● ra-last      running     1m 25s  Put everything tog…
       ready 1  blocked 3  running 2  landed 2  failed 1
       held  main is checked out with local edits in src/a.ts"
    `);
  });

  it('keeps the counts when there is room for two lines only', () => {
    expect(screen(viewOf(overnight), { height: 3 })).toMatchInlineSnapshot(`
      " … and 3 more
       ready 1  waiting 0  blocked 3  running 2  merging 1  landed 2  failed 1"
    `);
  });

  it('counts the sessions that it has no room for', () => {
    const ids = Array.from({ length: 12 }, (_, index) => `t${String(index).padStart(2, '0')}`);
    const view = viewOf([
      started(
        ids.map((id) => planned(id)),
        { workers: 12 },
      ),
      recovered,
      ...ids.map((id, index) => factsOf(`s${index}`, id).dispatched),
    ]);
    expect(screen(view, { height: 12 })).toMatchInlineSnapshot(`
      " ralph-actors  main  0 of 12 workers                                     1m 36s
       ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓  0 of 12 landed    0%

       ○ t00         preparing   1m 34s  component-of-…  Do t00
       ○ t01         preparing   1m 33s  component-of-…  Do t01
       ○ t02         preparing   1m 32s  component-of-…  Do t02
       ○ t03         preparing   1m 31s  component-of-…  Do t03
       ○ t04         preparing   1m 30s  component-of-…  Do t04
       … and 7 more

       ready 0  waiting 0  blocked 0  running 12  merging 0  landed 0  failed 0"
    `);
  });

  it('says how a run is, when it does not simply go on', () => {
    const begun = [started([planned('a'), planned('b')]), recovered];
    const a = factsOf('s1', 'a');
    const titleOf = (facts: readonly RunFact[]): string => screen(viewOf(facts)).split('\n')[0]!;
    expect(
      [
        titleOf([started([planned('a')])]),
        titleOf([...begun, { type: 'run.paused' }]),
        titleOf([
          ...begun,
          a.dispatched,
          { type: 'run.draining', reason: { kind: 'budget', budget: 'maxIterations', limit: 1 } },
        ]),
        titleOf([
          ...begun,
          a.dispatched,
          { type: 'run.stopping', reason: { kind: 'signal', signal: 'SIGTERM' } },
        ]),
        titleOf([
          ...begun,
          a.dispatched,
          { type: 'run.stopping', reason: { kind: 'signal', signal: 'SIGINT' } },
          { type: 'run.killing' },
        ]),
      ].join('\n'),
    ).toMatchInlineSnapshot(`
      " ralph-actors  main  recovering  0 of 2 workers                          1m 23s
       ralph-actors  main  paused  0 of 2 workers                              1m 25s
       ralph-actors  main  draining (the budget of 1 session is spent)         1m 26s
       ralph-actors  main  stopping (SIGTERM)  0 of 2 workers                  1m 26s
       ralph-actors  main  killing  0 of 2 workers                             1m 27s"
    `);
  });

  it('has a word for every phase, and marks a later attempt', () => {
    const lives = Array.from({ length: 9 }, (_, index) => {
      const of = factsOf(`s${index}`, `t${index}`, {
        attempt: index === 8 ? 2 : 1,
        components: index === 0 ? ['*'] : [`c${index}`],
      });
      const story: readonly RunFact[] = [
        of.dispatched,
        of.prepared,
        of.launched,
        of.exited,
        of.completed,
        of.verified,
        of.requested,
        of.mergeStarted,
        of.landed,
      ];
      return index === 8
        ? [of.dispatched, of.prepared, of.launched, of.timingOut]
        : story.slice(0, index + 1);
    });
    const view = viewOf([
      started(
        lives.map((_, index) => planned(`t${index}`)),
        { workers: 9 },
      ),
      recovered,
      ...lives.flat(),
    ]);
    expect(screen(view).split('\n').slice(3, 12).join('\n')).toMatchInlineSnapshot(`
      " ○ t0          preparing   2m 02s  alone  Do t0
       ○ t1          launching   2m 01s  c1     Do t1
       ● t2          running     1m 59s  c2     Do t2
       ◇ t3          exited      1m 56s  c3     Do t3
       ◇ t4          verifying   1m 52s  c4     Do t4
       ◇ t5          verifying   1m 47s  c5     Do t5
       ◇ t6          to merge    1m 41s  c6     Do t6
       ◆ t7          merging     1m 34s  c7     Do t7
       ▲ t8 (2)      timing out  1m 26s  c8     Do t8"
    `);
  });

  it('shows an empty run and a finished one', () => {
    expect(screen(emptyRunView())).toMatchInlineSnapshot(`
      " ralph-actors
       ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  0 of 0 landed  100%

       no session is live

       ready 0  waiting 0  blocked 0  running 0  merging 0  landed 0  failed 0"
    `);
    expect(
      screen(
        viewOf([
          started([planned('a')]),
          recovered,
          ...goodLife('s1', 'a'),
          { type: 'run.finished', publication: null, exitCode: 0 },
        ]),
      ),
    ).toMatchInlineSnapshot(`
      " ralph-actors  main  finished  0 of 2 workers                            1m 36s
       █████████████████████████████████████████████████████████  1 of 1 landed  100%

       no session is live

       ready 0  waiting 0  blocked 0  running 0  merging 0  landed 1  failed 0"
    `);
  });

  it('takes what agents print as text, never as control', () => {
    const drawn = screen(viewOf(overnight), { lastLine: () => 'a\u001b[2Jb\nc' });
    expect(drawn).not.toContain('\u001b');
    expect(drawn).toContain('a [2Jb c');
  });

  test.prop(
    [
      randomRunInput(),
      fc.nat(),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 50 }),
      fc.boolean(),
    ],
    {
      numRuns: 150,
    },
  )('fits into any window at any moment of any run', (input, cutAt, width, height, isColored) => {
    const facts = randomRun(input).flatMap((step) => step.facts);
    const view = viewOf(facts.slice(0, 1 + (cutAt % facts.length)));
    const lines = screen(view, {
      width,
      height,
      colors: pc.createColors(isColored),
      lastLine: () => '日本語 '.repeat(40),
    }).split('\n');
    expect(lines.length).toBeLessThanOrEqual(Math.max(1, height - 1));
    for (const text of lines) expect(widthOf(text)).toBeLessThanOrEqual(Math.max(1, width - 1));
  });
});
