import { describe, expect, test } from 'vitest';
import {
  changesWorkTree,
  describeCommand,
  movesRef,
  type GitCommand,
} from '../../src/domain/git-commands.ts';

function command(line: string, given: Partial<GitCommand> = {}): GitCommand {
  const [name = '', ...args] = line.split(' ');
  return { argv: ['git', name, ...args], name, args, worktree: '/w', exitCode: 0, ...given };
}

test.each([
  'add .',
  'commit -n -m x',
  'checkout main',
  'checkout -- a',
  'switch -c x',
  'reset --hard',
  'stash',
  'stash pop',
  'merge x',
  'symbolic-ref HEAD refs/heads/x',
  'update-index --chmod=+x a',
  'apply --index p',
])('%s changes a work tree', (line) => {
  expect(changesWorkTree(command(line))).toBe(true);
});

test.each([
  'status',
  'log -1',
  'diff --stat',
  'show HEAD',
  'add -n .',
  'rm --dry-run a',
  'stash list',
  'stash show -p',
  'symbolic-ref HEAD',
  'symbolic-ref --short -q HEAD',
  'update-index -q --refresh',
  'apply --check p',
  'fetch origin',
  'branch x',
  'config user.name',
])('%s changes none', (line) => {
  expect(changesWorkTree(command(line))).toBe(false);
});

test('what failed has changed nothing, but where it stops halfway', () => {
  expect(changesWorkTree(command('checkout x', { exitCode: 1 }))).toBe(false);
  expect(changesWorkTree(command('merge x', { exitCode: 1 }))).toBe(true);
  expect(changesWorkTree(command('checkout x', { exitCode: null }))).toBe(true);
});

describe('a ref', () => {
  test.each([
    'update-ref refs/heads/x abc',
    'update-ref --stdin',
    'branch -f x HEAD',
    'branch -D x',
    'branch --delete --force x',
    'branch -M x y',
    'push . HEAD:x',
    'push --force . abc:refs/heads/x',
    'fetch . y:x',
    'checkout x',
    'switch -q x',
    'checkout -B x main',
    'rebase main x',
  ])('is moved by %s', (line) => {
    expect(movesRef(command(line), 'refs/heads/x', 'x')).toBe(true);
  });

  test.each([
    'checkout -b y x',
    'checkout x -- a',
    'checkout --detach x',
    'switch -c y x',
    'branch y x',
    'branch -D xx',
    'merge x',
    'rebase x',
    'log x',
    'push origin x',
    'push . HEAD:xx',
    'update-ref refs/heads/y x',
    'stash',
  ])('is not by %s', (line) => {
    expect(movesRef(command(line), 'refs/heads/x', 'x')).toBe(false);
  });

  test('is not by a command that failed', () => {
    expect(movesRef(command('branch -D x', { exitCode: 1 }), 'refs/heads/x', 'x')).toBe(false);
  });

  test('of the stash is moved by what stashes or drops', () => {
    const moves = (line: string): boolean => movesRef(command(line), 'refs/stash', 'refs/stash');
    expect(['stash', 'stash drop', 'stash pop'].map(moves)).toEqual([true, true, true]);
    expect(['stash list', 'stash show'].map(moves)).toEqual([false, false]);
  });
});

test('a command is said as it could be typed, and not longer than a line', () => {
  const argv = ['git', '-C', '/a b', 'commit', '-m', 'it\'s\n"x"'];
  expect(describeCommand(command('', { argv }))).toBe('git -C "/a b" commit -m "it\'s\\n\\"x\\""');
  expect(describeCommand(command('', { argv: ['git', 'log', 'x'.repeat(200)] }))).toHaveLength(120);
});
