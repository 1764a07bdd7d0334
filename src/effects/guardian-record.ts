/** What a guardian did when its run was cut off, as a file beside the journal of that run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeRecord } from './record-file.ts';

/** What came of a run whose orchestrator went without a word. */
export interface GuardianRecord {
  readonly v: 1;
  readonly run: string;
  /** When it was done. */
  readonly at: number;
  /** Processes of the run that lived when the orchestrator was gone. */
  readonly found: number;
  /** How many did not end when they were asked to, and were killed. */
  readonly killed: number;
  /** How many could not be ended. */
  readonly left: number;
}

/** Names the file in a run's folder. */
export const guardianRecordPath = (runDir: string): string => join(runDir, 'guardian.json');

/** Writes a record that is whole when it becomes visible. */
export function writeGuardianRecord(path: string, record: GuardianRecord): void {
  writeRecord(path, record);
}

/** Reads the record of a run; null when its guardian left none, or none that can be read. */
export function readGuardianRecord(runDir: string): GuardianRecord | null {
  try {
    const record = JSON.parse(readFileSync(guardianRecordPath(runDir), 'utf8')) as GuardianRecord | null;
    const counts = [record?.at, record?.found, record?.killed, record?.left];
    return record?.v === 1 && counts.every((count) => Number.isSafeInteger(count)) ? record : null;
  } catch {
    return null;
  }
}

/** Says what a guardian did, as a sentence without its end. */
export function describeGuarding({ found, left }: GuardianRecord): string {
  const ended = `its guardian ended ${found - left} of ${found} processes when it was cut off`;
  return left === 0 ? ended : `${ended}; the others may still live`;
}
