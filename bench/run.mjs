// Runs a backlog by the program as built, and by the shell loop it is measured against.
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const MAIN = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url));
const AGENT = fileURLToPath(new URL('agent.sh', import.meta.url));
const BASELINE = fileURLToPath(new URL('baseline.sh', import.meta.url));

/** Runs ralph-actors; gives wall time, report and the peak memory of the process itself. */
export async function runActors({ folder, root }, { workers, seconds, more = [] }) {
  const startMs = performance.now();
  const command = [AGENT, '{ticket}', String(seconds)];
  const child = spawn(
    process.execPath,
    [
      MAIN,
      'run',
      '--json',
      '--parallel',
      String(workers),
      '--max-iterations',
      '0',
      ...more,
      '--agent-command',
      ...command,
    ],
    {
      cwd: root,
      env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr = (stderr + chunk).slice(-4000)));
  let peakKiB = 0;
  const watch = setInterval(() => {
    try {
      peakKiB = Number(
        /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? peakKiB,
      );
    } catch {
      // It has just ended.
    }
  }, 20);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(watch);
  const wallMs = performance.now() - startMs;
  if (stdout === '') throw new Error(`the run printed no report (exit code ${code}):\n${stderr}`);
  return { wallMs, code, report: JSON.parse(stdout), peakMiB: peakKiB / 1024 };
}

/** Runs the same tickets by the shell loop; they must be independent. */
export async function runBaseline({ folder, root }, { workers, seconds, tickets }) {
  const startMs = performance.now();
  const lines = tickets.map(({ id }) => `${id} ${seconds}`).join('\n');
  const env = { ...process.env, WORKTREES: join(folder, 'worktrees'), AGENT };
  const running = promisify(execFile)('xargs', ['-P', String(workers), '-L', '1', 'sh', BASELINE], {
    cwd: root,
    env,
  });
  running.child.stdin.end(`${lines}\n`);
  await running;
  return { wallMs: performance.now() - startMs };
}

/** The median wall time of a command in milliseconds. */
export async function medianMs(argv, times) {
  const all = [];
  for (let time = 0; time < times; time += 1) {
    const startMs = performance.now();
    await promisify(execFile)(argv[0], argv.slice(1));
    all.push(performance.now() - startMs);
  }
  return all.sort((a, b) => a - b)[Math.floor(times / 2)];
}
