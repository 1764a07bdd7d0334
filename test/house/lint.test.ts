import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Folders of src that may know everything below them; every other folder has an import rule of its own. */
const FREE_FOLDERS: ReadonlySet<string> = new Set(['cli', 'orchestrator']);

/** Files that break one rule each: where, what, and the rule that must say so. */
const PLANTED: readonly (readonly [file: string, source: string, rule: string])[] = [
  ['src/domain/port.ts', "export type { Clock } from '../ports/clock.ts';", 'eslint(no-restricted-imports)'],
  [
    'src/domain/detour.ts',
    "export type { Clock } from './../ports/clock.ts';",
    'eslint(no-restricted-imports)',
  ],
  ['src/effects/detour.ts', "export * from './git/../../agents/pi.ts';", 'eslint(no-restricted-imports)'],
  ['src/domain/package.ts', "export { setup } from 'xstate';", 'eslint(no-restricted-imports)'],
  ['src/domain/node.ts', "export { readFileSync } from 'node:fs';", 'eslint(no-restricted-imports)'],
  [
    'src/domain/late.ts',
    "export const late = async () => import('../ports/clock.ts');",
    'eslint(no-restricted-imports)',
  ],
  [
    'src/domain/type-query.ts',
    "export type C = import('../ports/clock.ts').Clock;",
    'typescript(consistent-type-imports)',
  ],
  ['src/ports/effect.ts', "export * from '../effects/system-clock.ts';", 'eslint(no-restricted-imports)'],
  ['src/ports/package.ts', "export { z } from 'zod';", 'eslint(no-restricted-imports)'],
  ['src/effects/agent.ts', "export * from '../agents/pi.ts';", 'eslint(no-restricted-imports)'],
  [
    'src/effects/git/machine.ts',
    "export * from '../../../machines/protocol.ts';",
    'eslint(no-restricted-imports)',
  ],
  ['src/agents/effect.ts', "export * from '../effects/git/git.ts';", 'eslint(no-restricted-imports)'],
  ['src/config/run.ts', "export * from '../orchestrator/run.ts';", 'eslint(no-restricted-imports)'],
  ['src/orchestrator/command.ts', "export * from '../cli/run.ts';", 'eslint(no-restricted-imports)'],
  ['src/index.ts', "export * from './cli/run.ts';", 'eslint(no-restricted-imports)'],
  ['src/verify/port.ts', "export type { Clock } from '../ports/clock.ts';", 'eslint(no-restricted-imports)'],
  ['src/verify/node.ts', "export { readFileSync } from 'node:fs';", 'eslint(no-restricted-imports)'],
  ['src/sim/effect.ts', "export * from '../effects/system-clock.ts';", 'eslint(no-restricted-imports)'],
  ['src/demo/run.ts', "export * from '../orchestrator/run.ts';", 'eslint(no-restricted-imports)'],
  ['machines/actor.ts', "export * from '../actors/provide.ts';", 'eslint(no-restricted-imports)'],
  [
    'machines/session/port.ts',
    "export type { Clock } from '../../src/ports/clock.ts';",
    'eslint(no-restricted-imports)',
  ],
  ['machines/session/node.ts', "export { readFileSync } from 'node:fs';", 'eslint(no-restricted-imports)'],
  ['actors/effect.ts', "export * from '../src/effects/system-clock.ts';", 'eslint(no-restricted-imports)'],
  ['actors/package.ts', "export { execa } from 'execa';", 'eslint(no-restricted-imports)'],
  ['src/domain/now.ts', 'export const now = (): number => Date.now();', 'eslint(no-restricted-globals)'],
  [
    'src/domain/detour-now.ts',
    'export const now = (): number => globalThis.Date.now();',
    'eslint(no-restricted-globals)',
  ],
  [
    'src/domain/dice.ts',
    'export const dice = (): number => Math.random();',
    'eslint(no-restricted-properties)',
  ],
  ['src/domain/loose-dice.ts', 'export const { random } = Math;', 'eslint(no-restricted-properties)'],
  ['machines/session/now.ts', 'export const now = new Date();', 'eslint(no-restricted-globals)'],
  ['machines/session/host.ts', 'export const pid = process.pid;', 'eslint(no-restricted-globals)'],
  [
    'machines/timer.ts',
    'export const wait = (f: () => void) => setTimeout(f, 1);',
    'eslint(no-restricted-globals)',
  ],
  [
    'src/verify/wait.ts',
    'export const wait = (f: () => void) => setInterval(f, 1);',
    'eslint(no-restricted-globals)',
  ],
  [
    'src/verify/dice.ts',
    'export const dice = (): number => Math.random();',
    'eslint(no-restricted-properties)',
  ],
  ['src/effects/log.ts', "export const log = (): void => console.log('started');", 'eslint(no-console)'],
  ['src/effects/exit.ts', 'export const leave = (): never => process.exit(1);', 'unicorn(no-process-exit)'],
  [
    'src/config/hen.ts',
    "import type { Egg } from './egg.ts';\nexport interface Hen { of: Egg }",
    'import(no-cycle)',
  ],
  [
    'src/config/egg.ts',
    "import type { Hen } from './hen.ts';\nexport interface Egg { of: Hen }",
    'import(no-cycle)',
  ],
  [
    'src/effects/floating.ts',
    'const work = async (): Promise<void> => {};\nexport const start = (): void => { work(); };',
    'typescript(no-floating-promises)',
  ],
  [
    'src/domain/incomplete.ts',
    "export function f(x: 'a' | 'b'): number {\n  let n = 0;\n  switch (x) {\n    case 'a':\n      n = 1;\n  }\n  return n;\n}",
    'typescript(switch-exhaustiveness-check)',
  ],
  ['test/focused.test.ts', oddTest('only'), 'vitest(no-focused-tests)'],
  ['test/disabled.test.ts', oddTest('skip'), 'vitest(no-disabled-tests)'],
  ['test/later.test.ts', oddTest('todo'), 'vitest(warn-todo)'],
  [
    'test/sleep.test.ts',
    asTest("test('waits', (c) => { setTimeout(c.skip, 9); });"),
    'eslint(no-restricted-globals)',
  ],
];

/** Files that import all that their folder may: no rule may speak. */
const ALLOWED: readonly (readonly [file: string, source: string])[] = [
  ['src/domain/ids.ts', 'export type Id = string;'],
  ['src/domain/ticket.ts', "export type { Id } from './ids.ts';"],
  ['src/ports/clock.ts', "import type { Id } from '../domain/ids.ts';\nexport interface Clock { id: Id }"],
  ['src/ports/logger.ts', "export type { Clock } from './clock.ts';"],
  [
    'src/effects/git/git.ts',
    "export { readFileSync } from 'node:fs';\nexport { execa } from 'execa';\nexport type { Id } from '../../domain/ids.ts';\nexport type { Clock } from '../../ports/clock.ts';\nexport { now } from '../system-clock.ts';",
  ],
  ['src/effects/system-clock.ts', 'export const now = (): number => Date.now();'],
  ['src/agents/pi.ts', "export type { Clock } from '../ports/clock.ts';\nexport { z } from 'zod';"],
  ['src/orchestrator/run.ts', "export * from '../agents/pi.ts';\nexport * from '../../actors/provide.ts';"],
  ['src/cli/run.ts', "export * from '../orchestrator/run.ts';\nconsole.log('ran');"],
  ['machines/protocol.ts', "export type { Id } from '../src/domain/ids.ts';"],
  [
    'machines/session/machine.ts',
    "export { setup } from 'xstate';\nexport type { Id } from '../../src/domain/ids.ts';\nexport * from '../protocol.ts';\nexport * from '../supervisor/events.ts';",
  ],
  ['machines/supervisor/events.ts', 'export type Event = { readonly type: string };'],
  [
    'actors/provide.ts',
    "export { fromPromise } from 'xstate';\nexport * from '../machines/session/machine.ts';\nexport type { Clock } from '../src/ports/clock.ts';",
  ],
  [
    'src/verify/explore.ts',
    "export * from '../../machines/session/machine.ts';\nexport { initialTransition } from 'xstate';",
  ],
  [
    'src/sim/world.ts',
    "export * from '../../actors/provide.ts';\nexport * from '../../machines/protocol.ts';\nexport type { Clock } from '../ports/clock.ts';",
  ],
  ['test/sound.test.ts', asTest("test('adds up', () => { expect(1 + 1).toBe(2); });")],
];

interface Report {
  readonly diagnostics: readonly {
    readonly code: string;
    readonly filename: string;
    readonly message: string;
  }[];
  readonly number_of_files: number;
}

describe('the import rules and the rules of the house', () => {
  let rulesBroken: ReadonlyMap<string, readonly string[]>;
  let filesRead: number;
  let copy: string;

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'ralph lint '));
    for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json', '.gitignore']) {
      await cp(join(ROOT, file), join(copy, file));
    }
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    for (const [file, source] of [...PLANTED, ...ALLOWED]) {
      await mkdir(dirname(join(copy, file)), { recursive: true });
      await writeFile(join(copy, file), `${source}\n`);
    }
    const report = await lint(copy);
    filesRead = report.number_of_files;
    const found = new Map<string, string[]>();
    for (const { filename, code } of report.diagnostics)
      found.set(filename, [...(found.get(filename) ?? []), code]);
    rulesBroken = found;
  });

  afterAll(async () => rm(copy, { recursive: true, force: true }));

  test('reads every planted file and nothing else', () => {
    expect(filesRead).toBe(PLANTED.length + ALLOWED.length);
  });

  test.each(PLANTED)('refuses %s', (file, _source, rule) => {
    expect(rulesBroken.get(file)).toEqual([rule]);
  });

  test.each(ALLOWED)('accepts %s', (file) => {
    expect(rulesBroken.get(file)).toBeUndefined();
  });
});

describe('the real tree', () => {
  test('is read file by file', async () => {
    const { stdout } = await execa('git', ['ls-files', '*.ts', '*.mjs'], { cwd: ROOT });
    const tracked = stdout.split('\n').length;
    expect(tracked).toBeGreaterThan(60);
    expect((await lint(ROOT)).number_of_files).toBeGreaterThanOrEqual(tracked);
  });

  test('has an import rule for every folder of src that may not know everything', async () => {
    const entries = await readdir(join(ROOT, 'src'), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    const rules = await readFile(join(ROOT, '.oxlintrc.json'), 'utf8');
    const bound = folders.filter((folder) => !FREE_FOLDERS.has(folder));
    expect(bound.length).toBeGreaterThan(4);
    expect(bound.filter((folder) => !rules.includes(`"src/${folder}/**"`))).toEqual([]);
  });
});

function asTest(body: string): string {
  return `import { expect, test } from 'vitest';\nexport { expect };\n${body}`;
}

/** A test that does not run, put together so that a search for such tests does not find this file. */
function oddTest(kind: 'only' | 'skip' | 'todo'): string {
  return asTest(`test.${kind}('counts', () => {});`);
}

async function lint(cwd: string): Promise<Report> {
  const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint');
  // It exits with 1 when it has something to report, which is what most of these tests want.
  const { stdout } = await execa(process.execPath, [oxlint, '--format=json'], { cwd, reject: false });
  return JSON.parse(stdout) as Report;
}
