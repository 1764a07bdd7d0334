/**
 * Work that goes beyond the components of its ticket, in whole runs.
 *
 *   web ──► after-web      beyond (untagged, alone)      notes (changes its ticket and what belongs to nobody)
 */
import { expect, test } from 'vitest';
import type { Step } from '../../src/demo/script.ts';
import { expectClean, makeProject, ticketOf, WORK } from '../support/e2e.ts';

const COMPONENTS = { api: ['src/api/**'], web: ['src/web/**'], docs: ['**/*.md'] };

function changing(...paths: readonly string[]): readonly Step[] {
  return [
    ...paths.map((path) => ({ do: 'write', path, content: 'changed by {ticket}\n' }) as const),
    { do: 'commit', message: 'Do {ticket}' },
  ];
}

test('keeps work that touches another component, blocks what waits for it, and merges the rest', async () => {
  const project = makeProject({
    tickets: [
      { id: 'web', components: ['web'] },
      { id: 'after-web', components: ['web'], deps: ['web'] },
      { id: 'beyond' },
      { id: 'notes', components: ['docs'] },
    ],
    files: { 'src/api/a.txt': 'a\n' },
    config: { components: COMPONENTS },
    script: {
      web: changing('src/web/w.txt', 'src/api/a.txt'),
      beyond: changing('src/web/b.txt', 'src/api/b.txt'),
      notes: [
        { do: 'run', command: ['sh', '-c', 'echo "by the agent" >> .tickets/notes.md'] },
        ...changing('free.txt', 'docs/d.md'),
      ],
    },
  });
  const run = await project.run();
  const web = ticketOf(run, 'web');
  expect(web).toMatchObject({
    standing: 'failed',
    ending: 'rejected',
    reason: 'touched src/api/a.txt of api',
    keptBranches: [expect.stringMatching(/^ralph\/web\//)],
  });
  expect(project.git('show', `${web.keptBranches[0]}:src/web/w.txt`)).toBe('changed by web');
  expect(project.read('src/api/a.txt')).toBe('a\n');
  expect(project.statusOf('web')).toBe('open');
  expect(ticketOf(run, 'after-web')).toMatchObject({
    standing: 'blocked',
    blockers: [{ kind: 'dependencyFailed', dependency: 'web', ending: 'rejected' }],
  });
  // Nobody is beside a ticket that runs alone, so it may change anything.
  expect(ticketOf(run, 'beyond')).toMatchObject({ ending: 'merged' });
  expect(ticketOf(run, 'notes')).toMatchObject({ ending: 'merged' });
  expect(project.read('.tickets/notes.md')).toContain('by the agent');
  expect(run.report).toMatchObject({ exitCode: 1, totals: { landed: 2, failed: 1, blocked: 1 } });
  expect(run.entries.filter((entry) => 'objection' in entry)).toMatchObject([
    { type: 'session.verified', objection: 'touched src/api/a.txt of api' },
  ]);
  expectClean(project, run, { branches: web.keptBranches });

  // A person looks, merges and closes: what waited goes on.
  project.git('merge', '--quiet', '--no-edit', web.keptBranches[0]!);
  const ticket = project.read('.tickets/web.md')!.replace('status: open', 'status: closed');
  project.commit('Close web', { '.tickets/web.md': ticket });
  const next = await project.run();
  expect(ticketOf(next, 'after-web')).toMatchObject({ ending: 'merged' });
  expectClean(project, next);
});

test('holds untagged tickets that run beside others to what belongs to nobody', async () => {
  const project = makeProject({
    tickets: [{ id: 'free' }, { id: 'spills' }],
    config: { components: COMPONENTS, parallelAllowUntagged: true },
    script: { free: WORK, spills: changing('work/spills', 'src/api/b.txt') },
  });
  const run = await project.run();
  expect(ticketOf(run, 'free')).toMatchObject({ ending: 'merged' });
  const spills = ticketOf(run, 'spills');
  expect(spills).toMatchObject({ ending: 'rejected', reason: 'touched src/api/b.txt of api' });
  expectClean(project, run, { branches: spills.keptBranches });
});
