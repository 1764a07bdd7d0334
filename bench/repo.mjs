// Scratch repositories for the benchmarks.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = [];

/** Makes a repository with these tickets ({id, deps, component, seconds}) tracked; gives its folder. */
export function makeRepo(tickets) {
  const folder = mkdtempSync(join(tmpdir(), 'ralph-actors-bench-'));
  made.push(folder);
  const root = join(folder, 'repo');
  mkdirSync(join(root, '.tickets'), { recursive: true });
  for (const { id, deps = [], component = id } of tickets) {
    const text = `---\nid: ${id}\nstatus: open\ndeps: [${deps.join(', ')}]\npriority: 2\ntags: [component:${component}]\n---\n# Ticket ${id}\n`;
    writeFileSync(join(root, '.tickets', `${id}.md`), text);
  }
  const git = (...args) => execFileSync('git', args, { cwd: root, stdio: 'pipe' });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Bench');
  git('config', 'user.email', 'bench@example.invalid');
  git('add', '-A');
  git('commit', '-q', '-m', 'Begin');
  return { folder, root };
}

/** Removes every repository that was made. */
export function removeRepos() {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}
