/**
 * An agent that follows a script instead of a model: a real process that makes real commits.
 *
 * Usage: scripted-agent.js <script> <ticket>, in a session's worktree and with a session's environment.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { WORK_FOLDER, type AgentRecord, type Meeting, type Script, type Step } from './script.ts';

const [, , scriptFile = '', ticket = ''] = process.argv;
const script = JSON.parse(readFileSync(scriptFile, 'utf8')) as Script;
const session = process.env['RALPH_SESSION_ID'] ?? '';
const attempt = Number(process.env['RALPH_ATTEMPT'] ?? 1);
const base = script.log === null ? '' : git('rev-parse', 'HEAD');

record('start');
process.exitCode = await play(
  script.tickets[`${ticket}#${attempt}`] ?? script.tickets[ticket] ?? script.others,
);
record('end');

/** Does the steps in order and gives the exit code. */
async function play(steps: readonly Step[]): Promise<number> {
  for (const step of steps) {
    if (step.do === 'exit') return step.code;
    await take(step);
  }
  return 0;
}

async function take(step: Exclude<Step, { do: 'exit' }>): Promise<void> {
  switch (step.do) {
    case 'write':
      mkdirSync(dirname(filled(step.path)), { recursive: true });
      writeFileSync(filled(step.path), filled(step.content));
      return;
    case 'commit':
      git('add', '--all');
      git('commit', '--quiet', '--message', filled(step.message));
      return;
    case 'run':
      run(step.command);
      return;
    case 'waitFor':
      while (!succeeds(step.command)) await pause(50);
      return;
    case 'print':
      process.stdout.write(`${filled(step.text)}\n`);
      return;
    case 'flood':
      return flood(step.bytes);
    case 'pause':
      await pause(step.ms);
      return;
    case 'meet':
      return meet(step.at);
    case 'ignoreSigterm':
      process.on('SIGTERM', () => process.stdout.write('not now\n'));
      return;
    case 'leave':
      return leave(step.what);
    case 'hang':
      // A promise alone does not keep a process alive.
      await pause(2 ** 31 - 1);
  }
}

function filled(text: string): string {
  return text.replaceAll('{ticket}', ticket).replaceAll('{session}', session);
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

function run([program, ...args]: readonly [string, ...string[]]): void {
  execFileSync(program, args.map(filled), { stdio: 'inherit' });
}

function succeeds([program, ...args]: readonly [string, ...string[]]): boolean {
  return spawnSync(program, args.map(filled), { stdio: 'ignore' }).status === 0;
}

async function flood(bytes: number): Promise<void> {
  const line = Buffer.from(`${'all work and no play '.repeat(3119)}\n`);
  for (let left = bytes; left > 0; left -= line.length) {
    if (!process.stdout.write(line.subarray(0, left))) await once(process.stdout, 'drain');
  }
}

async function meet(at: string): Promise<void> {
  if (script.socket === null) throw new Error(`there is nobody to meet at ${at}: the script names no socket`);
  const socket = connect(script.socket);
  const meeting: Meeting = { at: filled(at), ticket, session, attempt, pid: process.pid };
  socket.write(`${JSON.stringify(meeting)}\n`);
  // Whoever answers may also be gone: an agent that waits for nobody would outlive its test.
  const answered = await Promise.race([
    once(socket, 'data').then(() => true),
    once(socket, 'close').then(() => false),
  ]);
  socket.destroy();
  if (!answered) throw new Error(`nobody is left to meet at ${at}`);
}

async function leave(what: 'child' | 'daemon'): Promise<void> {
  if (what === 'child') {
    spawn('sleep', ['600'], { stdio: 'inherit' }).unref();
    return;
  }
  // setsid(2) by `detached`, and the second fork by the shell, which ends at once: its child becomes init's.
  await once(spawn('sh', ['-c', 'sleep 600 &'], { detached: true, stdio: 'ignore' }), 'exit');
}

/** One append of a short line: agents that write at the same time do not mix their lines. */
function record(moment: AgentRecord['moment']): void {
  if (script.log === null) return;
  const entry: AgentRecord = { moment, ticket, session, attempt, pid: process.pid, base, work: workFiles() };
  appendFileSync(script.log, `${JSON.stringify(entry)}\n`);
}

function workFiles(): string[] {
  try {
    return readdirSync(WORK_FOLDER).sort();
  } catch {
    // No ticket has landed a file there yet.
    return [];
  }
}
