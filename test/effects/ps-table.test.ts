import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parsePsLine, psTable } from '../../src/effects/ps-table.ts';
import { temporaryFolder } from '../support/repo.ts';

test('a line of ps gives the process, its start in five words and its command with its environment', () => {
  expect(
    parsePsLine(
      '  501   1   501 Ss   Sat Nov  1 08:15:02 2026     node a.js HOME=/Users/a RALPH_SESSION_ID=s',
    ),
  ).toEqual({
    row: {
      pid: 501,
      parent: 1,
      group: 501,
      startTime: 'Sat Nov 1 08:15:02 2026',
      osSession: null,
      dead: false,
    },
    command: 'node a.js HOME=/Users/a RALPH_SESSION_ID=s',
  });
});

test('a zombie is told by its state, and a line that is none is no process', () => {
  expect(parsePsLine('7 1 7 Z+ Sat Nov 21 08:15:02 2026 (sh)').row?.dead).toBe(true);
  expect(parsePsLine('ps: no such column').row).toBeNull();
});

// The options are those of macOS, and this much of them means the same everywhere.
test('the ps of this machine shows this process', () => {
  expect(psTable.read(process.pid)).toMatchObject({ pid: process.pid, parent: process.ppid, dead: false });
});

test('a list that a signal has cut off is not taken for one on which nobody is', () => {
  const folder = temporaryFolder();
  const path = process.env['PATH'] ?? '';
  writeFileSync(join(folder, 'ps'), '#!/bin/sh\nkill -INT $$\n', { mode: 0o755 });
  process.env['PATH'] = `${folder}:${path}`;
  try {
    expect(psTable.scan(null, null)).toEqual({ rows: [], settled: false });
  } finally {
    process.env['PATH'] = path;
  }
});
