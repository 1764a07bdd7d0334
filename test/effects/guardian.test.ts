import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { execaProcessHost } from '../../src/effects/execa-process-host.ts';
import { guardianOf, type Guardian } from '../../src/effects/guardian.ts';
import { localProcesses } from '../../src/effects/local-processes.ts';
import { isAlive } from '../../src/effects/process-identity.ts';
import { systemClock } from '../../src/effects/system-clock.ts';
import { guardianIn } from '../support/guardians.ts';
import { openStage, type Stage } from './puppets.ts';

const SESSION = 'run-of-this-test-001';
const RUN = 'run-of-this-test';
const NODE = process.execPath;
const WORLD = { clock: systemClock, log: () => undefined, redact: (text: string) => text };

let stage: Stage;
let guardian: Guardian;
let warnings: string[];

beforeEach(async () => {
  stage = await openStage();
  warnings = [];
  guardian = guardianOf({
    run: RUN,
    record: join(stage.folder, 'guardian.json'),
    gracePeriodMs: 0,
    log: (level, message) => warnings.push(`${level} ${message}`),
  });
});

afterEach(async () => {
  process.execPath = NODE;
  await guardian.dismiss();
  await stage.close();
});

test('has nothing of the project, of the terminal, or of an agent', () => {
  process.env['RALPH_SESSION_ID'] = 'of an outer run';
  guardian.watch({ session: SESSION, leader: null, known: [] });
  delete process.env['RALPH_SESSION_ID'];
  const { pid } = guardianIn(RUN)!;
  expect(localProcesses.read(pid)).toMatchObject({ group: pid, osSession: pid });
  expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/');
  expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('RALPH_');
  const [stdin, ...output] = [0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  expect(stdin).toMatch(/^socket:/);
  expect(output).toEqual(['/dev/null', '/dev/null']);
});

test('is started with the first session, not before, and once', () => {
  expect(guardianIn(RUN)).toBe(null);
  guardian.watch({ session: SESSION, leader: null, known: [] });
  const first = guardianIn(RUN);
  guardian.watch({ session: `${SESSION}-next`, leader: null, known: [] });
  expect(guardianIn(RUN)).toEqual(first);
});

test('is told of agents through a pipe that no agent holds', async () => {
  const before = socketsOf('self');
  const host = execaProcessHost({ ...WORLD, guardian });
  host.launch(
    {
      session: SESSION,
      argv: stage.argv('agent'),
      cwd: stage.folder,
      env: { PATH: process.env['PATH'] ?? '' },
      outputDir: join(stage.folder, 'out'),
      outputBytesMax: 1024,
      stallTimeoutMs: 0,
    },
    () => undefined,
  );
  const { pid } = await stage.puppet('agent');
  // Ours of the guardian's pipe and of the agent's output, all of them new.
  const ours = [...socketsOf('self')].filter((socket) => !before.has(socket));
  expect(ours.length).toBeGreaterThanOrEqual(2);
  expect(ours.filter((socket) => socketsOf(pid).has(socket))).toEqual([]);
  await host.close();
});

test('is gone when it is dismissed, at once also while it starts', async () => {
  guardian.watch({ session: SESSION, leader: null, known: [] });
  const identity = guardianIn(RUN)!;
  await guardian.dismiss();
  expect(isAlive(identity)).toBe(false);
  expect(readdirSync(stage.folder)).not.toContain('guardian.json');
  expect(warnings).toEqual([]);
});

test('that cannot be started is missed in words, and nothing else happens', async () => {
  process.execPath = join(stage.folder, 'nothing');
  guardian.watch({ session: SESSION, leader: null, known: [] });
  guardian.watch({ session: SESSION, leader: null, known: [] });
  guardian.release(SESSION);
  // The error comes in a later turn; one of another process comes after it.
  process.execPath = NODE;
  const host = execaProcessHost(WORLD);
  await new Promise<void>((resolve) => {
    const command = {
      session: SESSION,
      argv: ['true'] as const,
      cwd: stage.folder,
      env: { PATH: process.env['PATH'] ?? '' },
      outputDir: join(stage.folder, 'out'),
      outputBytesMax: 1024,
      stallTimeoutMs: 0,
    };
    host.launch(command, ({ type }) => {
      if (type === 'process.exited') resolve();
    });
  });
  await host.close();
  expect(warnings).toEqual([
    expect.stringMatching(
      /^warn the guardian of this run could not be started: .*ENOENT.*: should ralph-actors be killed, its agents live on until the next run$/,
    ),
  ]);
});

function socketsOf(pid: number | 'self'): ReadonlySet<string> {
  const folder = `/proc/${pid}/fd`;
  return new Set(
    readdirSync(folder)
      .map((fd) => {
        try {
          return readlinkSync(join(folder, fd));
        } catch {
          // The one by which the folder was read.
          return '';
        }
      })
      .filter((target) => target.startsWith('socket:')),
  );
}
