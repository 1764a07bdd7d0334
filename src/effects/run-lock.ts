/**
 * One run at a time in a repository: a lock file held by a process that can be proven alive or dead.
 *
 * L1  A lock is whole when it becomes visible: it is written and synced under another name and then linked, and link(2)
 *     fails when the name is taken.
 * L2  A lock is never taken for its age. Its owner is dead when the boot is another, or its pid is gone, or its pid
 *     started at another time. A live owner, one on another host, and one of whom nothing can be proven keep it.
 * L3  Of all who find the same dead owner, one succeeds him. Two steps that are not one (remove his lock, make mine) go
 *     wrong: A and B read the dead lock; A removes it and makes hers; B removes A's and makes his. So a lock is not removed
 *     but *succeeded*: a successor links its lock to a name made of the bytes it read, which only one can have. Then it
 *     makes sure that the lock still is those bytes, and replaces it by rename(2). A successor that dies between the two
 *     is itself succeeded, by the name made of *its* bytes.
 * L4  By L1 nobody alive is in the middle of writing a lock, so bytes that are no lock are damage. They are succeeded
 *     like a dead owner's, after a copy was put aside under a name that is reported.
 * L5  pi-ticketflow keeps its lock in the same place, as text that holds a pid. While that pid is in use it is respected.
 */
import { createHash } from 'node:crypto';
import { link, mkdir, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { RunId } from '../domain/ids.ts';
import type { ProcessIdentity } from '../domain/run-fact.ts';
import { liveness, ownIdentity } from './process-identity.ts';

/** Who holds, or held, a lock. */
export interface LockOwner extends ProcessIdentity {
  /** Empty for an owner that is no run of ours. */
  readonly run: RunId;
  /** Empty where the lock does not say. */
  readonly host: string;
}

/** A lock that is held by this process. */
export interface RunLock {
  /** Gives the lock back; does nothing when the file is not ours any more. */
  release(): Promise<void>;
}

/** What came of asking for the lock. */
export type LockOutcome =
  | {
      readonly kind: 'acquired';
      readonly lock: RunLock;
      /** The dead owner it was taken over from, whose run was cut off; null when there was none. */
      readonly succeeded: LockOwner | null;
      /** Where a damaged lock was copied to; null when there was none. */
      readonly movedAside: string | null;
    }
  | { readonly kind: 'held'; readonly owner: LockOwner; readonly reason: string }
  | { readonly kind: 'impossible'; readonly reason: string };

/** Asks for the lock at a path, once and without waiting; the folder is made when absent. Never throws. */
export async function acquireRunLock(path: string, run: RunId): Promise<LockOutcome> {
  const owner: LockOwner = { run, ...ownIdentity(), host: hostname() };
  const bytes = Buffer.from(`${JSON.stringify(owner)}\n`);
  const own = `${path}.${run}.${owner.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeSynced(own, bytes);
    const outcome = await takeOrSucceed(path, own, bytes);
    if (outcome.kind === 'acquired') await removeClaims(path);
    return outcome;
  } catch (error) {
    return { kind: 'impossible', reason: `cannot lock ${path}: ${(error as Error).message}` };
  } finally {
    // Where it cannot be removed it could not be made either, and the reason for that has been told.
    await rm(own, { force: true }).catch(() => undefined);
  }
}

/** What a lock says to one who only looks. */
export type LockInspection =
  | { readonly kind: 'held'; readonly reason: string }
  | {
      /** It can be had. What lies there all the same is left from owners that are dead. */
      readonly kind: 'free';
      readonly remains: readonly { readonly path: string; readonly why: string }[];
    };

/** Looks at the lock at a path, and at what attempts to get it have left beside it. Changes nothing. */
export async function inspectRunLock(path: string): Promise<LockInspection> {
  const remains: { path: string; why: string }[] = [];
  let bytes: Buffer | null;
  try {
    bytes = await readOrNull(path);
  } catch (error) {
    return { kind: 'held', reason: `the lock ${path} cannot be read: ${(error as Error).message}` };
  }
  if (bytes !== null) {
    const owner = parseOwner(bytes);
    const reason = owner === null ? null : whyKept(path, owner);
    if (reason !== null) return { kind: 'held', reason };
    remains.push({
      path,
      why: owner === null ? 'it is damaged; a copy is put aside' : `${who(owner)} is dead`,
    });
  }
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(`${basename(path)}.`)).sort()) {
    const beside = join(dirname(path), name);
    if (name.startsWith(`${basename(path)}.claim-`))
      remains.push({ path: beside, why: 'it is an old claim' });
    const pid = /\.(\d+)$/.exec(name)?.[1];
    if (pid === undefined) continue;
    // Half written when its owner died, it says nothing; its name still does.
    const owner =
      parseOwner((await readOrNull(beside).catch(() => null)) ?? Buffer.alloc(0)) ?? parseForeignText(pid);
    if (owner !== null && whyKept(beside, owner) === null) {
      remains.push({ path: beside, why: `${who(owner)} is dead` });
    }
  }
  return { kind: 'free', remains };
}

async function takeOrSucceed(path: string, own: string, bytes: Buffer): Promise<LockOutcome> {
  const lock: RunLock = { release: () => release(path, bytes) };
  for (;;) {
    if (await tryLink(own, path)) return { kind: 'acquired', lock, succeeded: null, movedAside: null };
    const found = await readOrNull(path);
    // Null: it was released between the two lines. Every turn of this loop means that somebody else has made progress.
    const outcome = found === null ? null : await succeed(path, own, found);
    if (outcome?.kind === 'held') return outcome;
    if (outcome?.kind === 'succeeded') return { ...outcome, kind: 'acquired', lock };
  }
}

type Succession =
  | { readonly kind: 'held'; readonly owner: LockOwner; readonly reason: string }
  | { readonly kind: 'succeeded'; readonly succeeded: LockOwner | null; readonly movedAside: string | null };

/** L3. Null when the lock changed meanwhile and everything has to be looked at again. */
async function succeed(path: string, own: string, found: Buffer): Promise<Succession | null> {
  for (let last = found; ;) {
    const owner = parseOwner(last);
    const reason = owner === null ? null : whyKept(path, owner);
    if (owner !== null && reason !== null) {
      // A claim may be of one who read the lock too late and is about to withdraw; then somebody else is the owner.
      return (await isStill(path, found)) ? { kind: 'held', owner, reason } : null;
    }
    const claim = claimOn(path, last);
    if (await tryLink(own, claim)) {
      if (!(await isStill(path, found))) {
        await rm(claim, { force: true });
        return null;
      }
      const movedAside = parseOwner(found) === null ? await putAside(path, found) : null;
      await rename(own, path);
      return { kind: 'succeeded', succeeded: owner, movedAside };
    }
    const successor = await readOrNull(claim);
    if (successor === null) return null;
    last = successor;
  }
}

/** L2. Null when the owner is proven dead. */
function whyKept(path: string, owner: LockOwner): string | null {
  if (owner.host !== '' && owner.host !== hostname()) {
    return `${who(owner)} on host "${owner.host}" holds ${path}, and whether it is alive cannot be seen from here; if it is not, delete that file`;
  }
  switch (liveness(owner)) {
    case 'dead':
      return null;
    case 'alive':
      return `${who(owner)} is running and holds ${path}; wait for it or stop it`;
    case 'unknown':
      return `${who(owner)} holds ${path}, and a process with that pid exists; if it is not that program, delete the file`;
  }
}

function who({ run, pid }: LockOwner): string {
  return run === '' ? `another program (pid ${pid})` : `run ${run} (pid ${pid})`;
}

function parseOwner(bytes: Buffer): LockOwner | null {
  const text = bytes.toString('utf8').trim();
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) return parseForeignText(text);
  const { run, pid, startTime, bootId, host } = value as Readonly<Record<string, unknown>>;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return null;
  return { run: textOf(run), pid, startTime: textOf(startTime), bootId: textOf(bootId), host: textOf(host) };
}

/** L5: `<pid> <time>`, or `<run> <pid> <time>`. */
function parseForeignText(text: string): LockOwner | null {
  const pid = Number(/^(?:\S+\s+)?([1-9]\d{0,9})(?:\s+\d{4}-\S*)?$/.exec(text)?.[1]);
  return Number.isNaN(pid) ? null : { run: '', pid, startTime: '', bootId: '', host: '' };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function putAside(path: string, bytes: Buffer): Promise<string> {
  const aside = `${path}.damaged-${digest(bytes)}`;
  await writeFile(aside, bytes, { mode: 0o600 });
  return aside;
}

async function release(path: string, bytes: Buffer): Promise<void> {
  // Reading and removing need not be one step: nobody succeeds an owner that is alive.
  if (await isStill(path, bytes)) await rm(path, { force: true });
}

async function isStill(path: string, bytes: Buffer): Promise<boolean> {
  return (await readOrNull(path))?.equals(bytes) === true;
}

function claimOn(path: string, bytes: Buffer): string {
  return `${path}.claim-${digest(bytes)}`;
}

/** The lock is ours, so every claim on what it was before has lost its meaning. */
async function removeClaims(path: string): Promise<void> {
  const prefix = `${basename(path)}.claim-`;
  for (const name of await readdir(dirname(path))) {
    if (name.startsWith(prefix)) await rm(join(dirname(path), name), { force: true });
  }
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

async function tryLink(existing: string, name: string): Promise<boolean> {
  try {
    await link(existing, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readOrNull(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
