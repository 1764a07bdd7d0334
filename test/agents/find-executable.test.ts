import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findExecutable } from '../../src/agents/find-executable.ts';

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ralph-path-'));
  for (const folder of ['one', 'two/agent', 'with space']) mkdirSync(join(root, folder), { recursive: true });
  program('one/plain', 0o644);
  program('with space/plain', 0o755);
  program('with space/agent', 0o755);
  program('here', 0o755);
});

afterAll(() => rmSync(root, { recursive: true }));

test('finds a program in the first folder of PATH that has one to run', async () => {
  // "one/plain" may not be run and "two/agent" is a folder.
  expect(await find('plain', 'one:with space')).toEqual(found('with space/plain'));
  expect(await find('agent', `${root}/two:${root}/with space`)).toEqual(found('with space/agent'));
});

test('takes an empty part of PATH for the folder it starts from', async () => {
  expect(await find('here', '/nowhere:')).toEqual(found('here'));
  expect(await find('here', '/nowhere')).toMatchObject({ kind: 'missing' });
});

test('takes a name with a slash for a path, and does not search for it', async () => {
  expect(await find('./here', '/nowhere')).toEqual(found('here'));
  expect(await find('with space/agent', '/nowhere')).toEqual(found('with space/agent'));
  expect(await find(join(root, 'here'), '')).toEqual(found('here'));
  expect(await find('./agent', 'with space')).toEqual({
    kind: 'missing',
    reason: `${root}/agent does not exist`,
  });
});

test('says where it looked, and what it found there that cannot be run', async () => {
  expect(await find('absent', 'one:/nowhere')).toEqual({
    kind: 'missing',
    reason: `"absent" is in no folder of PATH: ${root}/one, /nowhere`,
  });
  expect(await find('plain', 'one')).toEqual({
    kind: 'missing',
    reason: `"plain" is in no folder of PATH (${root}/one/plain is not executable): ${root}/one`,
  });
  expect(await find('./two', '')).toEqual({ kind: 'missing', reason: `${root}/two is no file` });
});

test('looks where the C library does when there is no PATH', async () => {
  expect(await findExecutable('sh', { cwd: root })).toMatchObject({ kind: 'found' });
});

function find(name: string, path: string) {
  return findExecutable(name, { path, cwd: root });
}

function found(path: string) {
  return { kind: 'found', path: join(root, path) };
}

function program(path: string, mode: number): void {
  writeFileSync(join(root, path), '#!/bin/sh\n');
  chmodSync(join(root, path), mode);
}
