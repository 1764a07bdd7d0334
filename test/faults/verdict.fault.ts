import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { journalPath } from '../../src/effects/jsonl-journal.ts';
import { runDir } from '../../src/orchestrator/state-files.ts';
import { makeNight } from './night.ts';
import { GOOD, observe, survivorsOf } from './verdict.ts';

test('the observer sees everything that may be wrong with a night', async () => {
  const night = makeNight();
  const { project } = night;
  expect((await night.start().ended).exitCode).toBe(0);
  expect(await observe(night)).toEqual(GOOD);
  expect(survivorsOf(night)).toEqual([]);

  const [run = ''] = night.runs();
  const survivor = spawn('sleep', ['600'], { env: { PATH: process.env['PATH'], RALPH_RUN_ID: run } });
  onTestFinished(() => void survivor.kill());
  await once(survivor, 'spawn');
  const dangling = project.git('commit-tree', '-m', 'Lost', 'main^{tree}');
  const note = (what: object): void =>
    appendFileSync(
      join(project.folder, 'seen.jsonl'),
      `${JSON.stringify({ ticket: 'a', session: 's', ...what })}\n`,
    );
  note({ commit: dangling });
  note({ blob: '0123456789012345678901234567890123456789' });
  note({ saw: 'somebody else' });
  const journal = journalPath(runDir(project.root, run));
  for (const fact of [
    { type: 'session.dispatched', session: 's1', ticket: 'b' },
    { type: 'session.verified', session: 's1', commits: 1 },
    { type: 'session.dispatched', session: 's2', ticket: 'b' },
  ])
    appendFileSync(
      journal,
      `${JSON.stringify({ v: 1, seq: (await night.journals())[0]!.length, at: 1, ...fact })}\n`,
    );
  project.git('branch', 'ralph/untold', 'main');
  writeFileSync(join(project.root, '.tickets/c.md'), '---\nid: c\nstatus: open\n---\n');

  expect(survivorsOf(night)).toEqual([`process ${survivor.pid} of ${run}`]);
  expect(await observe(night)).toEqual({
    lost: [`${dangling} of s`, 'a file of s'],
    untold: ['ralph/untold'],
    violations: ['a saw somebody else'],
    paidTwice: [expect.stringMatching(/^b: by .* and by s1$/), 'b: by s1 and by s2'],
    undone: ['c'],
    unclean: ['M .tickets/c.md'],
  });
});
