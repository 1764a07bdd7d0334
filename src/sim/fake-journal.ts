/**
 * A journal that keeps the rules of the real one: facts that arrive while the disk is busy are written together, nothing
 * is flushed before it is on the disk, and after one failed write nothing more is written.
 */
import { isRunOver } from '../domain/cut-off.ts';
import { JOURNAL_VERSION, type JournalEntry } from '../domain/journal-entry.ts';
import type { RunFact } from '../domain/run-fact.ts';
import type { Journal } from '../ports/journal.ts';
import type { PastRuns } from '../ports/past-runs.ts';
import type { Life, SimWorld } from './sim-world.ts';

/** The journal of one life, and what may happen to it. */
export interface FakeJournal extends Journal {
  /** From now on no line can be written. */
  fillDisk(): void;
  /** The orchestrator is gone: of what was being written, some whole lines may have reached the disk. */
  cut(isTorn: boolean): void;
}

interface Waiter {
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Makes the journal of a life. */
export function fakeJournal(world: SimWorld, life: Life): FakeJournal {
  const { told, onDisk } = recordOf(world, life);
  let written: readonly JournalEntry[] = [];
  let queue: JournalEntry[] = [];
  let waiters: Waiter[] = [];
  let failure: Error | null = null;
  let isDiskFull = false;
  let writing: Promise<void> | null = null;

  function append(fact: RunFact): JournalEntry {
    const at = world.clock.nowMs() + world.clockJumpMs;
    const entry: JournalEntry = { v: JOURNAL_VERSION, seq: told.length, at, ...fact };
    told.push(entry);
    if (failure === null) {
      queue.push(entry);
      writing ??= writeAll();
    }
    return entry;
  }

  async function writeAll(): Promise<void> {
    await Promise.resolve();
    while (queue.length > 0 && failure === null) {
      written = queue;
      queue = [];
      await world.pause(life, world.dice.below(4));
      if (isDiskFull) {
        failure = new Error('the journal cannot be written: no space left on device');
        for (const { reject } of waiters) reject(failure);
        waiters = [];
      } else {
        onDisk.push(...written);
        written = [];
        const done = waiters.filter(({ count }) => count <= onDisk.length);
        waiters = waiters.filter(({ count }) => count > onDisk.length);
        for (const { resolve } of done) resolve();
      }
    }
    writing = null;
  }

  return {
    append,
    flushed: () => {
      if (failure !== null) return Promise.reject(failure);
      if (onDisk.length === told.length) return Promise.resolve();
      return new Promise((resolve, reject) => {
        waiters.push({ count: told.length, resolve, reject });
      });
    },
    close: async () => {
      await writing;
    },
    fillDisk: () => {
      isDiskFull = true;
    },
    cut: (isTorn) => {
      // Whole lines before the torn one can be read; the torn one itself counts for nothing.
      if (isTorn && failure === null) onDisk.push(...written.slice(0, world.dice.below(written.length + 1)));
    },
  };
}

/** What the runs before this one left on the disk. */
export function fakePastRuns(world: SimWorld, life: Life): PastRuns {
  return {
    async cutOff() {
      await world.pause(life, 1);
      const runs = [...world.runs]
        .filter(([run, { isRecovered }]) => run !== life.run && !isRecovered)
        .filter(([, { onDisk }]) => !isRunOver(onDisk))
        .map(([run, { onDisk, decided }]) => ({
          run,
          entries: onDisk,
          decided: new Set(decided),
          isDamaged: false,
        }));
      return { runs, notes: [] };
    },
    async markDecided(run, session) {
      await world.pause(life, 1);
      world.runs.get(run)?.decided.add(session);
    },
    async markRecovered(run) {
      await world.pause(life, 1);
      const record = world.runs.get(run);
      if (record !== undefined) record.isRecovered = true;
    },
  };
}

function recordOf(world: SimWorld, life: Life) {
  const told: JournalEntry[] = [];
  const onDisk: JournalEntry[] = [];
  world.runs.set(life.run, { told, onDisk, isRecovered: false, decided: new Set() });
  return { told, onDisk };
}
