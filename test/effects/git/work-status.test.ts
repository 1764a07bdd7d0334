import { expect, test } from 'vitest';
import { parseWorkStatus } from '../../../src/effects/git/work-status.ts';

const HASH = 'a'.repeat(40);
const HEADER = `# branch.oid ${HASH}\0# branch.head ralph/t-1/s 1\0# stash 2\0`;
const modes = `100644 100644 100644 ${HASH} ${HASH}`;

test('finds nothing in a clean worktree', () => {
  expect(parseWorkStatus(HEADER)).toEqual({
    commit: HASH,
    branch: 'ralph/t-1/s 1',
    dirty: false,
    unmerged: [],
    nested: [],
    dirtySubmodules: [],
  });
});

test('tells a branch without a commit and a detached HEAD', () => {
  expect(parseWorkStatus('# branch.oid (initial)\0# branch.head x\0')).toMatchObject({
    commit: null,
    branch: 'x',
  });
  expect(parseWorkStatus(`# branch.oid ${HASH}\0# branch.head (detached)\0`)).toMatchObject({ branch: null });
});

test.each([
  ['a modified file', `1 .M N... ${modes} a file\0`],
  ['a staged file', `1 M. N... ${modes} a file\0`],
  ['an untracked file', '? a file\0'],
  ['a submodule at another commit', `1 .M SC.. ${modes} lib\0`],
])('finds %s to commit', (_name, record) => {
  expect(parseWorkStatus(HEADER + record)).toMatchObject({ dirty: true, nested: [], dirtySubmodules: [] });
});

test('names what no commit can hold', () => {
  const records = `1 .M S.M. ${modes} my lib\0? vendor/own repo/\0`;
  expect(parseWorkStatus(HEADER + records)).toMatchObject({
    dirty: false,
    nested: ['vendor/own repo'],
    dirtySubmodules: ['my lib'],
  });
});

test('names unresolved conflicts', () => {
  const record = `u UU N... 100644 100644 100644 100644 ${HASH} ${HASH} ${HASH} a file\0`;
  expect(parseWorkStatus(HEADER + record)).toMatchObject({ dirty: true, unmerged: ['a file'] });
});
