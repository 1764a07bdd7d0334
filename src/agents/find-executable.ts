import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

/** A program's file, or why there is none. */
export type ExecutableSearch =
  { readonly kind: 'found'; readonly path: string } | { readonly kind: 'missing'; readonly reason: string };

/** What the C library searches when there is no PATH at all. */
const PATH_WITHOUT_PATH = '/bin:/usr/bin';

/**
 * Finds the file that starting a program would run, by the rules of execvp(3): a name with a slash is a path from `cwd`,
 * any other name is searched in `path`, where an empty part means `cwd`. Asks no shell and starts nothing.
 */
export async function findExecutable(
  name: string,
  { path = PATH_WITHOUT_PATH, cwd }: { readonly path?: string | undefined; readonly cwd: string },
): Promise<ExecutableSearch> {
  if (name.includes('/')) {
    const file = resolve(cwd, name);
    const problem = await whyNotExecutable(file);
    return problem === null
      ? { kind: 'found', path: file }
      : { kind: 'missing', reason: `${file} ${problem}` };
  }
  const folders = path.split(':').map((folder) => resolve(cwd, folder));
  const near: string[] = [];
  for (const folder of folders) {
    const file = resolve(folder, name);
    const problem = await whyNotExecutable(file);
    if (problem === null) return { kind: 'found', path: file };
    if (problem !== ABSENT) near.push(`${file} ${problem}`);
  }
  const hint = near.length === 0 ? '' : ` (${near.join('; ')})`;
  return { kind: 'missing', reason: `"${name}" is in no folder of PATH${hint}: ${folders.join(', ')}` };
}

const ABSENT = 'does not exist';

async function whyNotExecutable(file: string): Promise<string | null> {
  try {
    if (!(await stat(file)).isFile()) return 'is no file';
  } catch {
    return ABSENT;
  }
  try {
    await access(file, constants.X_OK);
    return null;
  } catch {
    return 'is not executable';
  }
}
