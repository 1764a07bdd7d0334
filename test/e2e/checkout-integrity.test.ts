/** Agents that reach out of their worktrees into the repository of the person, in whole runs. */
import { expect, test } from 'vitest';
import type { Step } from '../../src/demo/script.ts';
import { expectClean, makeProject, ticketOf, WORK, WORK_WHEN_TOLD } from '../support/e2e.ts';

/** Leads from a worktree to the main checkout. */
const IN_ROOT = 'cd "$(dirname "$(git rev-parse --path-format=absolute --git-common-dir)")" && ';

const elsewhere = (command: string): Step => ({ do: 'run', command: ['sh', '-c', IN_ROOT + command] });

test.each<[string, string, RegExp]>([
  [
    'switches the checkout',
    'git checkout --quiet -b elsewhere',
    /^its agent ran `git checkout --quiet -b elsewhere` in /,
  ],
  [
    'commits in the checkout',
    'git commit --quiet --allow-empty -m here',
    /^its agent ran `git commit .*` in /,
  ],
  ['changes the configuration', 'git config core.editor vi', /^\.git\/config changed, by whomever, /],
  ['writes a hook', 'echo exit 1 > .git/hooks/pre-push', /^\.git\/hooks\/pre-push changed, by whomever, /],
  ['moves a branch', 'git update-ref refs/heads/person HEAD~1', /^refs\/heads\/person is at /],
])('keeps the work of an agent that %s, and merges what comes after', async (_what, command, reason) => {
  const project = makeProject({
    tickets: [{ id: 'a' }, { id: 'b' }],
    script: { a: [...WORK, elsewhere(command)] },
  });
  project.commit('second');
  project.git('branch', 'person');
  const run = await project.run();
  const a = ticketOf(run, 'a');
  expect(a).toMatchObject({ ending: 'rejected', reason: expect.stringMatching(reason) as string });
  expect(project.git('show', `${a.keptBranches[0]}:work/a`)).toBe('done by a');
  expect(ticketOf(run, 'b')).toMatchObject({ ending: 'merged' });
  expectClean(project, run, { branches: a.keptBranches });
});

test('says what an agent did elsewhere that left nothing in its worktree, or failed', async () => {
  const project = makeProject({
    tickets: [{ id: 'lost' }, { id: 'failed' }],
    script: {
      lost: [elsewhere('git commit --quiet --allow-empty -m here')],
      failed: [elsewhere('git config core.editor vi'), { do: 'exit', code: 3 }],
    },
  });
  const run = await project.run();
  expect(ticketOf(run, 'lost')).toMatchObject({
    ending: 'noChanges',
    reason: expect.stringMatching(/changed nothing in its worktree; its agent ran `git commit /) as string,
  });
  expect(ticketOf(run, 'failed')).toMatchObject({ ending: 'failed' });
  expect(run.logged).toContainEqual(
    expect.stringMatching(/^warn session \S+ of failed: \.git\/config changed, by whomever, /),
  );
  expectClean(project, run);
});

test('takes nobody for an agent who works in the checkout meanwhile', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], others: WORK_WHEN_TOLD });
  project.git('branch', 'person');
  const live = await project.start();
  const a = await project.lobby.guest('a');
  project.commit('by hand', { 'by-hand.txt': 'by hand\n' });
  project.git('switch', '--quiet', 'person');
  project.commit('on a branch of a person', { 'person.txt': 'p\n' });
  a.answer();
  const run = await live.over;
  expect(ticketOf(run, 'a')).toMatchObject({ ending: 'merged' });
  expectClean(project, run);
});

test('looks at nothing when it is told not to', async () => {
  const project = makeProject({
    tickets: [{ id: 'a' }],
    config: { checkoutIntegrity: false },
    script: { a: [...WORK, elsewhere('git config core.editor vi')] },
  });
  const run = await project.run();
  expect(ticketOf(run, 'a')).toMatchObject({ ending: 'merged' });
  expectClean(project, run);
});
