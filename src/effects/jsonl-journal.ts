/**
 * The journal of a run on disk: `journal.jsonl`, one fact a line, append-only.
 *
 * J1  Facts get their number and time when they are appended, and are written in that order.
 * J2  `flushed()` resolves only after fdatasync(2) has returned for everything appended before it. Whoever acts on the
 *     world waits for that, so what may exist is always on record.
 * J3  Facts appended while the disk is busy are written together: one write and one fdatasync for all of them.
 * J4  After one failed write or sync nothing more is written. A failed fsync has dropped the data from the page cache, and
 *     a second one would succeed without it; and what follows half a line would make the file unreadable in the middle.
 */
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JOURNAL_VERSION, type JournalEntry } from '../domain/journal-entry.ts';
import type { RunFact } from '../domain/run-fact.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';

/** Names the journal in a run's folder. */
export function journalPath(runDir: string): string {
  return join(runDir, 'journal.jsonl');
}

/**
 * Makes the journal of a new run, and its folder when absent, both readable by their owner only. Throws the system's
 * error when it cannot, also when there is a journal already: a run writes its own and no other.
 */
export async function createJsonlJournal(runDir: string, clock: Clock): Promise<Journal> {
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  const file = await open(journalPath(runDir), 'ax', 0o600);
  // A file is found again after a power cut only when the folders that name it are on disk too.
  await syncFolder(runDir);
  await syncFolder(dirname(runDir));
  return journalOn(file, journalPath(runDir), clock);
}

interface Waiter {
  /** Entries that must be durable. */
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Writes a journal to a file that is open and empty; `path` is what errors call it. */
export function journalOn(file: FileHandle, path: string, clock: Clock): Journal {
  let queue: string[] = [];
  let appended = 0;
  let durable = 0;
  let waiters: Waiter[] = [];
  let failure: Error | null = null;
  let writing: Promise<void> | null = null;

  function append(fact: RunFact): JournalEntry {
    const entry: JournalEntry = { v: JOURNAL_VERSION, seq: appended, at: clock.nowMs(), ...fact };
    appended += 1;
    if (failure !== null) return entry;
    queue.push(`${JSON.stringify(entry)}\n`);
    writing ??= writeAll();
    return entry;
  }

  async function writeAll(): Promise<void> {
    // One microtask later, so that facts of one moment share a sync from the first on.
    await Promise.resolve();
    while (queue.length > 0 && failure === null) {
      const lines = queue;
      queue = [];
      try {
        await writeFully(file, Buffer.from(lines.join('')));
        await file.datasync();
        durable += lines.length;
      } catch (error) {
        fail(error);
      }
      const done = waiters.filter(({ count }) => count <= durable);
      waiters = waiters.filter(({ count }) => count > durable);
      for (const { resolve } of done) resolve();
    }
    writing = null;
  }

  function fail(cause: unknown): void {
    const { message } = cause as Error;
    failure ??= new Error(
      `the journal ${path} cannot be written, and nothing may happen that is not on record: ${message}`,
      { cause },
    );
    queue = [];
    for (const { reject } of waiters) reject(failure);
    waiters = [];
  }

  function flushed(): Promise<void> {
    if (failure !== null) return Promise.reject(failure);
    if (durable === appended) return Promise.resolve();
    return new Promise((resolve, reject) => {
      waiters.push({ count: appended, resolve, reject });
    });
  }

  async function close(): Promise<void> {
    await writing;
    await file.close();
  }

  return { append, flushed, close };
}

/** write(2) may take less than it is given, e.g. when the disk is nearly full. */
async function writeFully(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, offset);
    offset += bytesWritten;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
