/**
 * What a keeper tells through the folder of its session: `keeper.json` when the agent has started, `exit.json` when it has
 * ended or could not be started. Whoever follows the agent reads these, in the life that started it and in the next.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProcessIdentity } from '../domain/run-fact.ts';
import { writeRecord } from './record-file.ts';

/** Who is kept, by whom, since when. */
export interface KeeperRecord {
  readonly v: 1;
  readonly keeper: ProcessIdentity;
  readonly agent: ProcessIdentity;
  readonly startedMs: number;
}

/** How it went. The last thing that a keeper writes. */
export type ExitRecord =
  | { readonly v: 1; readonly kind: 'failed'; readonly reason: string }
  | {
      readonly v: 1;
      readonly kind: 'exited';
      readonly code: number | null;
      readonly signal: string | null;
      /** Who was left of the agent's group at its exit, while its number still proved something. */
      readonly family: readonly ProcessIdentity[];
      /** Why a part of the output is not on the disk; null when all of it is. */
      readonly outputError: string | null;
    };

const KEEPER = 'keeper.json';
const EXIT = 'exit.json';

/** Says that the agent has started. */
export function writeKeeperRecord(folder: string, record: KeeperRecord): void {
  writeRecord(join(folder, KEEPER), record);
}

/** Says how it went. */
export function writeExitRecord(folder: string, record: ExitRecord): void {
  writeRecord(join(folder, EXIT), record);
}

/** Reads who is kept; null when nobody has started, or not through a keeper. */
export function readKeeperRecord(folder: string): KeeperRecord | null {
  return readRecord(folder, KEEPER) as KeeperRecord | null;
}

/** Reads how it went; null when it still goes on, or its keeper was killed. */
export function readExitRecord(folder: string): ExitRecord | null {
  return readRecord(folder, EXIT) as ExitRecord | null;
}

/** These files are whole or absent; one that somebody changed says nothing. */
function readRecord(folder: string, name: string): { readonly v: 1 } | null {
  try {
    const record = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { readonly v: 1 } | null;
    return record?.v === 1 ? record : null;
  } catch {
    return null;
  }
}
