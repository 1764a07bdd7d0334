import { redactor } from '../domain/redact.ts';
import type { Io } from './io.ts';
import { oneLine } from './render/text.ts';

/** The exit code of a command that could not start: the configuration, the repository, another run, a wrong option. */
export const COULD_NOT_START = 2;

/** Says on stderr why a command cannot do what it was asked to, one line a reason, and gives the exit code for that. */
export function refuse(io: Io, reasons: readonly string[]): number {
  // A flag that makes two settings is wrong twice, and told once.
  for (const reason of new Set(reasons)) complain(io, reason);
  return COULD_NOT_START;
}

/** Says one thing on stderr in one line, without secrets that the words of others may hold. */
export function complain(io: Io, reason: string): void {
  io.stderr.write(`ralph-actors: ${oneLine(redactor(io.env)(reason))}\n`);
}

/** A stack is for who mends the program: shown to those who ask for everything, or set `RALPH_DEBUG`. */
export function tellStack(
  io: Io,
  { verbose }: { readonly verbose?: boolean | undefined },
  error: unknown,
): void {
  const isWanted = verbose === true || (io.env['RALPH_DEBUG'] ?? '') !== '';
  if (isWanted && error instanceof Error) io.stderr.write(`${redactor(io.env)(error.stack ?? '')}\n`);
}
