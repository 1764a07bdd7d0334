/**
 * The program as a process: what only a real one can show.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

import { makeProject, processesOf, WORK_WHEN_TOLD, type TestProject } from '../support/e2e.ts';
import { makeRepo } from '../support/repo.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'dist/src/cli/main.js');

function start(
  args: readonly string[],
  { root, env }: { root: string; env: Record<string, string> },
): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function finished(child: ChildProcess) {
  const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')]);
  return { code: child.exitCode, signal: child.signalCode, out, err };
}

const runIn = (project: TestProject): string => readFileSync(join(project.root, '.tf/ralph/lock'), 'utf8');

describe('the program as a process', () => {
  test('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const repo = makeRepo();
    for (const flag of ['--version', '-V']) {
      expect(await finished(start([flag], { root: repo.root, env: {} }))).toEqual({
        code: 0,
        signal: null,
        out: `${version}\n`,
        err: '',
      });
    }
  });

  test('exits with 2 and a line on stderr for an unknown command', async () => {
    const repo = makeRepo();
    expect(await finished(start(['wrok'], { root: repo.root, env: {} }))).toEqual({
      code: 2,
      signal: null,
      out: '',
      err: "ralph-actors: unknown command 'wrok'\n",
    });
  });

  test('ends a run on a signal with the exit code of that signal, and leaves no agent and no lock', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }], others: WORK_WHEN_TOLD });
    const child = start(['run'], { root: project.root, env: project.env });
    const ended = finished(child);
    await project.lobby.guest('a');
    const { run } = JSON.parse(runIn(project)) as { run: string };
    expect(processesOf(run)).toHaveLength(1);
    child.kill('SIGHUP');
    expect(await ended).toMatchObject({ code: 129, signal: null });
    expect(processesOf(run)).toEqual([]);
    expect(() => runIn(project)).toThrow('ENOENT');
  });

  test('says in a line that the folder it stands in is gone', async () => {
    const repo = makeRepo();
    const gone = join(repo.folder, 'gone');
    mkdirSync(gone);
    const script = `rmdir "$PWD"; exec "$0" "$1" plan`;
    const child = spawn('sh', ['-c', script, process.execPath, PROGRAM], { cwd: gone });
    const { code, err } = await finished(child);
    expect(code).toBe(2);
    expect(err).toMatch(/^ralph-actors: the current folder cannot be used: ENOENT[^\n]*\n$/);
  });

  test('goes on with a run when nobody reads its output any more', async () => {
    const project = makeProject({
      tickets: [{ id: 'a' }, { id: 'b', deps: ['a'] }],
      others: WORK_WHEN_TOLD,
    });
    const child = start(['run', '--verbose'], { root: project.root, env: project.env });
    const guest = await project.lobby.guest('a');
    child.stdout!.destroy();
    child.stderr!.destroy();
    guest.answer();
    project.lobby.answer('b');
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
    expect(project.read('work/b')).toBe('done by b\n');
  });

  test('leaves no agent behind when it breaks in the middle of a run', async () => {
    const project = makeProject({ tickets: [{ id: 'a' }], others: WORK_WHEN_TOLD });
    const trap = join(project.folder, 'trap.mjs');
    writeFileSync(trap, `process.on('SIGUSR2', () => { throw new Error('a planted error'); });\n`);
    const child = start(['run', '--quiet'], {
      root: project.root,
      env: { ...project.env, NODE_OPTIONS: `--import=${pathToFileURL(trap).href}` },
    });
    const ended = finished(child);
    const guest = await project.lobby.guest('a');
    child.kill('SIGUSR2');
    expect(await ended).toMatchObject({
      code: 1,
      out: '',
      err: 'ralph-actors: unexpected error: a planted error; ralph-actors status --json names the journal of the run\n',
    });
    await guest.gone;
    // What the broken run left is for the next one to put right.
    project.lobby.openDoors();
    expect((await finished(start(['run', '--quiet'], project))).code).toBe(0);
  });

  test('says an error that nobody has foreseen in one line, and shows the stack only to who asks for it', async () => {
    const repo = makeRepo({ files: { '.tf/ralph/runs': 'a file where a folder should be\n' } });
    const plain = await finished(start(['status'], { root: repo.root, env: {} }));
    expect(plain).toMatchObject({ code: 1, out: '' });
    expect(plain.err).toMatch(/^ralph-actors: unexpected error: ENOTDIR[^\n]*\n$/);
    const { err } = await finished(start(['status'], { root: repo.root, env: { RALPH_DEBUG: '1' } }));
    expect(err).toMatch(/^ralph-actors: unexpected error: ENOTDIR[^\n]*\nError: ENOTDIR.*\n {4}at /);
  });
});
