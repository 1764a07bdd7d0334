import { existsSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { LaunchCommand } from '../ports/process-host.ts';

/**
 * Says why a program could not be started, in words that name what is wrong. The system says ENOENT for a missing program,
 * a missing folder to start it in and a missing interpreter alike, so the three are looked at again.
 */
export function launchFailureReason(error: NodeJS.ErrnoException, { argv, cwd }: LaunchCommand): string {
  const folder = folderProblem(cwd);
  return `cannot start "${argv[0]}" in ${cwd}: ${folder ?? programProblem(error, argv, cwd)}`;
}

function folderProblem(cwd: string): string | null {
  try {
    return statSync(cwd).isDirectory() ? null : 'that is not a directory';
  } catch {
    return 'that working directory does not exist';
  }
}

function programProblem(
  error: NodeJS.ErrnoException,
  argv: readonly [string, ...string[]],
  cwd: string,
): string {
  const [program] = argv;
  const hasPath = isAbsolute(program) || program.includes('/');
  switch (error.code) {
    case 'ENOENT':
      if (!hasPath) return 'there is no such program in PATH';
      return existsSync(resolve(cwd, program))
        ? 'the interpreter that its first line (#!) names does not exist'
        : 'there is no such file';
    case 'EACCES':
      return 'it is not executable';
    case 'E2BIG': {
      const longest = Math.max(...argv.map((argument) => Buffer.byteLength(argument)));
      return `its command line is too long for the system (the longest argument has ${longest} bytes)`;
    }
    default:
      return error.message;
  }
}
