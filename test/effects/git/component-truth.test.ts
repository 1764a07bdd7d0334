/** What of a session's changes belongs to whom, seen in real repositories. */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changedPaths } from '../../../src/effects/git/changed-paths.ts';
import { makeRepo, type Files } from '../../support/repo.ts';
import { openEffects } from './open-effects.ts';

const OF_API = {
  owners: [{ component: 'api', owns: (path: string) => path.startsWith('api/') }],
  claimedBy: (ticket: string) => (ticket === 'on-api' ? ['api'] : ['web']),
};

async function begin(
  ticket: string,
  files: Files = { 'api/a.txt': 'one\ntwo\nthree\n', 'web/b.txt': 'b\n' },
) {
  const repo = makeRepo({ files });
  const effects = await openEffects(repo, { components: OF_API });
  const begun = await effects.begin('s1', ticket);
  const objection = async () => (await effects.worktrees.collect(begun.place)).objection;
  return { repo, effects, ...begun, objection };
}

describe('work on another component is objected to', () => {
  test.each<[string, Files, string]>([
    ['a file that is added', { 'api/new.txt': 'n\n' }, 'api/new.txt'],
    ['a file that is changed', { 'api/a.txt': 'changed\n' }, 'api/a.txt'],
    ['a file that is deleted', { 'api/a.txt': null }, 'api/a.txt'],
    ['a file that is moved away', { 'api/a.txt': null, 'web/a.txt': 'one\ntwo\nthree\n' }, 'api/a.txt'],
    ['a file that is moved in', { 'web/b.txt': null, 'api/b.txt': 'b\n' }, 'api/b.txt'],
    ['bytes', { 'api/b.bin': Buffer.from([0, 1, 255, 254]) }, 'api/b.bin'],
    ['an odd name', { 'api/grö ßer\t"x"\\.txt': 'n\n' }, 'api/grö ßer\t"x"\\.txt'],
  ])('%s', async (_what, files, path) => {
    const { agent, objection } = await begin('on-web');
    agent.commit('work', files);
    expect(await objection()).toBe(`touched ${path} of api`);
  });

  test('a mode that is changed', async () => {
    const { agent, objection } = await begin('on-web');
    chmodSync(join(agent.root, 'api/a.txt'), 0o755);
    expect(await objection()).toBe('touched api/a.txt of api');
  });

  test('what it left uncommitted', async () => {
    const { agent, objection } = await begin('on-web');
    mkdirSync(join(agent.root, 'api/deep'));
    agent.write({ 'api/deep/new.txt': 'n\n' });
    expect(await objection()).toBe('touched api/deep/new.txt of api');
  });
});

describe('work is not objected to', () => {
  test('on its own component, and on what belongs to nobody', async () => {
    const { agent, objection } = await begin('on-api');
    agent.commit('work', { 'api/a.txt': 'changed\n', 'free.txt': 'f\n' });
    expect(await objection()).toBeNull();
  });

  test('that puts back what it changed', async () => {
    const { agent, objection } = await begin('on-web');
    agent.commit('there', { 'api/a.txt': 'changed\n' });
    agent.commit('and back', { 'api/a.txt': 'one\ntwo\nthree\n' });
    expect(await objection()).toBeNull();
  });

  test('for what came with the target, when the agent merged that', async () => {
    const { repo, agent, objection } = await begin('on-web');
    repo.commit('by a person', { 'api/a.txt': 'by a person\n' });
    agent.commit('work', { 'web/b.txt': 'changed\n' });
    agent.git('merge', '--quiet', '--no-edit', 'main');
    expect(await objection()).toBeNull();
  });
});

test('where two branches parted more than once, all since the beginning counts', async () => {
  const { repo, effects, agent, place } = await begin('on-web');
  const left = agent.commit('left', { 'web/left.txt': 'l\n' });
  const right = repo.commit('right', { 'web/right.txt': 'r\n' });
  agent.git('merge', '--quiet', '--no-edit', right);
  repo.git('merge', '--quiet', '--no-edit', left);
  const [head, tip] = [agent.git('rev-parse', 'HEAD'), repo.git('rev-parse', 'HEAD')];
  const changed = await changedPaths(effects.repository, { base: place.base, tip, head });
  expect(changed).toEqual(['web/left.txt', 'web/right.txt']);
});
