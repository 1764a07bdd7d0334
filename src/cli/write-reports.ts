import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { Io } from './io.ts';
import { complain, COULD_NOT_START } from './refuse.ts';

/** A file that was asked for. */
export interface ReportFile {
  /** The option by which it was asked for. */
  readonly flag: string;
  /** Undefined when it was not. */
  readonly file: string | undefined;
  readonly text: () => string;
}

/**
 * Writes the files that were asked for and gives the exit code. One that cannot be written is told, and what was found
 * stays what it is: the code changes only where all was well.
 */
export async function writeReports(files: readonly ReportFile[], code: number, io: Io): Promise<number> {
  let isWritten = true;
  for (const { flag, file, text } of files) {
    if (file === undefined) continue;
    try {
      await writeFile(resolve(io.cwd, file), text());
    } catch (error) {
      isWritten = false;
      complain(io, `${flag}: ${file} cannot be written: ${(error as Error).message}`);
    }
  }
  return isWritten || code !== 0 ? code : COULD_NOT_START;
}
