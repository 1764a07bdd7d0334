/**
 * Does what the documents say work? Their commands are run here in order, as by a reader who copies them, and what they
 * print is compared with what stands below them.
 *
 * The `sh` blocks of a document are run as one script, after the scene of that document. A block `text output` is what the
 * `sh` block before it prints on stdout; times, ids and commits may differ. `npx vitest run test/docs -u` writes it anew.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { PROPERTIES } from '../../src/domain/properties.ts';
import { commandsOf, fencesOf, isForDevelopers } from './commands.ts';
import { SCENES } from './scenes.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'dist/src/cli/main.js');
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file))
    .sort(),
];
const WITH_COMMANDS = DOCUMENTS.filter((file) => shellBlocks(read(file)).length > 0);

describe('the commands in the documents', () => {
  test('are found', () => {
    const commands = commandsIn(WITH_COMMANDS).filter((command) => !isForDevelopers(command));
    expect(WITH_COMMANDS).toEqual(expect.arrayContaining(['README.md', 'docs/tutorial.md']));
    expect(WITH_COMMANDS.length).toBeGreaterThanOrEqual(13);
    expect(commands.length).toBeGreaterThanOrEqual(55);
    const ours = commands.filter((command) => /^(npx )?ralph-actors /.test(command));
    expect(ours.length).toBeGreaterThanOrEqual(16);
  });

  // Side by side: most of the time they wait for small programs. The demo alone may take half a minute.
  test.concurrent.for(WITH_COMMANDS)(
    'of %s work, and print what is said there',
    { timeout: 120_000 },
    async (file, context) => {
      const folder = mkdtempSync(join(tmpdir(), 'ralph-docs-'));
      context.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const document = read(file);
      const run = await runCommands(file, document, folder);
      context.expect(run.exitCode, run.words).toBe(0);
      await context.expect(withOutputs(document, run.outputs)).toMatchFileSnapshot(join(ROOT, file));
    },
  );

  test('for developers name what exists', () => {
    const commands = commandsIn(WITH_COMMANDS).filter(isForDevelopers);
    expect(commands).toContain('npm ci && npm test');
    expect(commands.flatMap((command) => command.split(' && ')).filter((part) => !isThere(part))).toEqual([]);
  });
});

test('a workflow runs what its guide has run', () => {
  const file = 'docs/guides/verify-in-ci.md';
  const workflows = fencesOf(read(file)).filter(({ info }) => info === 'yaml');
  const commands = workflows
    .flatMap(({ text }) => Object.values((parse(text) as Workflow).jobs))
    .flatMap(({ steps }) => steps.flatMap(({ run }) => (run?.includes('verify') === true ? [run] : [])));
  expect(commands).not.toEqual([]);
  expect(commandsIn([file])).toEqual(expect.arrayContaining(commands));
});

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

test('the README names every promise', () => {
  expect(
    PROPERTIES.map(({ name }) => name).filter((name) => !read('README.md').includes(`**${name}**`)),
  ).toEqual([]);
  expect(PROPERTIES).toHaveLength(11);
});

interface DocumentRun {
  /** Undefined when a signal ended the script. */
  readonly exitCode: number | undefined;
  /** All that was said on the way, for whoever has to mend it. */
  readonly words: string;
  /** What each `sh` block printed, in order. */
  readonly outputs: readonly string[];
}

async function runCommands(file: string, document: string, folder: string): Promise<DocumentRun> {
  const at = (name: string): string => join(folder, name);
  for (const name of ['bin', 'home', 'out', 'project', 'tmp']) mkdirSync(at(name));
  for (const [name, content] of Object.entries(PROGRAMS)) {
    writeFileSync(at(`bin/${name}`), content);
    chmodSync(at(`bin/${name}`), 0o755);
  }
  const blocks = shellBlocks(document);
  const script = [
    'set -eu',
    `{ :\n${SCENES[file] ?? ''}\n} >&2`,
    ...blocks.map((text, index) => `{ :\n${forReaders(text)}\n} > '${at(`out/${index}`)}'`),
  ].join('\n');
  const { exitCode, stderr } = await execa('bash', ['-c', script], {
    cwd: at('project'),
    reject: false,
    stdin: 'ignore',
    timeout: 100_000,
    extendEnv: false,
    env: {
      PATH: [at('bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
      HOME: at('home'),
      TMPDIR: at('tmp'),
      RALPH_ACTORS: ROOT,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.org',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.org',
    },
  });
  const outputs = blocks.map((_text, index) =>
    existsSync(at(`out/${index}`)) ? readFileSync(at(`out/${index}`), 'utf8') : '',
  );
  return { exitCode, words: `${stderr}\n${outputs.join('')}`, outputs };
}

/** Some agent: it commits a file, or is only asked whether it is there. */
const AGENT = `#!/bin/sh
set -e
echo "$RALPH_TICKET_ID" > "$RALPH_TICKET_ID.txt"
git add .
git commit --quiet --message "Do $RALPH_TICKET_ID"
`;

const SELF = `exec '${process.execPath}' '${PROGRAM}' "$@"`;

/** What a reader has installed. There is no npm: nothing may be fetched. */
const PROGRAMS = {
  claude: AGENT,
  'my-agent': AGENT,
  npm: '#!/bin/sh\necho "npm is not run here: $*" >&2\nexit 1\n',
  npx: `#!/bin/sh\n[ "$1" = ralph-actors ] || { echo "npx is not run here: $*" >&2; exit 1; }\nshift\n${SELF}\n`,
  'ralph-actors': `#!/bin/sh\n${SELF}\n`,
};

/** A block without the commands that only work in a clone of this project. */
function forReaders(text: string): string {
  return text
    .split('\n')
    .filter((line) => !isForDevelopers(line))
    .join('\n');
}

/** True when a command for developers names a script, a tool or a file that exists. */
function isThere(command: string): boolean {
  const words = command.split(' ').filter((word) => !/^[A-Z_]+=/.test(word));
  const [program = '', first = '', second = ''] = words;
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };
  if (program === 'npx') return existsSync(join(ROOT, 'node_modules/.bin', first));
  if (program !== 'npm') return existsSync(join(ROOT, program));
  return first === 'run' ? second in scripts : first === 'ci' || (first === 'test' && first in scripts);
}

/** The document with what its commands have printed; what differs only in times, ids and commits stays as it is. */
function withOutputs(document: string, outputs: readonly string[]): string {
  let result = document;
  let offset = 0;
  let block = -1;
  for (const { info, text, start } of fencesOf(document)) {
    if (info === 'sh') block += 1;
    const output = outputs[block];
    if (info !== 'text output' || output === undefined || masked(output) === masked(text)) continue;
    const told = output.replaceAll(/ +$/gm, '');
    const at = start + offset;
    result = result.slice(0, at) + told + result.slice(at + text.length);
    offset += told.length - text.length;
  }
  return result;
}

/** What no two runs have in common is left out: ids of runs, commits, times, and figures made of times. */
function masked(output: string): string {
  return output
    .replaceAll(/\d{8}-\d{6}-[0-9a-z]{4}/g, '<run>')
    .replaceAll(/\b[0-9a-f]{7,40}\b/g, '<commit>')
    .replaceAll(/ *\b\d+(\.\d+)?(ms|s| x)\b/g, ' <time>')
    .replaceAll(/ +$/gm, '');
}

function commandsIn(files: readonly string[]): readonly string[] {
  return files.flatMap((file) => shellBlocks(read(file)).flatMap(commandsOf));
}

function shellBlocks(document: string): readonly string[] {
  return fencesOf(document).flatMap(({ info, text }) => (info === 'sh' ? [text] : []));
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
