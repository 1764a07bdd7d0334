/**
 * What the simulator's fakes and the real effects must agree on, said once and asked of both. A world whose git forgives
 * what git does not would prove nothing.
 */
import { describe, expect, test } from 'vitest';

import type { MergeOutcome } from '../../src/domain/run-fact.ts';
import type { SessionPlace } from '../../src/domain/work.ts';
import type { ProcessEvent } from '../../src/ports/process-host.ts';
import {
  gitSubjects,
  hostSubjects,
  journalSubjects,
  storeSubjects,
  type AgentKind,
  type GitSubject,
} from './parity-subjects.ts';

describe.each(gitSubjects)('sessions in %s', (_name, open) => {
  async function begin(git: GitSubject, session: string, ticket = 't0'): Promise<SessionPlace> {
    return git.settled(git.worktrees.prepare(session, ticket));
  }
  async function land(git: GitSubject, place: SessionPlace): Promise<MergeOutcome> {
    const { head } = await git.settled(git.worktrees.collect(place));
    return git.settled(git.integration.merge({ ...place, title: 'Do it', head }));
  }

  test('land their work with their ticket closed, and leave nothing', async () => {
    const git = await open();
    const place = await begin(git, 's1');
    expect(place).toMatchObject({ session: 's1', ticket: 't0', branch: 'ralph/t0/s1' });
    git.agentCommits(place, 'a.txt', 'one');
    git.agentCommits(place, 'a.txt', 'two');
    expect(await git.settled(git.worktrees.collect(place))).toMatchObject({
      commits: 2,
      leftoversCommitted: false,
      objection: null,
    });
    expect(await land(git, place)).toMatchObject({ kind: 'landed', publication: { kind: 'published' } });
    expect(await git.settled(git.worktrees.release(place))).toEqual({ keptBranch: null, keptWorktree: null });
    expect([git.contentOn('main', 'a.txt'), git.isClosedOnMain('t0'), git.isClosedOnMain('t1')]).toEqual([
      'two',
      true,
      false,
    ]);
    expect(await git.settled(git.integration.finish())).toBe(true);
    expect([git.branches(), git.worktreesOfSessions()]).toEqual([['main'], 0]);
  });

  test('have what they left uncommitted committed for them', async () => {
    const git = await open();
    const place = await begin(git, 's1');
    git.agentLeaves(place, 'left.txt', 'over');
    expect(await git.settled(git.worktrees.collect(place))).toMatchObject({
      commits: 1,
      leftoversCommitted: true,
      objection: null,
    });
    await land(git, place);
    expect(git.contentOn('main', 'left.txt')).toBe('over');
  });

  test('that did nothing are found to have done nothing', async () => {
    const git = await open();
    const place = await begin(git, 's1');
    expect(await git.settled(git.worktrees.collect(place))).toEqual({
      head: place.base,
      commits: 0,
      leftoversCommitted: false,
      objection: null,
    });
  });

  test('keep their branch when their work has not landed, committed or not', async () => {
    const git = await open();
    const [first, second] = [await begin(git, 's1'), await begin(git, 's2', 't1')];
    git.agentCommits(first, 'a.txt', 'one');
    git.agentLeaves(second, 'b.txt', 'two');
    for (const place of [first, second]) {
      const kept = { keptBranch: place.branch, keptWorktree: null };
      expect(await git.settled(git.worktrees.release(place))).toEqual(kept);
      // Recovery does it again when it was cut off.
      expect(await git.settled(git.worktrees.release(place))).toEqual(kept);
    }
    expect([git.branches(), git.worktreesOfSessions()]).toEqual([['main', 'ralph/t0/s1', 'ralph/t1/s2'], 0]);
  });

  test('keep their branch when somebody deletes their folder, and what was not committed goes with it', async () => {
    const git = await open();
    const place = await begin(git, 's1');
    git.agentCommits(place, 'a.txt', 'one');
    git.agentLeaves(place, 'b.txt', 'two');
    git.deletesFolder(place);
    expect(await git.settled(git.worktrees.collect(place))).toMatchObject({
      commits: 1,
      leftoversCommitted: false,
      objection: null,
    });
    const kept = { keptBranch: place.branch, keptWorktree: null };
    expect(await git.settled(git.worktrees.release(place))).toEqual(kept);
    expect(git.worktreesOfSessions()).toBe(0);
  });

  test('are found again by their names alone', async () => {
    const git = await open();
    const place = await begin(git, 's1');
    expect(await git.settled(git.worktrees.find('s1', 't0'))).toEqual(place);
    expect(await git.settled(git.worktrees.find('s2', 't0'))).toBeNull();
  });

  test('never get a place that is taken', async () => {
    const git = await open();
    await begin(git, 's1');
    await expect(begin(git, 's1')).rejects.toThrow();
    expect(git.worktreesOfSessions()).toBe(1);
  });

  test('conflict over a file that both changed, and the second changes nothing', async () => {
    const git = await open();
    const [first, second] = [await begin(git, 's1'), await begin(git, 's2', 't1')];
    git.agentCommits(first, 'shared.txt', 'one');
    git.agentCommits(second, 'shared.txt', 'two');
    expect(await land(git, first)).toMatchObject({ kind: 'landed' });
    expect(await land(git, second)).toEqual({ kind: 'conflicted', paths: ['shared.txt'] });
    expect([git.contentOn('main', 'shared.txt'), git.isClosedOnMain('t1')]).toEqual(['one', false]);
    expect(await git.settled(git.worktrees.release(second))).toMatchObject({ keptBranch: 'ralph/t1/s2' });
  });

  test('do not conflict over a file that both changed alike', async () => {
    const git = await open();
    const [first, second] = [await begin(git, 's1'), await begin(git, 's2', 't1')];
    for (const place of [first, second]) git.agentCommits(place, 'shared.txt', 'same');
    expect(await land(git, first)).toMatchObject({ kind: 'landed' });
    expect(await land(git, second)).toMatchObject({ kind: 'landed' });
  });

  test('land on what a person commits meanwhile, and conflict with it where it is the same file', async () => {
    const git = await open();
    const [first, second] = [await begin(git, 's1'), await begin(git, 's2', 't1')];
    git.agentCommits(first, 'a.txt', 'one');
    git.agentCommits(second, 'person.txt', 'two');
    git.personCommits('person.txt', 'mine');
    expect(await land(git, first)).toMatchObject({ kind: 'landed', publication: { kind: 'published' } });
    expect([git.contentOn('main', 'a.txt'), git.contentOn('main', 'person.txt')]).toEqual(['one', 'mine']);
    expect(await land(git, second)).toEqual({ kind: 'conflicted', paths: ['person.txt'] });
  });

  test('wait on the integration ref while a person edits what they changed, and others start from there', async () => {
    const git = await open();
    const place = await begin(git, 's1');
    git.agentCommits(place, 'shared.txt', 'one');
    git.personEdits('shared.txt', 'edited');
    expect(await land(git, place)).toMatchObject({ kind: 'landed', publication: { kind: 'held' } });
    expect([git.contentOn('main', 'shared.txt'), git.contentOn('landed', 'shared.txt')]).toEqual([
      'first',
      'one',
    ]);
    expect(await git.settled(git.worktrees.release(place))).toEqual({ keptBranch: null, keptWorktree: null });
    expect(await git.settled(git.integration.finish())).toBe(false);
    expect((await begin(git, 's2', 't1')).base).toBe(await git.settled(git.integration.sync()));
  });
});

describe.each(journalSubjects)('%s of a journal', (_name, open) => {
  test('holds what was appended, numbered, once it is flushed', async () => {
    const { journal, settled, onDisk } = await open('whole');
    const entries = [journal.append({ type: 'run.paused' }), journal.append({ type: 'run.resumed' })];
    expect(entries).toMatchObject([
      { seq: 0, type: 'run.paused' },
      { seq: 1, type: 'run.resumed' },
    ]);
    await settled(journal.flushed());
    expect(await onDisk()).toEqual(entries);
    entries.push(journal.append({ type: 'run.killing' }));
    await settled(journal.flushed());
    expect(await onDisk()).toEqual(entries);
    await settled(journal.close());
  });

  test('refuses every flush once it could not be written, and goes on numbering', async () => {
    const { journal, settled, onDisk } = await open('disk full');
    journal.append({ type: 'run.paused' });
    await expect(settled(journal.flushed())).rejects.toThrow('cannot be written');
    expect(journal.append({ type: 'run.resumed' })).toMatchObject({ seq: 1 });
    await expect(settled(journal.flushed())).rejects.toThrow('cannot be written');
    await settled(journal.close());
    expect(await onDisk()).toEqual([]);
  });
});

describe.each(storeSubjects)('%s of tickets', (_name, open) => {
  test('closes one ticket and leaves the others, also when asked twice or for a ticket that is not there', async () => {
    const { store, settled } = await open();
    const statuses = async () => (await store.load()).tickets.map(({ id, status }) => `${id} ${status}`);
    expect(await statuses()).toEqual(['t0 open', 't1 open']);
    for (const ticket of ['t1', 't1', 'nobody']) await settled(store.close(ticket));
    expect(await statuses()).toEqual(['t0 open', 't1 closed']);
  });
});

describe.each(hostSubjects)('%s as a host of processes', (_name, open) => {
  async function launch(kind: AgentKind) {
    const subject = await open(kind);
    const events: ProcessEvent[] = [];
    let hear = (): void => {};
    const listen = (event: ProcessEvent): void => {
      events.push(event);
      hear();
    };
    subject.host.launch(subject.command, listen);
    const duringLaunch = events.length;
    const until = (type: ProcessEvent['type']): Promise<void> =>
      subject.settled(
        new Promise((resolve) => {
          hear = () => {
            if (events.some((event) => event.type === type)) resolve();
          };
          hear();
        }),
      );
    return { ...subject, events, duringLaunch, until, listen };
  }

  test('tells of a start and of an end, and nothing while it is still starting', async () => {
    const { events, duringLaunch, until } = await launch('endsWell');
    await until('process.exited');
    expect(duringLaunch).toBe(0);
    expect(events).toMatchObject([
      { type: 'process.spawned', session: 's1' },
      { type: 'process.exited', code: 0, signal: null, outputTail: 'done' },
    ]);
  });

  test('tells the code of an agent that fails', async () => {
    const { events, until } = await launch('fails');
    await until('process.exited');
    expect(events.at(-1)).toMatchObject({ type: 'process.exited', code: 3, signal: null });
  });

  test.each(['cannotStart', 'hasNoFolder'] as const)(
    'tells only that there is no agent when it %s',
    async (kind) => {
      const { events, until } = await launch(kind);
      await until('process.spawnFailed');
      expect(events.map(({ type }) => type)).toEqual(['process.spawnFailed']);
    },
  );

  test('ends an agent by a signal, and leaves an ended one alone', async () => {
    const { host, events, until } = await launch('hangs');
    await until('process.spawned');
    host.signal('s1', 'SIGTERM');
    await until('process.exited');
    host.signal('s1', 'SIGKILL');
    host.signal('nobody', 'SIGKILL');
    expect(events.at(-1)).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  test('refuses a second process for a session', async () => {
    const { host, command, listen, events, until } = await launch('hangs');
    host.launch(command, listen);
    await until('process.spawnFailed');
    expect(events.filter(({ type }) => type === 'process.spawnFailed')).toHaveLength(1);
  });

  test('sweeps away what an agent left behind, and then finds nobody', async () => {
    const { host, settled, until } = await launch('leavesOneBehind');
    await until('process.exited');
    expect(await settled(host.sweep('s1'))).toEqual({ survivorsFound: 1, survivorsLeft: 0 });
    expect(await settled(host.sweep('s1'))).toEqual({ survivorsFound: 0, survivorsLeft: 0 });
  });

  test('kills what is left when it closes, and starts nothing any more', async () => {
    const { host, settled, command, listen, until } = await launch('hangs');
    await until('process.spawned');
    expect(await settled(host.close())).toMatchObject({ survivorsLeft: 0 });
    await until('process.exited');
    host.launch({ ...command, session: 's2' }, listen);
    await until('process.spawnFailed');
  });
});
