/**
 * Makes what a project needs, where it is absent. What is there stays as it is, byte for byte.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { CONFIG_FILE, loadConfig } from '../../config/load.ts';
import { describeProblem } from '../../config/problem.ts';
import type { ConfigKey } from '../../config/schema.ts';
import { TICKETS_DIR } from '../../orchestrator/state-files.ts';
import type { Io } from '../io.ts';
import { refuse } from '../refuse.ts';
import { workTreeRoot } from '../work-tree-root.ts';

/** Makes the tickets folder and the configuration file where absent, and says what it made and what comes next. */
export async function init(args: { readonly example?: boolean }, io: Io): Promise<number> {
  const root = workTreeRoot(io.cwd) ?? io.cwd;
  const loaded = loadConfig({ root, env: {}, flags: [] });
  if (!loaded.ok) return refuse(io, loaded.problems.map(describeProblem));
  // What another file says already must not be overruled by a default: this file is the stronger one.
  const keys = OFFERED_KEYS.filter((key) => loaded.sources[key].kind === 'default');
  const settings = Object.fromEntries(keys.map((key) => [key, loaded.config[key]]));

  const made: readonly (readonly [path: string, isMade: boolean])[] = [
    [`${TICKETS_DIR}/`, await makeFolder(join(root, TICKETS_DIR))],
    [CONFIG_FILE, await makeFile(join(root, CONFIG_FILE), `${JSON.stringify(settings, null, 2)}\n`)],
    ...(args.example === true
      ? [[EXAMPLE_FILE, await makeFile(join(root, EXAMPLE_FILE), EXAMPLE)] as const]
      : []),
  ];
  for (const [path, isMade] of made) {
    io.stdout.write(`${isMade ? 'made' : 'kept'}  ${path}${isMade ? '' : ', which was there'}\n`);
  }
  io.stdout.write(nextSteps(workTreeRoot(root) !== null));
  return 0;
}

/** The few settings that most people change. */
const OFFERED_KEYS = [
  'agent',
  'parallelWorkers',
  'targetBranch',
  'gates',
  'maxIterations',
  'parallelDispatchTimeoutMs',
] as const satisfies readonly ConfigKey[];

const EXAMPLE_FILE = `${TICKETS_DIR}/example-1.md`;

const EXAMPLE = `---
id: example-1
status: open
deps: []
links: []
created: 2026-01-01T00:00:00Z
type: task
priority: 2
tags: [component:docs]
---
# Say hello in HELLO.md

Make a file HELLO.md in the root of the repository that says hello in three languages.
`;

function nextSteps(isRepository: boolean): string {
  return `
Next:
${isRepository ? '' : '  git init                   a run needs a git repository with a first commit\n'}\
  ${`${TICKETS_DIR}/ID.md`.padEnd(26)} write tickets, one a file (init --example makes one)
  ${CONFIG_FILE.padEnd(26)} name your agent, e.g.
                             "agent": {"command": ["claude", "-p", "{prompt}"]}
                             null runs pi
  ralph-actors config        every setting there is, and where it came from
  ralph-actors plan          what a run would do
  ralph-actors run           run it
`;
}

async function makeFolder(path: string): Promise<boolean> {
  // With `recursive`, mkdir gives the first folder it made, or undefined.
  return (await mkdir(path, { recursive: true })) !== undefined;
}

async function makeFile(path: string, text: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
