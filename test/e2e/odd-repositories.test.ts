import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Step } from '../../src/demo/script.ts';
import { expectClean, makeProject, ticketOf, WORK, WORK_WHEN_TOLD } from '../support/e2e.ts';
import { makeRepo } from '../support/repo.ts';

const FAKE_LFS = join(import.meta.dirname, '../support/fake-lfs.sh');
/** Git asks for this before it clones a submodule from a folder. */
const FROM_FOLDER = ['-c', 'protocol.file.allow=always'] as const;

test('works in a folder whose path has spaces, quotes and letters of many alphabets', async () => {
  const project = makeProject({
    tickets: [{ id: 'a' }, { id: 'b', deps: ['a'] }],
    folder: `it's a "größeres" проект 项目`,
    files: { 'docs/más ficheros.txt': 'hola\n' },
    others: [
      { do: 'write', path: 'docs/más ficheros.txt', content: '{ticket}\n' },
      { do: 'write', path: 'новый файл {ticket}', content: 'new\n' },
    ],
  });
  const run = await project.run();
  expect(run.report).toMatchObject({ exitCode: 0, totals: { landed: 2 } });
  expect(project.read('docs/más ficheros.txt')).toBe('b\n');
  expect(project.read('новый файл a')).toBe('new\n');
  expectClean(project, run);
});

test('two runs in two clones of a project, at the same time, do not disturb each other', async () => {
  const tickets = ['a', 'b', 'c'].map((id) => ({ id, components: [id] }));
  const first = makeProject({ tickets, others: WORK_WHEN_TOLD });
  const second = makeProject({ tickets, others: WORK_WHEN_TOLD, folder: 'repo' });
  // The same history, the same name of the folder, and one state folder for the worktrees of both.
  second.git('fetch', '--quiet', first.root, 'main');
  second.git('reset', '--quiet', '--hard', 'FETCH_HEAD');
  const shared = { ...second.env, XDG_STATE_HOME: first.env['XDG_STATE_HOME']! };
  const runs = [await first.start(), await second.start({ env: shared })];
  const guests = await Promise.all([first.lobby.guests(3), second.lobby.guests(3)]);
  for (const guest of guests.flat()) guest.answer();
  const [one, other] = await Promise.all(runs.map(({ over }) => over));
  expect(one!.report).toMatchObject({ exitCode: 0, agentsPeak: 3, totals: { landed: 3 } });
  expect(other!.report).toMatchObject({ exitCode: 0, agentsPeak: 3, totals: { landed: 3 } });
  expectClean(first, one!);
  expectClean(second, other!);
});

test('keeps the content of files that Git LFS holds, committed by the agent or for it', async () => {
  const project = makeProject({
    tickets: [
      { id: 'commits', components: ['x'] },
      { id: 'leaves', components: ['y'] },
    ],
    script: {
      commits: [
        { do: 'write', path: 'commits.bin', content: 'large and new\n' },
        { do: 'commit', message: 'A large file' },
      ],
      leaves: [
        { do: 'write', path: 'old.bin', content: 'large and changed\n' },
        { do: 'write', path: 'leaves.bin', content: 'large and untracked\n' },
      ],
    },
  });
  const store = join(project.folder, 'lfs');
  mkdirSync(store);
  for (const direction of ['clean', 'smudge']) {
    project.git('config', `filter.lfs.${direction}`, `'${FAKE_LFS}' '${store}' ${direction}`);
  }
  project.git('config', 'filter.lfs.required', 'true');
  project.commit('large files', {
    '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
    'old.bin': 'large and old\n',
  });
  const run = await project.run();
  expect(run.report).toMatchObject({ exitCode: 0, totals: { landed: 2 } });
  for (const [file, content] of [
    ['commits.bin', 'large and new\n'],
    ['old.bin', 'large and changed\n'],
    ['leaves.bin', 'large and untracked\n'],
  ] as const) {
    expect(project.read(file)).toBe(content);
    expect(project.git('show', `main:${file}`)).toContain('version https://git-lfs.github.com/spec/v1');
  }
  expectClean(project, run);
});

test('leaves submodules alone, and keeps the worktree of an agent that worked in one', async () => {
  const library = makeRepo({ files: { 'library.txt': 'version 1\n' } });
  const init: Step = {
    do: 'run',
    command: ['git', ...FROM_FOLDER, 'submodule', '--quiet', 'update', '--init', 'library'],
  };
  const project = makeProject({
    tickets: [
      { id: 'beside', components: ['x'] },
      { id: 'looks', components: ['y'] },
      { id: 'edits', components: ['z'] },
    ],
    script: {
      looks: [init, ...WORK],
      edits: [init, { do: 'write', path: 'library/library.txt', content: 'changed\n' }, ...WORK],
    },
  });
  project.git(...FROM_FOLDER, 'submodule', '--quiet', 'add', library.root, 'library');
  project.commit('a library');
  const run = await project.run();
  expect(ticketOf(run, 'beside')).toMatchObject({ ending: 'merged', keptWorktrees: [] });
  expect(ticketOf(run, 'looks')).toMatchObject({ ending: 'merged', keptWorktrees: [] });
  const edits = ticketOf(run, 'edits');
  expect(edits.ending).toBe('merged');
  expect(edits.reason).toContain('submodule library has uncommitted changes');
  const [kept] = edits.keptWorktrees;
  expect(readdirSync(join(kept!, 'library'))).toContain('library.txt');
  expect(project.read('library/library.txt')).toBe('version 1\n');
  expect(project.read('work/edits')).toBe('done by edits\n');
  expect(project.git('status', '--porcelain')).toBe('');
  expect(project.worktrees()).toEqual([project.root, kept]);
});

test('keeps the worktree of an agent whose commits exist in its copy of a submodule only', async () => {
  const library = makeRepo({ files: { 'library.txt': 'version 1\n' } });
  const inLibrary = ['git', '-C', 'library', '-c', 'user.name=A', '-c', 'user.email=a@example.org'] as const;
  const project = makeProject({
    tickets: [{ id: 'a' }],
    others: [
      {
        do: 'run',
        command: ['git', ...FROM_FOLDER, 'submodule', '--quiet', 'update', '--init', 'library'],
      },
      { do: 'write', path: 'library/library.txt', content: 'version 2\n' },
      { do: 'run', command: [...inLibrary, 'commit', '--quiet', '--all', '--message', 'version 2'] },
      { do: 'commit', message: 'Use version 2' },
    ],
  });
  project.git(...FROM_FOLDER, 'submodule', '--quiet', 'add', library.root, 'library');
  project.commit('a library');
  const run = await project.run();
  const { keptWorktrees } = ticketOf(run, 'a');
  expect(keptWorktrees).toHaveLength(1);
  const wanted = project.git('rev-parse', 'main:library');
  expect(project.git('-C', join(keptWorktrees[0]!, 'library'), 'log', '-1', '--format=%s', wanted)).toBe(
    'version 2',
  );
});
