import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { openOutputLog } from '../../src/effects/output-log.ts';

test.prop([fc.array(fc.nat({ max: 50 }), { maxLength: 30 }), fc.integer({ min: 1, max: 60 })], {
  numRuns: 50,
})(
  'keeps the end of what was written: at least the limit, at most twice as much',
  async (sizes, bytesMax) => {
    await inFolder(async (folder) => {
      const log = openLog(folder, bytesMax);
      let all = '';
      for (const [index, size] of sizes.entries()) {
        const piece = String.fromCharCode(97 + (index % 26)).repeat(size);
        all += piece;
        log.write(Buffer.from(piece));
        if (index % 3 === 0) await log.settled();
      }
      await log.close();

      const kept = readIfThere(folder, 'output.1.log') + readIfThere(folder, 'output.log');
      expect(all.endsWith(kept)).toBe(true);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(all.length, bytesMax));
      expect(kept.length).toBeLessThanOrEqual(2 * bytesMax);
    });
  },
);

test('asks its reader to stop when 256 KiB wait for the disk, and to go on when they are written', async () => {
  await inFolder(async (folder) => {
    const drained: string[] = [];
    const log = openLog(folder, 10_000_000, { onDrain: () => drained.push('drained') });
    expect(log.write(Buffer.alloc(256 * 1024 - 1))).toBe(true);
    expect(log.isBehind()).toBe(false);
    expect(log.write(Buffer.alloc(1))).toBe(false);
    expect(log.isBehind()).toBe(true);
    expect(drained).toEqual([]);

    await log.settled();
    expect(drained).toEqual(['drained']);
    expect(log.isBehind()).toBe(false);
    expect(log.write(Buffer.alloc(1))).toBe(true);
    await log.close();
  });
});

test('gives up keeping output when the disk refuses, tells it once, and lets its reader go on', async () => {
  await inFolder(async (folder) => {
    const errors: string[] = [];
    const drained: string[] = [];
    const log = openLog(folder, 10, {
      onError: (error) => errors.push(error.message),
      onDrain: () => drained.push('drained'),
    });
    await rm(folder, { recursive: true });
    log.write(Buffer.alloc(300_000));
    await log.settled();
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('ENOENT');
    expect(drained).toEqual(['drained']);
    expect(log.write(Buffer.alloc(300_000))).toBe(true);
    await log.close();
    expect(errors).toHaveLength(1);
  });
});

test('refuses a folder that holds the output of another session', async () => {
  await inFolder(async (folder) => {
    await openLog(folder, 10).close();
    expect(() => openLog(folder, 10)).toThrow('EEXIST');
  });
});

function openLog(
  folder: string,
  bytesMax: number,
  {
    onDrain = () => undefined,
    onError = () => undefined,
  }: { onDrain?: () => void; onError?: (error: Error) => void } = {},
) {
  return openOutputLog({ folder, bytesMax, onDrain, onError });
}

function readIfThere(folder: string, name: string): string {
  return existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '';
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ralph-output-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
