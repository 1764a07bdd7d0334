import { setTimeout as delay } from 'node:timers/promises';
import { GitFailure } from './git.ts';

const TRIES = 6;
const FIRST_PAUSE_MS = 20;

/**
 * Does something again when git says that another git process was in the way: six tries within about 600 ms. Git waits
 * by itself for refs, and not at all for an index, the configuration or a folder that is being made.
 */
export async function retried<Value>(attempt: () => Promise<Value>): Promise<Value> {
  const outcome = await retriedWhile(
    () =>
      attempt().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
    (tried) =>
      'error' in tried && tried.error instanceof GitFailure && isContention(tried.error.answer.stderr),
  );
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** Does something again, with growing pauses, as long as its outcome asks for it and tries are left. */
export async function retriedWhile<Outcome>(
  attempt: () => Promise<Outcome>,
  again: (outcome: Outcome) => boolean,
): Promise<Outcome> {
  for (let tried = 1; ; tried += 1) {
    const outcome = await attempt();
    if (tried === TRIES || !again(outcome)) return outcome;
    await delay(FIRST_PAUSE_MS * 2 ** (tried - 1));
  }
}

/** True for a message that means: another git process is at it, try again. */
export function isContention(message: string): boolean {
  return /\.lock'?: File exists|could not lock|cannot lock ref|could not create (leading )?director(y|ies)/i.test(
    message,
  );
}
