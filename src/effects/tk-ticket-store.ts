/**
 * Tickets as `tk` keeps them: one Markdown file each in a folder, `ID.md`, read and written without the `tk` program.
 *
 * Reading is synchronous, a slice of files at a time: on a local disk that is five times as fast as promises, which pay
 * four round trips through the thread pool for each small file. Between slices everybody else gets a turn.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  readdirSync,
  realpathSync,
  type Dirent,
} from 'node:fs';
import { open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { unsafeIdReason } from '../domain/ids.ts';
import type { InvalidTicket, Ticket, TicketCatalogue } from '../domain/ticket.ts';
import type { TicketStore } from '../ports/ticket-store.ts';
import { closeBytes, parseTicket, type ParsedTicket } from './tk-format.ts';

/** Thrown when there is no tickets folder at all, which is a wrong place more often than an empty backlog. */
export class TicketsFolderMissing extends Error {
  override readonly name = 'TicketsFolderMissing';
  readonly folder: string;

  constructor(folder: string, cause: unknown) {
    super(
      `there is no tickets folder at ${folder}: run this in the root of your project, or make the first ticket with ` +
        '`tk create "its title"`, or try `ralph-actors demo`',
      { cause },
    );
    this.folder = folder;
  }
}

/**
 * Opens the tickets in a folder. `load` throws {@link TicketsFolderMissing} when there is no such folder and an error when
 * it cannot be listed; `close` throws when the file of a ticket cannot be written.
 */
export function tkTicketStore(folder: string): TicketStore {
  return { load: () => loadTickets(folder), close: (ticket) => closeTicket(folder, ticket) };
}

const SLICE = 256;
const FILE_BYTES_MAX = 1024 * 1024;

async function loadTickets(folder: string): Promise<TicketCatalogue> {
  const { root, entries } = listFolder(folder);
  const buffer = Buffer.allocUnsafe(FILE_BYTES_MAX + 1);
  const parsed: ParsedTicket[] = [];
  for (const [index, entry] of entries.entries()) {
    if (index % SLICE === SLICE - 1) await nextTurn();
    parsed.push(readTicket(root, entry, buffer));
  }
  return withoutDuplicates(parsed);
}

/** Names the files that may be tickets, in a fixed order. Hidden files are not: editors keep their locks in them. */
function listFolder(folder: string): { readonly root: string; readonly entries: readonly Dirent[] } {
  try {
    const root = realpathSync(folder);
    const entries = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.name.endsWith('.md') && !entry.name.startsWith('.') && !entry.isDirectory())
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return { root, entries };
  } catch (error) {
    if (isMissing(error)) throw new TicketsFolderMissing(folder, error);
    throw new Error(`the tickets folder ${folder} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function readTicket(root: string, entry: Dirent, buffer: Buffer): ParsedTicket {
  const file = entry.name;
  try {
    const path = entry.isSymbolicLink() ? realpathSync(join(root, file)) : join(root, file);
    if (!isInside(root, path))
      return unusable(file, 'it is a symbolic link that leads outside the tickets folder');
    const text = readText(path, buffer);
    return typeof text === 'string' ? parseTicket(file, text) : unusable(file, text.reason);
  } catch (error) {
    return unusable(file, `it cannot be read: ${messageOf(error)}`);
  }
}

/** Reads a whole file of bounded size. O_NONBLOCK: opening a named pipe must not wait for somebody to write to it. */
function readText(path: string, buffer: Buffer): string | { readonly reason: string } {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    if (!fstatSync(descriptor).isFile()) return { reason: 'it is not a regular file' };
    let length = 0;
    for (;;) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, null);
      if (count === 0) return buffer.toString('utf8', 0, length);
      length += count;
      if (length > FILE_BYTES_MAX) return { reason: 'it is larger than 1 MiB' };
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Two files with one id: nobody can say which is meant, so neither is used. */
function withoutDuplicates(parsed: readonly ParsedTicket[]): TicketCatalogue {
  const filesById = new Map<string, string[]>();
  for (const one of parsed) {
    const { id, file } = one.ok ? { id: one.ticket.id, file: `${one.ticket.id}.md` } : one.invalid;
    const files = filesById.get(id);
    if (files === undefined) filesById.set(id, [file]);
    else files.push(file);
  }
  const tickets: Ticket[] = [];
  const invalid: InvalidTicket[] = [];
  for (const one of parsed) {
    const files = filesById.get(one.ok ? one.ticket.id : one.invalid.id) ?? [];
    if (one.ok && files.length === 1) tickets.push(one.ticket);
    else if (one.ok)
      invalid.push({ id: one.ticket.id, file: `${one.ticket.id}.md`, reason: duplicateReason(files) });
    else if (files.length === 1) invalid.push(one.invalid);
    else invalid.push({ ...one.invalid, reason: `${one.invalid.reason}; ${duplicateReason(files)}` });
  }
  return { tickets, invalid };
}

function duplicateReason(files: readonly string[]): string {
  return `duplicate id: ${files.join(' and ')} have the same one`;
}

async function closeTicket(folder: string, ticket: string): Promise<void> {
  const unsafe = unsafeIdReason(ticket);
  if (unsafe !== null)
    throw new Error(`asked to close ticket ${JSON.stringify(ticket)}, whose id is unsafe: ${unsafe}`);
  const file = join(folder, `${ticket}.md`);
  try {
    const root = await realpath(folder);
    // A link inside the folder stays a link: the file that it leads to is the one to replace.
    const path = await realpath(file);
    if (!isInside(root, path)) throw new Error('it is a symbolic link that leads outside the tickets folder');
    await rewrite(path, (bytes) => {
      const closed = closeBytes(bytes);
      if (!closed.ok) throw new Error(closed.reason);
      return closed.value.changed ? closed.value.bytes : null;
    });
  } catch (error) {
    if (isMissing(error)) return;
    throw new Error(`ticket ${ticket} cannot be closed in ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Replaces a file whole: readers see the old bytes or the new ones, also after a power cut. The new bytes are on disk
 * (fsync) before the name points at them (rename), and the folder is synced so that the rename itself is.
 */
async function rewrite(path: string, change: (bytes: Buffer) => Buffer | null): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const source = await open(path, 'r');
  try {
    const { mode } = await source.stat();
    const bytes = change(await source.readFile());
    if (bytes === null) return;
    const target = await open(temporary, 'wx', mode);
    try {
      await target.writeFile(bytes);
      // `open` applies the umask; the file keeps the mode that it had.
      await target.chmod(mode);
      await target.sync();
    } finally {
      await target.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await source.close();
  }
  const parent = await open(dirname(path), 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}

function unusable(file: string, reason: string): ParsedTicket {
  return { ok: false, invalid: { id: file.replace(/\.md$/, ''), file, reason } };
}

function isInside(root: string, path: string): boolean {
  return path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
