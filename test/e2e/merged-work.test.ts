import { expect, test } from 'vitest';
import { expectClean, makeProject, WORK_WHEN_TOLD } from '../support/e2e.ts';
import { peakOf } from '../support/overlaps.ts';

test('takes one ticket to merged work and leaves nothing else', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }] });
  const run = await project.run();
  expect(run.report).toMatchObject({ exitCode: 0, outcome: 'complete', sessions: 1 });
  expect(project.read('work/a')).toBe('done by a\n');
  expect(project.statusOf('a')).toBe('closed');
  expectClean(project, run);
});

test('takes twenty independent tickets to merged work, four at a time', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `t${String(index + 1).padStart(2, '0')}`);
  const project = makeProject({
    tickets: ids.map((id) => ({ id, components: [id] })),
    others: WORK_WHEN_TOLD,
  });
  const before = project.tip('main')!;
  const live = await project.start();
  // Four agents wait at once; that there is never a fifth is told by the peak.
  for (const guest of await project.lobby.guests(4)) guest.answer();
  project.lobby.openDoors();
  const run = await live.over;

  expect(run.report).toMatchObject({
    exitCode: 0,
    outcome: 'complete',
    agentsPeak: 4,
    sessions: 20,
    publication: { kind: 'published', commit: project.tip('main') },
  });
  expect(peakOf(run.records)).toBe(4);
  expect(project.git('ls-tree', '--name-only', 'main:work').split('\n')).toEqual(ids);
  expect(ids.map((id) => project.statusOf(id))).toEqual(ids.map(() => 'closed'));
  // Every ticket by a merge commit of its own, in a line from where the target was.
  expect(project.git('rev-list', '--count', '--first-parent', '--merges', `${before}..main`)).toBe('20');
  expect(project.git('rev-list', '--count', '--first-parent', `${before}..main`)).toBe('20');
  expectClean(project, run);
});
