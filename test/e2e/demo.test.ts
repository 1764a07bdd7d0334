import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startCli } from '../support/cli-process.ts';
import { temporaryFolder } from '../support/repo.ts';

test('the demo goes as its script has it, and takes everything away when it is asked to', async () => {
  const folder = temporaryFolder();
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder, RALPH_PARALLEL_WORKERS: '1' };
  const { exitCode, stdout, stderr } = await startCli(folder, env, ['demo', '--no-keep']).ended;
  expect(stderr).not.toContain('did not go as it should');
  expect(stdout).toContain('8 of 12 tickets landed on main');
  expect(stdout).toContain('All as it should be');
  expect(exitCode).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
});
