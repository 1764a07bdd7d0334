/**
 * The output of one session on disk: `output.log`, and before it `output.1.log`.
 *
 * O1  At most twice `bytesMax` is on disk, and the last `bytesMax` bytes always are (or everything, when it was less).
 * O2  What is taken and not yet written is bounded: `write` says when to stop reading, `onDrain` when to go on. Where the
 *     reader obeys, a slow disk slows the agent and memory does not grow.
 * O3  A disk that refuses (full, gone) costs the log, not the session: it is told once and the rest is dropped.
 */
import * as fs from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A file that takes bytes faster than a disk, up to a point. */
export interface OutputLog {
  /** Takes bytes; false when the reader should wait for `onDrain`. */
  write(bytes: Buffer): boolean;
  /** True between a `write` that said false and its `onDrain`. */
  isBehind(): boolean;
  /** Resolves when everything taken so far is written or given up. */
  settled(): Promise<void>;
  /** Settles and closes the file; what is written afterwards is dropped. */
  close(): Promise<void>;
}

/** Where a log goes and whom it tells. */
export interface OutputLogOptions {
  readonly folder: string;
  readonly bytesMax: number;
  readonly onDrain: () => void;
  /** Called once, at the first write that fails. */
  readonly onError: (error: Error) => void;
}

/** Bytes that may wait for the disk before the reader is asked to stop. */
const WAITING_BYTES_MAX = 256 * 1024;

/**
 * Makes the folder and the file, readable by their owner only, since agents print secrets. Throws the system's error when
 * it cannot; also when there is an output already, because no two sessions may write one file.
 */
export function openOutputLog({ folder, bytesMax, onDrain, onError }: OutputLogOptions): OutputLog {
  const path = join(folder, 'output.log');
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  let fd = fs.openSync(path, 'wx', 0o600);
  let size = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let behind = false;
  let open = true;
  let pumping: Promise<void> | null = null;

  async function pump(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const bytes = Buffer.concat(waiting);
        waiting = [];
        await append(bytes);
        waitingBytes -= bytes.length;
      }
    } catch (error) {
      open = false;
      waiting = [];
      waitingBytes = 0;
      onError(error as Error);
    }
    pumping = null;
    if (behind) {
      behind = false;
      onDrain();
    }
  }

  async function append(bytes: Buffer): Promise<void> {
    for (let offset = 0; offset < bytes.length;) {
      if (size >= bytesMax) await rotate();
      const length = Math.min(bytes.length - offset, Math.max(1, bytesMax - size));
      const { bytesWritten } = await write(fd, bytes, offset, length, null);
      offset += bytesWritten;
      size += bytesWritten;
    }
  }

  async function rotate(): Promise<void> {
    await rename(path, join(folder, 'output.1.log'));
    const next = await openFile(path, 'wx', 0o600);
    const full = fd;
    fd = next;
    size = 0;
    await close(full);
  }

  async function settled(): Promise<void> {
    while (pumping !== null) await pumping;
  }

  return {
    write: (bytes) => {
      if (!open || bytes.length === 0) return true;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      pumping ??= pump();
      if (waitingBytes >= WAITING_BYTES_MAX) behind = true;
      return !behind;
    },
    isBehind: () => behind,
    settled,
    close: async () => {
      await settled();
      open = false;
      await close(fd).catch(onError);
    },
  };
}

const write = promisify(fs.write);
const close = promisify(fs.close);
const openFile = promisify(fs.open);
