import { expect, test } from 'vitest';
import { expectClean, makeProject, processesOf, ticketOf, WORK } from '../support/e2e.ts';
import { gateInLobby } from '../support/lobby.ts';

test('puts right what a run left that was killed, and goes on where it ended', async () => {
  const project = makeProject({
    tickets: [
      { id: 'done', components: ['x'], priority: 0 },
      { id: 'works', components: ['x'] },
      { id: 'insists', components: ['y'] },
      { id: 'after', components: ['y'], deps: ['works', 'insists'] },
    ],
    // Whose work this would be otherwise: see guardian.test.ts.
    config: { guardian: false },
    script: {
      works: [
        { do: 'write', path: 'half', content: 'committed\n' },
        { do: 'commit', message: 'Half of it, by {session}' },
        { do: 'write', path: 'half', content: 'not committed\n' },
        { do: 'leave', what: 'daemon' },
        { do: 'meet', at: 'half' },
        ...WORK,
      ],
      insists: [{ do: 'ignoreSigterm' }, { do: 'meet', at: 'nothing' }, ...WORK],
    },
  });
  const { lobby } = project;
  const program = project.cli('run');
  const cutOff = await Promise.all([lobby.guest('works'), lobby.guest('insists')]);
  program.kill('SIGKILL');
  expect((await program.ended).exitCode).toBe(137);
  // Nobody has told the agents: they live on, each with what it started.
  expect(cutOff.map(({ session }) => processesOf(session).length)).toEqual([2, 1]);

  const live = await project.start();
  lobby.answer('works', 'insists');
  const run = await live.over;
  expect(run.report).toMatchObject({
    exitCode: 0,
    outcome: 'complete',
    totals: { closed: 1, landed: 3 },
    recoveryNotes: [
      expect.stringMatching(/^run .* was cut off; its lock was taken over$/),
      expect.stringMatching(/: ended 1 of 1 processes$/),
      expect.stringMatching(/: ended 2 of 2 processes$/),
      expect.stringMatching(/^works: work of a run that was cut off is kept on ralph\/works\//),
    ],
  });
  expect(cutOff.flatMap(({ session }) => processesOf(session))).toEqual([]);
  const kept = project.branches().find((branch) => branch.startsWith('ralph/'))!;
  expect(project.git('show', `${kept}:half`)).toBe('not committed');
  expect(project.git('rev-list', '--count', `main..${kept}`)).toBe('2');
  // No session of the second run is one of the first.
  const sessions = new Set(cutOff.map(({ session }) => session));
  expect(run.report.tickets.filter(({ session }) => session !== null && sessions.has(session))).toEqual([]);
  expectClean(project, run, { branches: [kept] });

  const again = await project.run();
  expect(again.report).toMatchObject({ exitCode: 0, sessions: 0, recoveryNotes: [], totals: { closed: 4 } });
  expectClean(project, again, { branches: [kept] });
});

test('ends a gate of a run that was killed, and merges what the gate was to judge', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], config: { guardian: false } });
  const { lobby } = project;
  project.writeConfig({ ...project.config, gates: [gateInLobby(lobby)] });
  const program = project.cli('run');
  const gate = await lobby.guest('gate');
  program.kill('SIGKILL');
  await program.ended;

  project.writeConfig(project.config);
  const run = await project.run();
  await gate.gone;
  expect(run.report.recoveryNotes).toContainEqual(expect.stringMatching(/: ended 1 of 1 processes$/));
  expect(run.report.recoveryNotes).toContainEqual(
    expect.stringMatching(/^a: the work of session .*, done before the cut, has landed$/),
  );
  expect(run.report).toMatchObject({ exitCode: 0, sessions: 0, totals: { landed: 1 } });
  expectClean(project, run);
});

test('keeps finished work that does not merge any more, says why, and has the ticket done again once', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], config: { guardian: false } });
  const { lobby } = project;
  project.writeConfig({ ...project.config, gates: [gateInLobby(lobby)] });
  const program = project.cli('run');
  await lobby.guest('gate');
  program.kill('SIGKILL');
  await program.ended;

  project.writeConfig(project.config);
  project.write({ 'work/a': 'by a person\n' });
  project.git('add', 'work/a');
  project.git('commit', '-m', 'Do it by hand');
  const run = await project.run();
  expect(run.report.recoveryNotes).toEqual([
    expect.stringMatching(/^run .* was cut off; its lock was taken over$/),
    expect.stringMatching(/: ended 1 of 1 processes$/),
    expect.stringMatching(/^a: the work of session .* was done and did not merge: conflicts in work\/a$/),
    expect.stringMatching(/^a: work of a run that was cut off is kept on ralph\/a\//),
  ]);
  expect(run.report.sessions).toBe(1);
  const kept = project.branches().filter((branch) => branch.startsWith('ralph/'));
  expect(kept).toHaveLength(1);
  const again = await project.run();
  expect(again.report).toMatchObject({ sessions: 0, recoveryNotes: [] });
  expect(project.branches().filter((branch) => branch.startsWith('ralph/'))).toEqual(kept);
});

test('starts in spite of a lock and a journal that a crash has damaged, and says so', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }] });
  project.write({
    '.tf/ralph/lock': 'half a lo',
    '.tf/ralph/runs/20260101-000000-torn/journal.jsonl': '{"v":1,"seq":0,"at":17',
    '.tf/ralph/runs/20260101-000001-odd/journal.jsonl': 'no journal\nat all\n',
  });
  const run = await project.run();
  expect(run.report).toMatchObject({
    exitCode: 0,
    recoveryNotes: [
      expect.stringMatching(/^a damaged lock was moved to .*\/lock\.damaged-/),
      'the journal of run 20260101-000001-odd says nothing from line 1 on (it is no JSON, and lines follow it); what it says before was put right',
    ],
  });
  expect(ticketOf(run, 'a')).toMatchObject({ ending: 'merged' });
});
