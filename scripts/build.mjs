// Builds dist: compiles src, machines and actors, and makes the program executable.
//
// The new dist is compiled beside the old one and takes its place at the end, so that a build that fails leaves the
// last good one, a deleted source leaves no stale file, and two builds at once do not mix their output.
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const fresh = `${dist}-new-${process.pid}`;
const stale = `${dist}-old-${process.pid}`;

try {
  const status = compile(fresh);
  if (status === 0) {
    for (const file of programs()) chmodSync(join(fresh, file), 0o755);
    replaceDist();
  } else {
    console.error(
      'dist was not built: the compiler refused the sources (see above). The last dist is still there.',
    );
    process.exitCode = status;
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
  rmSync(stale, { recursive: true, force: true });
}

/** Runs the project's own tsc and returns its exit code. */
function compile(outDir) {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.tsc);
  const args = [tsc, '-p', 'tsconfig.build.json', '--outDir', outDir];
  const { status, signal, error } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status === null)
    throw new Error(`tsc did not finish: ${signal ?? 'it could not be started'}`, { cause: error });
  return status;
}

/** The files of `bin` in package.json, relative to dist. */
function programs() {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.values(bin).map((file) => file.replace(/^dist\//, ''));
}

/** A folder cannot be renamed over one that is not empty, so the old dist steps aside first. */
function replaceDist() {
  for (let attempt = 1; ; attempt += 1) {
    try {
      renameSync(dist, stale);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
    try {
      renameSync(fresh, dist);
      return;
    } catch (error) {
      // Another build put its dist here in between: that one steps aside as well.
      if (attempt === 5 || (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST')) throw error;
      rmSync(stale, { recursive: true, force: true });
    }
  }
}
