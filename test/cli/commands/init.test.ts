import { describe, expect, test } from 'vitest';

import { init } from '../../../src/cli/commands/init.ts';
import { plan } from '../../../src/cli/commands/plan.ts';
import { fakeIo } from '../../support/fake-io.ts';
import { makeRepo, temporaryFolder, workTree } from '../../support/repo.ts';
import { treeHash } from '../../support/tree-hash.ts';

describe('init', () => {
  test('makes the tickets folder and a configuration that changes nothing, and says what comes next', async () => {
    const repo = makeRepo();
    const io = fakeIo(repo.root);
    expect(await init({}, io)).toBe(0);
    expect(io.out()).toMatch(/^made {2}\.tickets\/\nmade {2}\.tf\/ralph\/config\.json\n\nNext:\n/);
    expect(JSON.parse(repo.read('.tf/ralph/config.json') ?? '')).toEqual({
      agent: null,
      parallelWorkers: 1,
      targetBranch: null,
      gates: [],
      maxIterations: 50,
      parallelDispatchTimeoutMs: 1_800_000,
    });
    expect(repo.git('status', '--porcelain')).toBe('?? .tf/');
  });

  test('makes an example with --example that a run could take', async () => {
    const repo = makeRepo();
    expect(await init({ example: true }, fakeIo(repo.root))).toBe(0);
    const io = fakeIo(repo.root);
    expect(await plan({ tickets: [] }, io)).toBe(0);
    expect(io.out()).toMatch(/^Plan for main: 1 ticket to do\n/);
  });

  test('overwrites nothing, and the second time changes nothing', async () => {
    const repo = makeRepo({
      files: { '.tf/ralph/config.json': '{"parallelWorkers":3}', '.tickets/example-1.md': 'mine\n' },
    });
    const before = treeHash(repo.root);
    const io = fakeIo(repo.root);
    expect(await init({ example: true }, io)).toBe(0);
    expect(io.out()).toMatch(
      /^kept {2}\.tickets\/, which was there\nkept {2}\.tf.*, which was there\nkept {2}\.tickets\/example-1\.md, which was there\n/,
    );
    expect(treeHash(repo.root)).toBe(before);
  });

  test('does not overrule what the settings of pi-ticketflow say', async () => {
    const repo = makeRepo({
      files: { '.tf/config/settings.json': '{"ralph": {"parallelWorkers": 6, "maxIterations": 9}}' },
    });
    expect(await init({}, fakeIo(repo.root))).toBe(0);
    expect(Object.keys(JSON.parse(repo.read('.tf/ralph/config.json') ?? '') as object)).toEqual([
      'agent',
      'targetBranch',
      'gates',
      'parallelDispatchTimeoutMs',
    ]);
  });

  test('refuses to add to a configuration that is broken', async () => {
    const repo = makeRepo({ files: { '.tf/config/settings.json': '{' } });
    const before = treeHash(repo.root);
    const io = fakeIo(repo.root);
    expect(await init({}, io)).toBe(2);
    expect(io.err()).toMatch(/^ralph-actors: \.tf\/config\/settings\.json: it is not valid JSON/);
    expect(treeHash(repo.root)).toBe(before);
  });

  test('works without a repository, and says that a run needs one', async () => {
    const folder = temporaryFolder();
    const io = fakeIo(folder);
    expect(await init({}, io)).toBe(0);
    expect(io.out()).toContain('git init');
    expect(workTree(folder).read('.tf/ralph/config.json')).not.toBeNull();
  });
});
