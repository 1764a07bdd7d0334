import { renameSync, writeFileSync } from 'node:fs';

/** Writes a value as JSON into a file that is whole, and on the disk, when it becomes visible. */
export function writeRecord(path: string, record: unknown): void {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(record)}\n`, { mode: 0o600, flush: true });
  renameSync(fresh, path);
}
