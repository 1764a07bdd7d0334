/** The guardians of runs, as processes that a test can see and wait for. */
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { ProcessIdentity } from '../../src/domain/run-fact.ts';
import { identityOf, isAlive } from '../../src/effects/process-identity.ts';

/** Finds the guardian of a run; null when there is none. */
export function guardianIn(run: string): ProcessIdentity | null {
  const pid = readdirSync('/proc').find((name) => {
    const [, program = '', ofRun] = wordsOf(name);
    return program.endsWith('/guardian-main.js') && ofRun === run;
  });
  return pid === undefined ? null : identityOf(Number(pid));
}

/** Resolves when a process is gone that is nobody's here: the system tells only its parent, so it is looked for. */
export async function goneFromHere(identity: ProcessIdentity): Promise<void> {
  while (isAlive(identity)) await nextTurn();
}

function wordsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // No process, or one that has just ended.
    return [];
  }
}
