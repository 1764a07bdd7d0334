import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Git, GitFailure } from '../../../src/effects/git/git.ts';
import { isContention, retried } from '../../../src/effects/git/retried.ts';
import { makeRepo } from '../../support/repo.ts';

describe('running git', () => {
  test('gives the exit code, the bytes and the words of a command', async () => {
    const repo = makeRepo({ files: { 'bytes.bin': Buffer.from([0xff, 0x00, 0xfe, 0x0d, 0x0a]) } });
    const git = new Git(repo.root);
    expect(await git.ask(['show', 'HEAD:bytes.bin'])).toEqual({
      exitCode: 0,
      stdout: Buffer.from([0xff, 0x00, 0xfe, 0x0d, 0x0a]),
      stderr: '',
    });
    expect(await git.ask(['rev-parse', '--verify', '--quiet', 'nothing'])).toMatchObject({
      exitCode: 1,
      stderr: '',
    });
    expect(await git.ask(['cat-file', '-e', 'nothing'])).toMatchObject({ exitCode: 128 });
  });

  test('hands input over as bytes', async () => {
    const repo = makeRepo();
    const input = Buffer.from([0, 255, 10]);
    const name = await new Git(repo.root).text(['hash-object', '-w', '--stdin'], { input });
    expect(await new Git(repo.root).bytes(['cat-file', 'blob', name])).toEqual(input);
  });

  test('throws what went wrong where a command has to succeed', async () => {
    const repo = makeRepo();
    const failure = await new Git(repo.root).text(['show', 'nothing']).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(GitFailure);
    expect(String(failure)).toMatch(
      /git show nothing in .* ended with exit code 128: fatal: ambiguous argument/,
    );
  });

  test('gives a silent command up', async () => {
    const repo = makeRepo();
    const git = new Git(repo.root);
    // It waits for input that never comes.
    const asked = git.ask(['cat-file', '--batch'], { silenceMaxMs: 50 });
    await expect(asked).rejects.toThrow(/git cat-file --batch in .* was given up: block timeout reached/);
  });

  test('says when git itself cannot be found', async () => {
    const repo = makeRepo();
    const git = new Git(repo.root, { PATH: '/nonexistent' });
    await expect(git.ask(['version'])).rejects.toThrow(/did not run to its end: Error: spawn git ENOENT/);
  });

  test('starts git where Ctrl-C in the terminal does not reach it', async () => {
    const repo = makeRepo();
    repo.git('config', 'alias.group', '!ps -o pgid= -p $$');
    const group = execFileSync('ps', ['-o', 'pgid=', '-p', String(process.pid)], { encoding: 'utf8' }).trim();
    expect(await new Git(repo.root).text(['group'])).toMatch(/^\d+$/);
    expect(await new Git(repo.root).text(['group'])).not.toBe(group);
    expect(repo.git('group')).toBe(group);
  });

  test('takes the settings a person passes by environment', async () => {
    const repo = makeRepo();
    const git = new Git(repo.root, {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'alias.hello',
      GIT_CONFIG_VALUE_0: 'version',
    });
    expect(await git.text(['hello'])).toMatch(/^git version/);
  });
});

describe('trying again', () => {
  const failureSaying = (stderr: string) =>
    new GitFailure(['x'], '/', { exitCode: 128, stdout: Buffer.alloc(0), stderr });

  test('does so while another git process is in the way', async () => {
    const outcomes = [failureSaying("fatal: Unable to create '/r/.git/index.lock': File exists."), 'done'];
    const value = await retried(async () => {
      const outcome = outcomes.shift();
      if (outcome instanceof Error) throw outcome;
      return outcome;
    });
    expect(value).toBe('done');
  });

  test('gives up after six tries with the last reason', async () => {
    let tries = 0;
    const trying = retried(async () => {
      tries += 1;
      throw failureSaying(`fatal: could not lock config file, try ${tries}`);
    });
    await expect(trying).rejects.toThrow(/try 6/);
  });

  test('does not for any other failure', async () => {
    let tries = 0;
    const trying = retried(async () => {
      tries += 1;
      throw failureSaying('fatal: bad object');
    });
    await expect(trying).rejects.toThrow(/bad object/);
    expect(tries).toBe(1);
  });

  test('knows the words for a lock, and no others', () => {
    expect(isContention("error: cannot lock ref 'refs/heads/x': Unable to create")).toBe(true);
    expect(isContention("fatal: could not create leading directories of '/w/.git'")).toBe(true);
    expect(isContention('fatal: refusing to merge unrelated histories')).toBe(false);
  });
});
