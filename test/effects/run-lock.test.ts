import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ownIdentity } from '../../src/effects/process-identity.ts';
import { acquireRunLock, type LockOutcome } from '../../src/effects/run-lock.ts';

/** Beyond what any system gives out. */
const NO_PID = 2 ** 30;

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ralph-lock-'));
  path = join(folder, '.tf', 'ralph', 'lock');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('a lock that nobody holds', () => {
  test('is acquired, says who holds it, and is gone when released', async () => {
    const { lock, succeeded, movedAside } = await acquire('run-1');
    expect([succeeded, movedAside]).toEqual([null, null]);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      run: 'run-1',
      ...ownIdentity(),
      host: hostname(),
    });
    expect(files()).toEqual(['lock']);
    await lock.release();
    expect(files()).toEqual([]);
  });

  test('cannot be had where nothing can be written, and the reason is told', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await acquireRunLock(join(folder, 'file', 'lock'), 'run-1')).toEqual({
      kind: 'impossible',
      reason: expect.stringMatching(/^cannot lock .*\/file\/lock: E/) as unknown,
    });
  });
});

describe('a lock that is held', () => {
  test('by a live run is refused, naming it, and stays with it', async () => {
    const { lock } = await acquire('run-1');
    const refused = await acquireRunLock(path, 'run-2');
    expect(refused).toMatchObject({ kind: 'held', owner: { run: 'run-1', pid: process.pid } });
    expect(refused).toHaveProperty('reason', expect.stringContaining('run run-1'));
    expect(files()).toEqual(['lock']);
    await lock.release();
    await acquire('run-2');
  });

  test('by a run on another host is refused, dead or not', async () => {
    hold({ ...ownIdentity(), pid: NO_PID, run: 'run-1', host: 'elsewhere' });
    const refused = await acquireRunLock(path, 'run-2');
    expect(refused).toMatchObject({ kind: 'held', owner: { host: 'elsewhere' } });
    expect(refused).toHaveProperty('reason', expect.stringContaining('delete that file'));
  });

  test('by one of whom nothing can be proven is refused', async () => {
    hold({ ...ownIdentity(), startTime: '', run: 'run-1', host: hostname() });
    expect(await acquireRunLock(path, 'run-2')).toMatchObject({ kind: 'held', owner: { run: 'run-1' } });
  });

  test.each([
    ['<pid> <time>', `${process.pid} 2026-11-21T08:15:02Z\n`],
    ['<run> <pid> <time>', `ab12 ${process.pid} 2026-11-21T08:15:02Z\n`],
    ['JSON', JSON.stringify({ runId: 'ab12', pid: process.pid, startedAt: '2026-11-21T08:15:02Z' })],
  ])('by pi-ticketflow, written as %s, is refused while its pid is in use', async (_form, text) => {
    write(text);
    expect(await acquireRunLock(path, 'run-1')).toMatchObject({
      kind: 'held',
      owner: { run: '', pid: process.pid },
    });
    write(text.replace(String(process.pid), String(NO_PID)));
    expect(await acquire('run-1')).toMatchObject({ succeeded: { pid: NO_PID }, movedAside: null });
  });

  test('is not removed by a release that comes too late', async () => {
    const { lock } = await acquire('run-1');
    hold({ ...ownIdentity(), run: 'run-2', host: hostname() });
    await lock.release();
    expect(await acquireRunLock(path, 'run-3')).toMatchObject({ kind: 'held', owner: { run: 'run-2' } });
  });
});

describe('a lock whose owner is dead', () => {
  test.each([
    ['its pid is gone', { pid: NO_PID }],
    ['its pid is somebody else now', { startTime: '1' }],
    ['the machine was booted since', { bootId: 'an earlier boot' }],
  ])('is taken over when %s, and the dead run is named', async (_case, difference) => {
    const dead = { run: 'run-1', ...ownIdentity(), ...difference, host: hostname() };
    hold(dead);
    expect(await acquire('run-2')).toMatchObject({ succeeded: dead, movedAside: null });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ run: 'run-2', pid: process.pid });
    expect(files()).toEqual(['lock']);
  });

  test('by kill -9 is taken over', async () => {
    const racer = await startRacer('victim');
    expect(await racer.ask('race 1')).toMatchObject({ kind: 'acquired' });
    expect(await acquireRunLock(path, 'run-2')).toMatchObject({ kind: 'held', owner: { run: 'victim-1' } });
    await racer.kill();
    expect(await acquire('run-2')).toMatchObject({ succeeded: { run: 'victim-1' } });
  });
});

describe('a lock that is no lock', () => {
  test.each([
    ['empty', ''],
    ['torn', '{"run":"run-1","pid":12'],
    ['of lost blocks', '\0\0\0\0'],
    ['without a pid', '{"run":"run-1"}'],
    ['with a pid that is none', '{"run":"run-1","pid":-1}'],
  ])('because it is %s is taken over, and put aside byte for byte', async (_case, text) => {
    write(text);
    const { succeeded, movedAside } = await acquire('run-1');
    expect(succeeded).toBeNull();
    expect(readFileSync(movedAside!, 'utf8')).toBe(text);
  });
});

describe('of several processes that ask at once', () => {
  const ROUNDS = 60;

  test.each([
    ['when nobody holds the lock', () => rmSync(path, { force: true }), undefined],
    [
      'when its owner is dead',
      (round: number) => hold({ run: `dead-${round}`, ...ownIdentity(), pid: NO_PID, host: hostname() }),
      'dead',
    ],
    ['when it is damaged', () => write('{"run'), undefined],
  ])('exactly one gets it, %s', async (_case, prepare, succeeded) => {
    const racers = await Promise.all(['a', 'b', 'c'].map(startRacer));
    for (let round = 0; round < ROUNDS; round += 1) {
      prepare(round);
      const answers = await Promise.all(racers.map((racer) => racer.ask(`race ${round}`)));
      expect(answers.map(({ kind }) => kind).sort()).toEqual(['acquired', 'held', 'held']);
      const winner = answers.find(({ kind }) => kind === 'acquired');
      if (succeeded !== undefined) expect(winner?.succeeded).toBe(`${succeeded}-${round}`);
      // The others name the winner, and the file does too.
      const { run } = JSON.parse(readFileSync(path, 'utf8')) as { run: string };
      for (const { kind, owner } of answers) if (kind === 'held') expect(owner).toBe(run);
      await Promise.all(racers.map((racer) => racer.ask('release')));
      expect(existsSync(path)).toBe(false);
    }
    expect(files().filter((name) => !name.includes('damaged'))).toEqual([]);
    await Promise.all(racers.map((racer) => racer.kill()));
  });
});

describe('a successor that died between its claim and the lock', () => {
  const owner = (run: string, pid: number) => ({ run, ...ownIdentity(), pid, host: hostname() });

  test('is succeeded in its turn, and so is the one who succeeded it', async () => {
    hold(owner('first', NO_PID));
    claim(owner('first', NO_PID), owner('second', NO_PID));
    claim(owner('second', NO_PID), owner('third', NO_PID));
    expect(await acquire('fourth')).toMatchObject({ succeeded: { run: 'third' } });
    expect(files()).toEqual(['lock']);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ run: 'fourth' });
  });

  test('keeps others out while it lives', async () => {
    hold(owner('first', NO_PID));
    claim(owner('first', NO_PID), owner('second', process.pid));
    expect(await acquireRunLock(path, 'third')).toMatchObject({ kind: 'held', owner: { run: 'second' } });
  });
});

const SCRIPT = fileURLToPath(new URL('fixtures/lock-racer.mjs', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let compiled: string;

/** The processes that race run on plain Node, which reads no TypeScript: the lock is compiled for them once. */
beforeAll(async () => {
  const cache = join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  compiled = mkdtempSync(join(cache, 'run-lock-'));
  const options = [
    '--ignoreConfig',
    '--rootDir',
    '.',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    'node',
  ];
  await execa(
    join(ROOT, 'node_modules', '.bin', 'tsc'),
    [
      ...options,
      '--rewriteRelativeImportExtensions',
      '--skipLibCheck',
      '--outDir',
      compiled,
      'src/effects/run-lock.ts',
    ],
    { cwd: ROOT },
  );
});

afterAll(() => rmSync(compiled, { recursive: true }));

interface Answer {
  readonly kind: LockOutcome['kind'];
  readonly owner?: string;
  readonly succeeded?: string;
}

async function startRacer(name: string) {
  const module = join(compiled, 'src', 'effects', 'run-lock.js');
  const racer = execa(process.execPath, [SCRIPT, module, path, name], { reject: false, buffer: false });
  const answers = racer.iterable({ from: 'stdout' })[Symbol.asyncIterator]();
  const ask = async (command: string): Promise<Answer> => {
    racer.stdin.write(`${command}\n`);
    const answer: IteratorResult<unknown> = await answers.next();
    return JSON.parse(String(answer.value)) as Answer;
  };
  // Answered when the module is loaded, so that all race from the same line.
  await ask('release');
  return {
    ask,
    kill: async () => {
      racer.kill('SIGKILL');
      await racer;
    },
  };
}

async function acquire(run: string) {
  const outcome = await acquireRunLock(path, run);
  if (outcome.kind !== 'acquired') throw new Error(outcome.reason);
  return outcome;
}

function hold(owner: object): void {
  write(`${JSON.stringify(owner)}\n`);
}

/** What a successor leaves that dies before it has replaced the lock. */
function claim(of: object, by: object): void {
  const digest = createHash('sha256')
    .update(`${JSON.stringify(of)}\n`)
    .digest('hex')
    .slice(0, 16);
  writeFileSync(`${path}.claim-${digest}`, `${JSON.stringify(by)}\n`);
}

function write(text: string): void {
  mkdirSync(join(folder, '.tf', 'ralph'), { recursive: true });
  writeFileSync(path, text);
}

function files(): string[] {
  return readdirSync(join(folder, '.tf', 'ralph'));
}
