import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lookUp } from '../../../src/effects/git/tracked-file.ts';
import { makeRepo, workTree, type Files } from '../../support/repo.ts';
import { openEffects } from './open-effects.ts';

const TICKET = '---\r\nid: t-1\r\nstatus: open\r\nname: caf\xe9\r\n---\r\n# T\r\n';
const INTEGRATION = 'refs/ralph/integration/main';

/** As an expected value: a string that a pattern matches. Typed, where vitest has `any`. */
function matching(pattern: RegExp): string {
  return expect.stringMatching(pattern) as string;
}

async function start(options: Parameters<typeof openEffects>[1] & { files?: Files } = {}) {
  const files = options.files ?? { 'a.txt': 'a\n', 'b.txt': 'b\n', '.gitignore': 'ignored/\n' };
  const repo = makeRepo({ files });
  const effects = await openEffects(repo, options);
  return { repo, effects, ...(await effects.begin('s1', 't-1')) };
}

describe('merging', () => {
  test('lands a merge commit with the ticket in its words and publishes it', async () => {
    const { repo, effects, place, agent } = await start();
    const head = agent.commit('work', { 'a.txt': '1\n' });
    const outcome = await effects.land(place, '  It --works\nwell "now"  ');
    const commit = repo.tip('main');
    expect(outcome).toEqual({ kind: 'landed', commit, publication: { kind: 'published', commit } });
    expect(repo.git('show', '--no-patch', '--format=%P%n%an <%ae>%n%cn <%ce>%n%B', 'main')).toBe(
      [
        `${place.base} ${head}`,
        'Test Person <person@example.org>',
        'Test Person <person@example.org>',
        'Merge t-1: It --works well "now"',
        '',
        'Ralph-Ticket: t-1',
        'Ralph-Session: s1',
      ].join('\n'),
    );
    expect(repo.read('a.txt')).toBe('1\n');
    expect(repo.git('status', '--porcelain')).toBe('');
    expect(effects.closedInStore).toEqual(['t-1']);
    expect(repo.git('fsck', '--strict')).toBe('');
  });

  test('closes a tracked ticket in the merge commit, with its other bytes and its mode kept', async () => {
    const { repo, effects, place, agent } = await start({
      files: {
        '.tickets/t-1.md': Buffer.from(TICKET, 'latin1'),
        '.tickets/t-2.md': 'other\n',
        '.tickets.md': 'x\n',
      },
    });
    await effects.worktrees.release(place);
    repo.git('update-index', '--chmod=+x', '.tickets/t-1.md');
    repo.git('commit', '--quiet', '-m', 'executable');
    repo.git('checkout', '--', '.');
    const { place: next, agent: second } = await effects.begin('s2', 't-1');
    second.commit('work', { 'a.txt': '1\n' });
    expect(agent.root).not.toBe(second.root);
    expect(await effects.land(next)).toMatchObject({ kind: 'landed', publication: { kind: 'published' } });
    const [after] = await lookUp(effects.repository.git, ['main'], '.tickets/t-1.md');
    expect(after?.file?.mode).toBe('100755');
    expect(after?.file?.bytes.toString('latin1')).toBe(TICKET.replace('open', 'closed'));
    expect(repo.git('show', '--format=', '--name-only', '-m', '--first-parent', 'main').split('\n')).toEqual([
      '.tickets/t-1.md',
      'a.txt',
    ]);
    expect(effects.closedInStore).toEqual([]);
    expect(repo.git('status', '--porcelain')).toBe('');
    expect(repo.git('fsck', '--strict')).toBe('');
  });

  test('closes a ticket that the agent has edited, as the merge left it', async () => {
    const { repo, effects, place, agent } = await start({
      files: { '.tickets/t-1.md': 'status: open\n\nold\n' },
    });
    agent.commit('notes', { '.tickets/t-1.md': 'status: in_progress\n\nold\n\nnotes\n' });
    await effects.land(place);
    expect(repo.read('.tickets/t-1.md')).toBe('status: closed\n\nold\n\nnotes\n');
  });

  test('closes a ticket in the store when its file is a link', async () => {
    const { effects, place, agent } = await start();
    agent.write({ '.tickets/real.md': 'status: open\n' });
    symlinkSync('real.md', join(place.worktree, '.tickets', 't-1.md'));
    agent.commit('work');
    await effects.land(place);
    expect(effects.closedInStore).toEqual(['t-1']);
  });

  test('closes no ticket in the store that git tracks and agents delete, published or not', async () => {
    const tickets = { '.tickets/t-1.md': 'status: open\n', '.tickets/t-2.md': 'status: open\n' };
    const { repo, effects, place, agent } = await start({ files: { ...tickets, 'a.txt': 'a\n' } });
    repo.write({ 'a.txt': 'edited by hand\n' });
    agent.commit('work', { '.tickets/t-1.md': null, '.tickets/t-2.md': null, 'a.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({ kind: 'landed', publication: { kind: 'held' } });
    const { place: next, agent: second } = await effects.begin('s2', 't-2');
    second.commit('work', { 'b.txt': '1\n' });
    expect(await effects.land(next)).toMatchObject({ kind: 'landed', publication: { kind: 'held' } });
    expect(effects.closedInStore).toEqual([]);
  });

  test('lands the work although its ticket cannot be closed, and says so', async () => {
    const { effects, place, agent } = await start({
      closeInStore: () => Promise.reject(new Error('disk full')),
    });
    agent.commit('work', { 'a.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({ kind: 'landed', publication: { kind: 'published' } });
    expect(effects.warnings).toEqual([
      'the work of t-1 has landed, but its ticket could not be closed: disk full',
    ]);
  });

  test('lands the work although its ticket file has become unreadable, and says so', async () => {
    const { repo, effects, place, agent } = await start({ files: { '.tickets/t-1.md': 'status: open\n' } });
    agent.commit('work', { '.tickets/t-1.md': 'nonsense\n' });
    expect(await effects.land(place)).toMatchObject({ kind: 'landed' });
    expect(effects.warnings).toEqual([
      'ticket t-1 could not be closed with its merge, .tickets/t-1.md: it has no status',
    ]);
    expect(repo.read('.tickets/t-1.md')).toBe('nonsense\n');
  });

  test('leaves everything as it was on a conflict, and lands what does not conflict after it', async () => {
    const { repo, effects, place, agent } = await start();
    const { place: second, agent: other } = await effects.begin('s2');
    const { place: third, agent: another } = await effects.begin('s3');
    agent.commit('work', { 'a.txt': '1\n' });
    const head = other.commit('work', { 'a.txt': '2\n', 'é ü.txt': '2\n' });
    another.commit('work', { 'b.txt': '3\n' });
    await effects.land(place);
    const before = repo.tip('main');
    expect(await effects.land(second)).toEqual({ kind: 'conflicted', paths: ['a.txt'] });
    expect([repo.tip('main'), repo.tip(INTEGRATION), repo.tip(second.branch)]).toEqual([
      before,
      before,
      head,
    ]);
    expect(repo.git('status', '--porcelain')).toBe('');
    expect(effects.closedInStore).toEqual(['t-1']);
    expect(await effects.land(third)).toMatchObject({ kind: 'landed' });
    expect(await effects.worktrees.release(second)).toEqual({
      keptBranch: second.branch,
      keptWorktree: null,
    });
  });

  test('lands only the closing when there is no new commit', async () => {
    const { repo, effects, place } = await start({ files: { '.tickets/t-1.md': 'status: open\n' } });
    expect(await effects.land(place)).toMatchObject({ kind: 'landed', publication: { kind: 'published' } });
    expect(repo.git('show', '--no-patch', '--format=%P %s', 'main')).toBe(`${place.base} Close t-1: Do it`);
    expect(repo.read('.tickets/t-1.md')).toBe('status: closed\n');
  });

  test('lands nothing when there is neither a commit nor a tracked ticket', async () => {
    const { repo, effects, place } = await start();
    const { place: second, agent } = await effects.begin('s2');
    agent.commit('work', { 'a.txt': '1\n' });
    await effects.land(second);
    const tip = repo.tip('main');
    expect(await effects.land(place)).toEqual({
      kind: 'landed',
      commit: tip,
      publication: { kind: 'published', commit: tip },
    });
    expect(repo.tip('main')).toBe(tip);
    expect(effects.closedInStore).toEqual(['t-s2', 't-1']);
  });

  test('keeps commits reachable that add up to nothing', async () => {
    const { repo, effects, place, agent } = await start();
    agent.commit('there', { 'a.txt': '1\n' });
    const head = agent.commit('and back', { 'a.txt': 'a\n' });
    await effects.land(place);
    expect(repo.git('merge-base', 'main', head)).toBe(head);
  });

  test('fails in words when histories have nothing in common', async () => {
    const { repo, effects, place, agent } = await start();
    agent.git('checkout', '--quiet', '--orphan', 'fresh');
    agent.commit('unrelated');
    const outcome = await effects.integration.merge({ ...place, title: '', head: repo.tip('fresh')! });
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: matching(/refusing to merge unrelated histories/),
    });
    expect(repo.tip('main')).toBe(place.base);
  });

  test('contains the commits a person makes on the target meanwhile', async () => {
    const { repo, effects, place, agent } = await start();
    agent.commit('work', { 'a.txt': '1\n' });
    const byPerson = repo.commit('by a person', { 'b.txt': '2\n' });
    expect(await effects.land(place)).toMatchObject({ kind: 'landed', publication: { kind: 'published' } });
    expect(repo.tip('main^1')).toBe(byPerson);
    expect([repo.read('a.txt'), repo.read('b.txt')]).toEqual(['1\n', '2\n']);
  });

  test('conflicts with the commits of a person before it lands', async () => {
    const { repo, effects, place, agent } = await start();
    agent.commit('work', { 'a.txt': '1\n' });
    const byPerson = repo.commit('by a person', { 'a.txt': '2\n' });
    expect(await effects.land(place)).toEqual({ kind: 'conflicted', paths: ['a.txt'] });
    expect(repo.tip('main')).toBe(byPerson);
  });

  test('lands on a target that is not main and has slashes, in a path with spaces', async () => {
    const repo = makeRepo({ branch: 'release/näxt/1', folder: 'my "repo" ü' });
    const effects = await openEffects(repo);
    const { place, agent } = await effects.begin('s1');
    agent.commit('work', { 'new file.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({ kind: 'landed', publication: { kind: 'published' } });
    expect(repo.read('new file.txt')).toBe('1\n');
    expect(repo.tip('refs/ralph/integration/release/näxt/1')).toBe(repo.tip('release/näxt/1'));
    expect(await effects.integration.finish()).toBe(true);
    expect(repo.git('for-each-ref', 'refs/ralph')).toBe('');
  });

  test('works with packed refs', async () => {
    const { repo, effects, place, agent } = await start();
    agent.commit('work', { 'a.txt': '1\n' });
    repo.git('pack-refs', '--all');
    expect(await effects.land(place)).toMatchObject({ kind: 'landed', publication: { kind: 'published' } });
    repo.git('pack-refs', '--all');
    expect(await effects.worktrees.release(place)).toEqual({ keptBranch: null, keptWorktree: null });
    expect(repo.branches()).toEqual(['main']);
  });

  test('says what to do when the target has been deleted', async () => {
    const { repo, effects, place, agent } = await start();
    agent.commit('work', { 'a.txt': '1\n' });
    repo.git('switch', '--quiet', '--create', 'other');
    repo.git('branch', '--quiet', '-D', 'main');
    expect(await effects.land(place)).toEqual({
      kind: 'failed',
      reason: `branch main is gone; bring it back with \`git branch main ${place.base}\``,
    });
  });
});

describe('gates', () => {
  const node = (script: string) => [process.execPath, '-e', script] as const;

  test('pass on the merged tree, and only then is anything moved', async () => {
    const gate = {
      name: 'both',
      command: node("process.exit(['a.txt','c.txt'].every((f)=>require('fs').existsSync(f)) ? 0 : 1)"),
      timeoutMs: 60_000,
    };
    const { repo, effects, place, agent } = await start({ gates: [gate] });
    agent.commit('work', { 'a.txt': '1\n' });
    repo.commit('by a person', { 'c.txt': 'c\n' });
    expect(await effects.land(place)).toMatchObject({ kind: 'landed', publication: { kind: 'published' } });
    expect(repo.worktrees()).toEqual([repo.root, place.worktree]);
    expect(repo.git('for-each-ref', '--format=%(refname)', 'refs/ralph')).toBe(INTEGRATION);
  });

  test('reject work with the name, the exit code and the last line, and touch nothing', async () => {
    const gate = {
      name: 'test',
      command: node("console.log('1 failed\\n'); process.exit(3)"),
      timeoutMs: 60_000,
    };
    const { repo, effects, place, agent } = await start({ gates: [gate] });
    agent.commit('work', { 'a.txt': '1\n' });
    expect(await effects.land(place)).toEqual({
      kind: 'rejected',
      reason: 'gate "test" failed with exit code 3: 1 failed',
    });
    expect([repo.tip('main'), repo.tip(INTEGRATION)]).toEqual([place.base, place.base]);
    expect(repo.worktrees()).toEqual([repo.root, place.worktree]);
    expect(effects.closedInStore).toEqual([]);
  });

  test('are ended with all they have started when their time is over', async () => {
    // The child holds the output open and ignores SIGTERM: as long as it lives, the gate is not over.
    const child = "process.on('SIGTERM', () => {}); console.log('waiting'); setInterval(() => {}, 1000)";
    const script = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' })`;
    const gate = { name: 'slow', command: node(`${script}; setInterval(() => {}, 1000)`), timeoutMs: 1000 };
    const { repo, effects, place, agent } = await start({ gates: [gate] });
    agent.commit('work', { 'a.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({
      kind: 'rejected',
      reason: matching(/^gate "slow" was ended after 1000 ms/),
    });
    expect(repo.worktrees()).toEqual([repo.root, place.worktree]);
  });

  test('that cannot be started reject the work', async () => {
    const gate = { name: 'lint', command: ['no-such-program-here'] as const, timeoutMs: 60_000 };
    const { effects, place, agent } = await start({ gates: [gate] });
    agent.commit('work', { 'a.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({
      kind: 'rejected',
      reason: matching(/^gate "lint" could not be started: .*ENOENT/),
    });
  });

  test('do not land work that somebody overtook, but try again on the new tip', async () => {
    const repo = makeRepo();
    // The first time it runs, a person commits to the target and the tip is moved there, as another run would.
    const once = join(repo.folder, 'once');
    const script = [
      "const { execFileSync: x } = require('child_process'); const fs = require('fs')",
      `if (!fs.existsSync(${JSON.stringify(once)})) {`,
      `  fs.writeFileSync(${JSON.stringify(once)}, '')`,
      `  const o = { cwd: ${JSON.stringify(repo.root)} }`,
      "  x('git', ['commit', '--quiet', '--allow-empty', '-m', 'meanwhile'], o)",
      `  x('git', ['update-ref', '${INTEGRATION}', 'main'], o)`,
      '}',
    ].join('\n');
    const effects = await openEffects(repo, {
      gates: [{ name: 'g', command: node(script), timeoutMs: 60_000 }],
    });
    const { place, agent } = await effects.begin('s1');
    agent.commit('work', { 'a.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({ kind: 'landed', publication: { kind: 'published' } });
    expect(repo.git('log', '-1', '--format=%s', 'main^1')).toBe('meanwhile');
  });

  test('are killed when the run ends, and nothing passes after that', async () => {
    const repo = makeRepo();
    const gates = [{ name: 'g', command: node('setInterval(() => {}, 1000)'), timeoutMs: 60_000 }];
    const effects = await openEffects(repo, { gates });
    const { place, agent } = await effects.begin('s1');
    agent.commit('work', { 'a.txt': '1\n' });
    effects.close();
    expect(await effects.land(place)).toEqual({
      kind: 'rejected',
      reason: 'gate "g" was not run: the run is ending',
    });
  });
});

describe('publishing', () => {
  test('moves a target that is checked out nowhere', async () => {
    const { repo, effects, place, agent } = await start();
    repo.git('switch', '--quiet', '--create', 'mine');
    repo.write({ 'a.txt': 'edited\n' });
    agent.commit('work', { 'a.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({ publication: { kind: 'published' } });
    expect(repo.git('show', 'main:a.txt')).toBe('1');
    expect(repo.read('a.txt')).toBe('edited\n');
    expect(repo.tip('HEAD')).toBe(place.base);
    expect(repo.git('symbolic-ref', 'HEAD')).toBe('refs/heads/mine');
  });

  test('fast-forwards the target where it is checked out in another worktree', async () => {
    const { repo, effects, place, agent } = await start();
    repo.git('switch', '--quiet', '--create', 'mine');
    const other = workTree(join(repo.folder, 'other'));
    repo.git('worktree', 'add', '--quiet', other.root, 'main');
    agent.commit('work', { 'a.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({ publication: { kind: 'published' } });
    expect(other.read('a.txt')).toBe('1\n');
    expect(other.git('status', '--porcelain')).toBe('');
    expect(repo.read('a.txt')).toBe('a\n');
  });

  test('keeps local edits, staged changes, ORIG_HEAD and untracked files that do not collide', async () => {
    const { repo, effects, place, agent } = await start();
    repo.git('update-ref', 'ORIG_HEAD', repo.commit('by a person', { 'd.txt': 'd\n' }));
    repo.write({ 'b.txt': 'edited\n', 'staged.txt': 'staged\n', 'untracked.txt': 'untracked\n' });
    repo.git('add', 'staged.txt');
    const before = repo.git('status', '--porcelain=v2');
    const origHead = repo.tip('ORIG_HEAD');
    agent.commit('work', { 'a.txt': '1\n', 'new.txt': 'new\n' });
    expect(await effects.land(place)).toMatchObject({ publication: { kind: 'published' } });
    expect(repo.git('status', '--porcelain=v2')).toBe(before);
    expect(repo.read('a.txt')).toBe('1\n');
    expect(repo.tip('ORIG_HEAD')).toBe(origHead);
    expect(existsSync(join(repo.root, '.git/AUTO_MERGE'))).toBe(false);
  });

  test('leaves no ORIG_HEAD where there was none', async () => {
    const { repo, effects, place, agent } = await start();
    agent.commit('work', { 'a.txt': '1\n' });
    await effects.land(place);
    expect(repo.tip('ORIG_HEAD')).toBe(null);
  });

  test.each<[string, Files, string]>([
    ['an edited file', { 'a.txt': 'edited\n' }, 'a.txt'],
    ['an untracked file', { 'new.txt': 'mine\n' }, 'new.txt'],
    ['an ignored file', { 'ignored/x': 'mine\n' }, 'ignored/x'],
    [
      'several files',
      { 'a.txt': 'x\n', 'b.txt': 'x\n', 'c.txt': 'x\n', 'new.txt': 'x\n' },
      'a.txt, b.txt, c.txt and 1 more',
    ],
  ])('waits while %s is in the way, and publishes when it is not', async (_name, files, named) => {
    const { repo, effects, place, agent } = await start({
      files: { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n', '.gitignore': 'ignored/\n' },
    });
    repo.write(files);
    const status = repo.git('status', '--porcelain');
    agent.write({ 'a.txt': '1\n', 'b.txt': '1\n', 'c.txt': '1\n', 'new.txt': '1\n', 'ignored/x': '1\n' });
    agent.git('add', '--force', 'ignored/x');
    agent.commit('work');
    const outcome = await effects.land(place);
    const held = { kind: 'held', reason: `local changes in ${repo.root} are in the way: ${named}` };
    expect(outcome).toMatchObject({ kind: 'landed', publication: held });
    expect(repo.git('status', '--porcelain')).toBe(status);
    for (const [path, content] of Object.entries(files)) expect(repo.read(path)).toBe(content);
    expect(repo.tip('main')).toBe(place.base);
    expect(await effects.integration.publish()).toEqual(held);
    expect(await effects.integration.finish()).toBe(false);

    repo.git('clean', '--quiet', '-fdx');
    repo.git('checkout', '--quiet', '--', '.');
    expect(await effects.integration.publish()).toEqual({ kind: 'published', commit: repo.tip(INTEGRATION) });
    expect(repo.git('status', '--porcelain')).toBe('');
    expect(await effects.integration.finish()).toBe(true);
  });

  test('is not held by a file that only looks touched', async () => {
    const { repo, effects, place, agent } = await start();
    repo.write({ 'a.txt': 'x\n' });
    repo.write({ 'a.txt': 'a\n' });
    agent.commit('work', { 'a.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({ publication: { kind: 'published' } });
  });

  test.each([
    ['a merge', (repo: ReturnType<typeof makeRepo>) => repo.git('merge', '--no-commit', '--no-ff', 'side')],
    ['a cherry-pick', (repo: ReturnType<typeof makeRepo>) => repo.git('cherry-pick', 'clash')],
    ['a revert', (repo: ReturnType<typeof makeRepo>) => repo.git('revert', '--no-edit', 'HEAD~1')],
  ])('waits while %s is in progress', async (operation, begin) => {
    const { repo, effects, place, agent } = await start();
    repo.git('branch', 'side');
    repo.git('branch', 'clash');
    for (const [branch, files] of [
      ['side', { 'side.txt': 'x\n' }],
      ['clash', { 'b.txt': 'clash\n' }],
    ] as const) {
      repo.git('switch', '--quiet', branch);
      repo.commit(`on ${branch}`, files);
    }
    repo.git('switch', '--quiet', 'main');
    repo.commit('one', { 'b.txt': 'one\n' });
    repo.commit('two', { 'b.txt': 'two\n' });
    try {
      begin(repo);
    } catch {
      // It stops at a conflict, and stays in progress.
    }
    const before = repo.tip('main');
    agent.commit('work', { 'a.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({
      publication: { kind: 'held', reason: `${operation} is in progress in ${repo.root}` },
    });
    expect(repo.tip('main')).toBe(before);
  });

  test('waits while the target is being rebased, with HEAD detached', async () => {
    const { repo, effects, place, agent } = await start();
    repo.git('switch', '--quiet', '--create', 'side');
    repo.commit('on side', { 'b.txt': 'side\n' });
    repo.git('switch', '--quiet', 'main');
    repo.commit('on main', { 'b.txt': 'main\n' });
    expect(() => repo.git('rebase', 'side')).toThrow();
    agent.commit('work', { 'a.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({
      publication: { kind: 'held', reason: `branch main is being rebased in ${repo.root}` },
    });
    repo.write({ 'b.txt': 'both\n' });
    repo.git('add', 'b.txt');
    repo.git('-c', 'core.editor=true', 'rebase', '--continue');
    expect(await effects.integration.publish()).toMatchObject({
      kind: 'held',
      reason: matching(/conflict with landed work in b.txt/),
    });
  });

  test('waits while another git process holds the index', async () => {
    const { repo, effects, place, agent } = await start();
    writeFileSync(join(repo.root, '.git', 'index.lock'), '');
    agent.commit('work', { 'a.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({
      publication: { kind: 'held', reason: `another git process is at work in ${repo.root}` },
    });
    expect(repo.read('a.txt')).toBe('a\n');
  });

  test('waits when the target is checked out twice', async () => {
    const { repo, effects, place, agent } = await start();
    const twice = join(repo.folder, 'twice');
    repo.git('worktree', 'add', '--quiet', '--force', twice, 'main');
    agent.commit('work', { 'a.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({
      publication: { kind: 'held', reason: `branch main is checked out twice, in ${repo.root} and ${twice}` },
    });
  });

  test('leaves nothing half done when a fast-forward breaks off', async () => {
    const { repo, effects, place, agent } = await start({
      files: { 'a.txt': 'a\n', 'gone.txt': 'gone\n', '.gitattributes': '*.bin filter=picky\n' },
    });
    repo.write({ 'untracked.txt': 'mine\n' });
    agent.commit('work', { 'a.txt': '1\n', 'gone.txt': null, 'new.txt': '1\n', 'x.bin': 'x\n' });
    repo.git('config', 'filter.picky.clean', 'cat');
    repo.git('config', 'filter.picky.smudge', 'false');
    repo.git('config', 'filter.picky.required', 'true');
    expect(await effects.land(place)).toMatchObject({
      publication: {
        kind: 'held',
        reason: `git could not update ${repo.root}: fatal: x.bin: smudge filter picky failed`,
      },
    });
    expect(repo.git('status', '--porcelain')).toBe('?? untracked.txt');
    expect([repo.read('a.txt'), repo.read('gone.txt'), repo.read('new.txt')]).toEqual([
      'a\n',
      'gone\n',
      null,
    ]);
    expect(repo.tip('main')).toBe(place.base);
    repo.git('config', 'filter.picky.smudge', 'cat');
    expect(await effects.integration.publish()).toMatchObject({ kind: 'published' });
    expect(repo.git('status', '--porcelain')).toBe('?? untracked.txt');
  });

  test('merges what a person commits while landed work waits', async () => {
    const { repo, effects, place, agent } = await start();
    repo.write({ 'a.txt': 'edited\n' });
    agent.commit('work', { 'a.txt': '1\n' });
    expect(await effects.land(place)).toMatchObject({ publication: { kind: 'held' } });
    repo.git('checkout', '--quiet', '--', 'a.txt');
    const byPerson = repo.commit('by a person', { 'b.txt': '2\n' });
    expect(await effects.integration.publish()).toEqual({ kind: 'published', commit: repo.tip('main') });
    expect(repo.git('log', '-1', '--format=%s', 'main')).toBe("Merge branch 'main' into landed work");
    expect(repo.tip('main^2')).toBe(byPerson);
    expect(repo.git('status', '--porcelain')).toBe('');
  });

  test('holds what conflicts with what a person commits while it waits, until they merge it', async () => {
    const { repo, effects, place, agent } = await start();
    repo.write({ 'a.txt': 'edited\n' });
    agent.commit('work', { 'a.txt': '1\n' });
    await effects.land(place);
    repo.commit('by a person');
    const held = {
      kind: 'held',
      reason: `new commits on main conflict with landed work in a.txt; merge ${INTEGRATION} into main by hand`,
    };
    expect(await effects.integration.publish()).toEqual(held);
    const { place: next, agent: second } = await effects.begin('s2');
    second.commit('work', { 'b.txt': '1\n' });
    expect(await effects.land(next)).toMatchObject({ kind: 'landed', publication: held });
    expect(() => repo.git('merge', '--quiet', INTEGRATION)).toThrow();
    repo.commit('by hand', { 'a.txt': 'both\n' });
    expect(await effects.integration.publish()).toEqual({ kind: 'published', commit: repo.tip('main') });
    expect(await effects.integration.finish()).toBe(true);
    expect(repo.git('for-each-ref', 'refs/ralph')).toBe('');
  });

  test('has nothing to publish before anything has happened', async () => {
    const repo = makeRepo();
    const effects = await openEffects(repo);
    expect(await effects.integration.publish()).toBe(null);
    expect(await effects.integration.finish()).toBe(true);
    expect(repo.git('for-each-ref', 'refs/ralph')).toBe('');
  });

  test('publishes what an earlier run has left on the integration ref', async () => {
    const { repo, effects, place, agent } = await start();
    repo.write({ 'a.txt': 'edited\n' });
    agent.commit('work', { 'a.txt': '1\n' });
    await effects.land(place);
    repo.git('checkout', '--quiet', '--', 'a.txt');
    const later = await openEffects(repo);
    expect(await later.integration.publish()).toEqual({ kind: 'published', commit: repo.tip(INTEGRATION) });
  });
});

describe('tickets that are closed on the tip', () => {
  test('are found although the checkout does not say so', async () => {
    const { repo, effects, place, agent } = await start({
      files: {
        '.tickets/t-1.md': 'status: open\n',
        '.tickets/t-2.md': 'status: open\n\nwhen the status is closed\n',
        '.tickets/t-3.md': 'status: closed\n',
        '.tickets/t-4.md': 'the status of this is closed to the public\n',
        '.tickets/old/t-5.md': 'status: closed\n',
        'other/t-6.md': 'status: closed\n',
      },
    });
    repo.git('switch', '--quiet', '--create', 'mine');
    agent.commit('work', { 'a.txt': '1\n' });
    await effects.land(place);
    expect([...(await effects.integration.closedOnTip('.tickets'))].toSorted()).toEqual(['t-1', 't-3']);
    expect(repo.read('.tickets/t-1.md')).toBe('status: open\n');
    await effects.integration.finish();
    expect([...(await effects.integration.closedOnTip('.tickets'))].toSorted()).toEqual(['t-1', 't-3']);
  });

  test('are none where tickets are not tracked', async () => {
    const { repo, effects } = await start();
    mkdirSync(join(repo.root, '.tickets'));
    expect((await effects.integration.closedOnTip('.tickets')).size).toBe(0);
  });
});
