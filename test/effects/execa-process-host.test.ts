import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { execaProcessHost } from '../../src/effects/execa-process-host.ts';
import { identityOf, isAlive } from '../../src/effects/process-identity.ts';
import { systemClock } from '../../src/effects/system-clock.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { LaunchCommand, ProcessEvent, ProcessHost } from '../../src/ports/process-host.ts';
import { manualClock } from './manual-clock.ts';
import { openStage, type Stage } from './puppets.ts';

type EventOf<Type extends ProcessEvent['type']> = Extract<ProcessEvent, { readonly type: Type }>;

const SESSION = '20261121-081502-k3f9-001';
const ENV = { PATH: process.env['PATH'] ?? '' };
const NOBODY = { survivorsFound: 0, survivorsLeft: 0 };

let stage: Stage;
let host: ProcessHost;

beforeEach(async () => {
  stage = await openStage();
  host = hostWith(systemClock);
});

afterEach(async () => {
  await host.close();
  await stage.close();
});

describe('an agent that ends by itself', () => {
  test('is reported with its start, its exit code and its output', async () => {
    const run = launch(['sh', '-c', 'echo out; echo err >&2']);
    const exited = await run.next('process.exited');

    expect(exited).toEqual({
      type: 'process.exited',
      session: SESSION,
      code: 0,
      signal: null,
      outputTail: 'out\nerr\n',
    });
    expect(run.types()).toEqual(['process.spawned', 'process.exited']);
    expect(readFileSync(outputFile('output.log'), 'utf8')).toBe('out\nerr\n');
    expect(await host.sweep(SESSION)).toEqual(NOBODY);
  });

  test('is reported with exit code 1 when it exits 1', async () => {
    expect(await launch(['sh', '-c', 'exit 1']).next('process.exited')).toMatchObject({
      code: 1,
      signal: null,
    });
  });

  test('is reported with the signal that killed it', async () => {
    const exited = await launch(['sh', '-c', 'echo last words; kill -SEGV $$']).next('process.exited');
    expect(exited).toMatchObject({ code: null, signal: 'SIGSEGV', outputTail: 'last words\n' });
  });

  test('has nothing to read, no environment but its own, and a process group and session of its own', async () => {
    const exited = await launch(['sh', '-c', 'cat; env | sort; ps -o pid= -o pgid= -o sid= -p $$']).next(
      'process.exited',
    );
    const [environment, ids] = [
      exited.outputTail.split('\n').slice(0, -2),
      exited.outputTail.split('\n').at(-2),
    ];
    expect(environment.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line))).toEqual([
      `PATH=${ENV.PATH}`,
      `RALPH_SESSION_ID=${SESSION}`,
    ]);
    const [pid, group, session] = (ids ?? '').trim().split(/\s+/);
    expect([group, session]).toEqual([pid, pid]);
  });

  test('leaves its output in files that only their owner may read', async () => {
    await launch(['true']).next('process.exited');
    expect(statSync(outputFile('output.log')).mode & 0o777).toBe(0o600);
    expect(statSync(join(stage.folder, 'out')).mode & 0o777).toBe(0o700);
  });

  test('has the identity that the system shows for it', async () => {
    const run = launch(stage.argv('agent'));
    const { pid } = await stage.puppet('agent');
    expect((await run.next('process.spawned')).process).toEqual(identityOf(pid));
  });
});

describe('an agent that cannot be started', () => {
  test.each<[string, () => Partial<LaunchCommand>, string]>([
    ['no such program', () => ({ argv: ['no-such-agent'] }), 'there is no such program in PATH'],
    ['no such file', () => ({ argv: ['./agent'] }), 'there is no such file'],
    [
      'no working directory',
      () => ({ cwd: join(stage.folder, 'gone') }),
      'that working directory does not exist',
    ],
    ['a file as working directory', () => ({ cwd: script('#!/bin/sh', 0o600) }), 'that is not a directory'],
    ['a file that is not executable', () => ({ argv: [script('#!/bin/sh', 0o600)] }), 'it is not executable'],
    [
      'a script without its interpreter',
      () => ({ argv: [script('#!/no/such/interpreter', 0o700)] }),
      'the interpreter that its first line (#!) names does not exist',
    ],
    ['an argument with a NUL byte', () => ({ argv: ['true', 'a\0b'] }), 'null bytes'],
    [
      'an argument that is too long',
      () => ({ argv: ['true', 'x'.repeat(3_000_000)] }),
      'its command line is too long for the system (the longest argument has 3000000 bytes)',
    ],
    ['an output that cannot be kept', () => ({ outputDir: script('', 0o600) }), 'EEXIST'],
  ])('is reported with the reason: %s', async (_case, command, reason) => {
    const run = launch(['true'], command());
    const failed = await run.next('process.spawnFailed');
    expect(failed.reason).toContain(reason);
    expect(failed.reason).toContain('cannot start');
    expect(run.types()).toEqual(['process.spawnFailed']);
    expect(await host.sweep(SESSION)).toEqual(NOBODY);
  });

  test('is reported later, never while it is being launched', async () => {
    const run = launch(['no-such-agent']);
    expect(run.types()).toEqual([]);
    await run.next('process.spawnFailed');
  });

  test('is refused when its session was launched before, or has left output before', async () => {
    const first = launch(stage.argv('agent'));
    const again = launch(['true']);
    expect((await again.next('process.spawnFailed')).reason).toContain('it was launched before');
    await stage.puppet('agent');
    host.signal(SESSION, 'SIGKILL');
    await first.next('process.exited');
    await host.sweep(SESSION);
    const later = launch(['true']);
    expect((await later.next('process.spawnFailed')).reason).toContain('EEXIST');
  });

  test('is refused when the host is closed', async () => {
    await host.close();
    expect((await launch(['true']).next('process.spawnFailed')).reason).toContain('the run is over');
  });
});

describe('signals', () => {
  test('reach an agent that ignores SIGTERM only when it is killed', async () => {
    const run = launch(stage.argv('agent'));
    const agent = await stage.puppet('agent');
    await agent.tell({ do: 'ignore', signal: 'SIGTERM' });

    const caught = agent.caught('SIGTERM');
    host.signal(SESSION, 'SIGTERM');
    await caught;
    host.signal(SESSION, 'SIGKILL');

    expect(await run.next('process.exited')).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('reach the children of an agent', async () => {
    launch(stage.argv('agent'));
    await (await stage.puppet('agent')).tell({ do: 'spawn', child: 'child' });
    const child = await stage.puppet('child');
    host.signal(SESSION, 'SIGTERM');
    await child.gone;
  });

  test('are not sent to sessions that are unknown or have ended', async () => {
    host.signal('unknown', 'SIGKILL');
    const run = launch(stage.argv('agent'));
    const agent = await stage.puppet('agent');
    await agent.tell({ do: 'spawn', child: 'child', stdio: 'ignore' });
    const child = await stage.puppet('child');
    void agent.tell({ do: 'exit', code: 0 });
    await run.next('process.exited');

    host.signal(SESSION, 'SIGKILL');
    await child.tell({ do: 'ignore', signal: 'SIGINT' });
    expect(await host.sweep(SESSION)).toEqual({ survivorsFound: 1, survivorsLeft: 0 });
  });
});

describe('what an agent leaves behind', () => {
  test('does not delay the report of its exit by holding its output open', async () => {
    const run = launch(stage.argv('agent'));
    const agent = await stage.puppet('agent');
    await agent.tell({ do: 'spawn', child: 'child' });
    const child = await stage.puppet('child');
    await agent.tell({ do: 'print', text: 'done\n' });
    void agent.tell({ do: 'exit', code: 0 });

    expect(await run.next('process.exited')).toMatchObject({ code: 0, outputTail: 'done\n' });
    expect(await host.sweep(SESSION)).toEqual({ survivorsFound: 1, survivorsLeft: 0 });
    await child.gone;
  });

  test('does not delay the report of its exit by printing without end', async () => {
    const run = launch(['sh', '-c', 'yes & echo started; exit 3']);
    expect(await run.next('process.exited')).toMatchObject({ code: 3 });
    // Whether it has died of its broken pipe by now or is found alive is up to the scheduler.
    expect((await host.sweep(SESSION)).survivorsLeft).toBe(0);
  });

  test('is ended by a sweep though it is a daemon in a session of its own', async () => {
    const run = launch(stage.argv('agent'));
    const agent = await stage.puppet('agent');
    await agent.tell({ do: 'spawn', child: 'daemon', detached: true, stdio: 'ignore' });
    const daemon = await stage.puppet('daemon');
    void agent.tell({ do: 'exit', code: 0 });
    await run.next('process.exited');

    expect(await host.sweep(SESSION)).toEqual({ survivorsFound: 1, survivorsLeft: 0 });
    await daemon.gone;
  });

  test('is ended though it is the grandchild that setsid(1) forked', async () => {
    const run = launch(['sh', '-c', `setsid --fork ${stage.argv('daemon').join(' ')}`]);
    const daemon = await stage.puppet('daemon');
    expect(await run.next('process.exited')).toMatchObject({ code: 0 });
    expect(await host.sweep(SESSION)).toEqual({ survivorsFound: 1, survivorsLeft: 0 });
    await daemon.gone;
  });

  test('is ended though it cleared its environment, when it was there at a signal', async () => {
    const run = launch(stage.argv('agent'));
    const agent = await stage.puppet('agent');
    await agent.tell({ do: 'spawn', child: 'daemon', detached: true, stdio: 'ignore', env: {} });
    const daemon = await stage.puppet('daemon');
    host.signal(SESSION, 'SIGTERM');
    await run.next('process.exited');

    expect(await host.sweep(SESSION)).toEqual({ survivorsFound: 1, survivorsLeft: 0 });
    await daemon.gone;
  });

  test('is ended though it cleared its environment, when it is in the group', async () => {
    const run = launch(stage.argv('agent'));
    const agent = await stage.puppet('agent');
    await agent.tell({ do: 'spawn', child: 'child', stdio: 'ignore', env: {} });
    const child = await stage.puppet('child');
    void agent.tell({ do: 'exit', code: 0 });
    await run.next('process.exited');

    expect(await host.sweep(SESSION)).toEqual({ survivorsFound: 1, survivorsLeft: 0 });
    await child.gone;
  });

  test('of one session is no business of the sweep of another', async () => {
    launch(stage.argv('agent'));
    const agent = await stage.puppet('agent');
    expect(await host.sweep(`${SESSION}1`)).toEqual(NOBODY);
    expect(await host.sweep(SESSION.slice(0, -1))).toEqual(NOBODY);
    await agent.tell({ do: 'print', text: 'still here' });
  });
});

describe('output', () => {
  test('of 200 MB leaves at most twice the limit on disk, its end included, and 64 KiB in the report', async () => {
    const outputBytesMax = 1_000_000;
    const line = 'a line of an agent that prints a lot\n';
    const run = launch(['sh', '-c', `yes "${line.trim()}" | head -c 200000000; echo; echo the end`], {
      outputBytesMax,
    });
    const exited = await run.next('process.exited');

    const [older, newer] = [readFileSync(outputFile('output.1.log')), readFileSync(outputFile('output.log'))];
    expect(older.length).toBe(outputBytesMax);
    expect(newer.length).toBeLessThanOrEqual(outputBytesMax);
    expect(older.length + newer.length).toBe(outputBytesMax + ((200_000_009 - 1) % outputBytesMax) + 1);
    expect(Buffer.concat([older, newer]).toString().endsWith('\nthe end\n')).toBe(true);
    expect(Buffer.byteLength(exited.outputTail)).toBe(64 * 1024);
    expect(exited.outputTail.endsWith('\nthe end\n')).toBe(true);
  });

  test('shows its last line while the agent runs', async () => {
    const run = launch(stage.argv('agent'));
    expect(host.lastLine(SESSION)).toBe('');
    const agent = await stage.puppet('agent');
    await agent.tell({ do: 'print', text: 'one\n\u001b[32mtwo\u001b[0m\n\n' });
    void agent.tell({ do: 'exit', code: 0 });
    await run.next('process.exited');
    expect(host.lastLine(SESSION)).toBe('two');
    await host.sweep(SESSION);
    expect(host.lastLine('unknown')).toBe('');
  });
});

describe('silence', () => {
  test('is reported once when it lasts as long as the stall timeout', async () => {
    const clock = manualClock();
    host = hostWith(clock);
    const run = launch(stage.argv('agent'), { stallTimeoutMs: 1000 });
    await stage.puppet('agent');
    clock.advance(999);
    expect(run.types()).toEqual(['process.spawned']);
    clock.advance(1);
    clock.advance(5000);
    expect(run.types()).toEqual(['process.spawned', 'process.stalled']);
    expect(await run.next('process.stalled')).toMatchObject({ silentMs: 1000 });
    host.signal(SESSION, 'SIGKILL');
    await run.next('process.exited');
  });
});

describe('closing', () => {
  test('ends every agent and every daemon, and confirms', async () => {
    const agents = ['a', 'b'].map((name) =>
      launch(stage.argv(name), { session: name, outputDir: join(stage.folder, name) }),
    );
    const [a, b] = [await stage.puppet('a'), await stage.puppet('b')];
    await a.tell({ do: 'ignore', signal: 'SIGTERM' });
    await b.tell({ do: 'spawn', child: 'daemon', detached: true, stdio: 'ignore' });
    const daemon = await stage.puppet('daemon');
    const identities = [a, b, daemon].map(({ pid }) => identityOf(pid)!);

    expect((await host.close()).survivorsLeft).toBe(0);

    expect(identities.filter(isAlive)).toEqual([]);
    expect(agents.map((agent) => agent.types().at(-1))).toEqual(['process.exited', 'process.exited']);
  });

  test('right after a launch ends what was launched', async () => {
    const run = launch(['sleep', '1000']);
    expect((await host.close()).survivorsLeft).toBe(0);
    expect(await run.next('process.exited')).toMatchObject({ signal: 'SIGKILL' });
  });

  test('with nothing to end confirms that', async () => {
    expect(await host.close()).toEqual(NOBODY);
  });
});

function hostWith(clock: Clock): ProcessHost {
  return execaProcessHost({ clock, log: () => undefined, redact: (text) => text });
}

/** Launches, and remembers what is reported. */
function launch(argv: [string, ...string[]], overrides: Partial<LaunchCommand> = {}) {
  const events: ProcessEvent[] = [];
  let wake = (): void => undefined;
  host.launch(
    {
      session: SESSION,
      argv,
      cwd: stage.folder,
      env: ENV,
      outputDir: join(stage.folder, 'out'),
      outputBytesMax: 1_000_000,
      stallTimeoutMs: 0,
      ...overrides,
    },
    (event) => {
      events.push(event);
      wake();
    },
  );
  return {
    types: () => events.map(({ type }) => type),
    next: async <Type extends ProcessEvent['type']>(type: Type): Promise<EventOf<Type>> => {
      for (;;) {
        const found = events.find((event): event is EventOf<Type> => event.type === type);
        if (found) return found;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function outputFile(name: string): string {
  return join(stage.folder, 'out', name);
}

function script(text: string, mode: number): string {
  const path = join(stage.folder, 'script');
  mkdirSync(stage.folder, { recursive: true });
  if (!existsSync(path)) writeFileSync(path, `${text}\n`);
  chmodSync(path, mode);
  return path;
}
