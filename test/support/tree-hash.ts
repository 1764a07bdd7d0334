import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Sums up a folder: every path in it, hidden ones and `.git` included, with type, mode, time of last change and content. */
export function treeHash(folder: string): string {
  const hash = createHash('sha256');
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const file = join(folder, path);
    const { mode, mtimeMs } = lstatSync(file);
    hash.update(`${path}\0${mode}\0${mtimeMs}\0`);
    if ((mode & 0o170000) === 0o120000) hash.update(readlinkSync(file));
    else if ((mode & 0o170000) === 0o100000) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}
