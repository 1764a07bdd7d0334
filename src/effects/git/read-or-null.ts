import { readFile } from 'node:fs/promises';

/** The text of a file, or null when there is none that can be read. */
export function readOrNull(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
