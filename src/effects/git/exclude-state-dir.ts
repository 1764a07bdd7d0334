import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Repository } from './repository.ts';

/**
 * Keeps the state folder out of `git status` and out of commits, by a line in `.git/info/exclude` that is added once.
 * What is there already is kept byte for byte. `.gitignore` is left alone, because it belongs to the project.
 */
export async function excludeStateDir(repository: Repository, stateDir: string): Promise<void> {
  const path = relative(repository.root, stateDir).split(sep).join('/');
  if (path === '' || path.startsWith('../')) return;
  const line = `/${path.replace(/[\\*?[]/g, '\\$&')}/`;
  const file = join(repository.commonDir, 'info', 'exclude');
  const present = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '';
  });
  if (present.split(/\r?\n/).includes(line)) return;
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, `${present === '' || present.endsWith('\n') ? '' : '\n'}${line}\n`);
}
