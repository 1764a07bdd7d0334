import pc from 'picocolors';
import { expect, test } from 'vitest';

import { cleanupText } from '../../../src/cli/render/cleanup.ts';
import { YOUNG } from '../../../src/domain/cleanup-plan.ts';
import type { CleanupItem, CleanupReport } from '../../../src/orchestrator/cleanup.ts';

const SESSION = '20260101-000000-aaaa-001';

const draw = (items: readonly CleanupItem[], rest: Partial<CleanupReport> = {}): string =>
  cleanupText(
    { reportVersion: 1, root: '/p', dryRun: false, items, exitCode: 0, ...rest },
    { colors: pc.createColors(false), width: 80 },
  );

const ITEMS: readonly CleanupItem[] = [
  { kind: 'processes', name: SESSION, outcome: 'removed', why: 'run x is over', command: null },
  {
    kind: 'worktree',
    name: '/w/1',
    outcome: 'failed',
    why: 'the disk is gone\nand says so',
    command: null,
  },
  {
    kind: 'branch',
    name: `ralph/b/${SESSION}`,
    outcome: 'removed',
    why: 'all its commits are on main',
    command: `git branch ralph/b/${SESSION} c0ffee`,
  },
  {
    kind: 'branch',
    name: `ralph/a/${SESSION}`,
    outcome: 'kept',
    why: 'it has commits that main has not',
    command: `git log main..ralph/a/${SESSION}`,
  },
  ...[1, 2].map((n): CleanupItem => ({
    kind: 'records',
    name: `r${n}`,
    outcome: 'kept',
    why: YOUNG,
    command: 's',
  })),
];

test('tells what failed first, then what went, then what stays and how to see it', () => {
  expect(draw(ITEMS)).toBe(` 2 things removed

 Could not be removed
   worktree   /w/1
              the disk is gone and says so

 Removed
   processes  ${SESSION}
              run x is over
   branch     ralph/b/${SESSION}
              all its commits are on main
              back:  git branch ralph/b/${SESSION} c0ffee

 Kept
   branch     ralph/a/${SESSION}
              it has commits that main has not
              see:  git log main..ralph/a/${SESSION}

 the records of 2 runs are not old enough to go (sessionTtlMs); --all takes them
 too
`);
});

test('says that there is nothing to remove, and what would be', () => {
  expect(draw([])).toBe(' nothing to remove\n');
  const [item] = ITEMS;
  const text = draw([{ ...item!, outcome: 'wouldRemove' }], { dryRun: true });
  expect(text).toContain(' 1 thing would be removed\n\n Would be removed\n');
});

test('breaks no command, and keeps everything else within 80 columns', () => {
  const why = 'a reason that goes on and on '.repeat(9).trim();
  const command = `git -C ${'/a-long-folder'.repeat(9)} status`;
  const lines = draw([{ kind: 'worktree', name: '/w', outcome: 'kept', why, command }]).split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([`              see:  ${command}`]);
});
