/**
 * What does a ticket file of `tk` mean, and what does it look like once it is closed?
 *
 * T1  Reading is lenient where `tk` is: what is absent gets its default, and unknown keys are nobody's business here.
 * T2  Closing changes the bytes of the status value and no others; without a status key it adds one line.
 * T3  A file is a ticket under its file name, because that is how `tk` finds it: another id inside makes it invalid.
 */
import { isUtf8 } from 'node:buffer';
import { isAlias, isScalar, type Pair, type YAMLMap } from 'yaml';
import { unsafeIdReason } from '../domain/ids.ts';
import type { InvalidTicket, Ticket, TicketStatus } from '../domain/ticket.ts';
import {
  findFrontMatter,
  parseYaml,
  readFields,
  type FieldItem,
  type FieldKey,
  type Fields,
  type Reading,
} from './tk-front-matter.ts';

/** What a file turned out to be. */
export type ParsedTicket =
  { readonly ok: true; readonly ticket: Ticket } | { readonly ok: false; readonly invalid: InvalidTicket };

/** Reads one ticket file, given its name in the tickets folder. Total: whatever is wrong becomes the reason. */
export function parseTicket(file: string, text: string): ParsedTicket {
  const stem = file.replace(/\.md$/, '');
  const place = findFrontMatter(text);
  if (!place.ok) return { ok: false, invalid: { id: stem, file, reason: place.reason } };
  const fields = readFields(text.slice(place.value.yamlStart, place.value.yamlEnd));
  if (!fields.ok) return { ok: false, invalid: { id: stem, file, reason: fields.reason } };

  const problems: string[] = [];
  const id = readId(fields.value, stem, problems);
  const attributes = {
    status: readStatus(fields.value, problems),
    deps: [...new Set(readTexts(fields.value, 'deps', problems))],
    priority: readPriority(fields.value, problems),
    tags: readTexts(fields.value, 'tags', problems),
    createdMs: readCreated(fields.value),
  };
  if (problems.length > 0) return { ok: false, invalid: { id, file, reason: problems.join('; ') } };
  return { ok: true, ticket: { id, ...splitTitle(text.slice(place.value.bodyStart), id), ...attributes } };
}

/**
 * Gives the text of a ticket file with its status closed and every other character as it was. A text that is closed
 * already, or that is no ticket, comes back unchanged. Works on a latin1 text too, where bytes that are no UTF-8 survive.
 */
export function closeText(text: string): { readonly text: string; readonly changed: boolean } {
  const edit = closingEdit(text);
  if (!edit.ok || edit.value === null) return { text, changed: false };
  return { text: applied(text, edit.value), changed: true };
}

/** {@link closeText} for the bytes of a file or a git blob; says why when they are not those of a ticket. */
export function closeBytes(bytes: Buffer): Reading<{ readonly bytes: Buffer; readonly changed: boolean }> {
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  const text = bytes.toString(encoding);
  const edit = closingEdit(text);
  if (!edit.ok) return edit;
  if (edit.value === null) return { ok: true, value: { bytes, changed: false } };
  return { ok: true, value: { bytes: Buffer.from(applied(text, edit.value), encoding), changed: true } };
}

function readId(fields: Fields, stem: string, problems: string[]): string {
  const id = fields.id;
  if (typeof id !== 'string') {
    problems.push(id === undefined || id === null ? 'the id is missing' : 'the id is not a text');
    return stem;
  }
  const unsafe = unsafeIdReason(id);
  if (unsafe !== null) problems.push(`the id ${quote(id)} cannot be used: ${unsafe}`);
  else if (id !== stem) {
    problems.push(
      `the id is ${quote(id)} and a ticket is found by its file name: rename the file to ${id}.md`,
    );
  }
  return id;
}

const STATUSES: readonly TicketStatus[] = ['open', 'in_progress', 'closed'];

function readStatus(fields: Fields, problems: string[]): TicketStatus {
  const status = fields.status ?? 'open';
  const known = STATUSES.find((word) => word === status);
  if (known === undefined) problems.push(`the status ${quote(status)} is none of ${STATUSES.join(', ')}`);
  return known ?? 'open';
}

function readPriority(fields: Fields, problems: string[]): number {
  const priority = fields.priority ?? '2';
  if (typeof priority === 'string' && /^[0-4]$/.test(priority)) return Number(priority);
  problems.push(`the priority ${quote(priority)} is not a whole number from 0 to 4`);
  return 2;
}

function readTexts(fields: Fields, key: FieldKey, problems: string[]): readonly string[] {
  const value = fields[key];
  const items: readonly FieldItem[] = isList(value) ? value : [value ?? null];
  return items.flatMap((item) => {
    if (item === null || item === '') return [];
    if (typeof item === 'string') return [item];
    problems.push(
      `${key} has an item that is not a text: ${item.notText} (in quotes it would be: ${quote(item.notText)})`,
    );
    return [];
  });
}

function isList(value: Fields[FieldKey]): value is readonly FieldItem[] {
  return Array.isArray(value);
}

const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*([Zz]|[+-]\d\d:\d\d)?)?$/;

/** Age only decides between equals, so a time that cannot be read is no reason to refuse a ticket. */
function readCreated(fields: Fields): number | null {
  const parts = typeof fields.created === 'string' ? ISO_TIME.exec(fields.created) : null;
  if (parts === null) return null;
  // A time without a zone is taken as UTC: the order of tickets must not depend on where the run takes place.
  const [, date = '', time = '00:00', zone = 'Z'] = parts;
  const ms = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  return Number.isNaN(ms) ? null : ms;
}

/** The first `# ` line is the title; all other text is the body, without blank lines around it. */
function splitTitle(content: string, id: string): { readonly title: string; readonly body: string } {
  const heading = /^#[ \t]+(\S.*)$/m.exec(content);
  if (heading === null) return { title: id, body: trimBlankLines(content) };
  const before = trimBlankLines(content.slice(0, heading.index));
  const after = trimBlankLines(content.slice(heading.index + heading[0].length));
  return {
    // A title goes to terminals, argument lists and commit subjects: none of them takes control characters.
    title: (heading[1] ?? '').replace(/\p{Cc}/gu, ' ').trim() || id,
    body: before === '' ? after : `${before}\n\n${after}`.trimEnd(),
  };
}

function trimBlankLines(text: string): string {
  return text.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd();
}

/** A replacement of the characters from `start` to `end`. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

function applied(text: string, { start, end, insert }: Edit): string {
  return text.slice(0, start) + insert + text.slice(end);
}

/** Finds the edit that closes a ticket; null when it is closed already. */
function closingEdit(text: string): Reading<Edit | null> {
  const place = findFrontMatter(text);
  if (!place.ok) return place;
  const { yamlStart, yamlEnd } = place.value;
  const yaml = text.slice(yamlStart, yamlEnd);
  const before = readFields(yaml);
  if (!before.ok) return before;
  if (before.value.status === 'closed') return { ok: true, value: null };
  const parsed = parseYaml(yaml);
  if (!parsed.ok) return parsed;
  const edit = parsed.value.map === null ? null : editOfMap(parsed.value.map, yaml);
  if (edit === null) return { ok: false, reason: 'there is neither a status nor an id to write one after' };

  // YAML has more ways to write a value than this file knows: what was written is read back before it is trusted.
  const after = readFields(applied(yaml, edit));
  if (!after.ok || after.value.status !== 'closed') {
    return {
      ok: false,
      reason: 'the status is written in a way that cannot be replaced: write it as "status: open"',
    };
  }
  return { ok: true, value: { ...edit, start: edit.start + yamlStart, end: edit.end + yamlStart } };
}

function editOfMap(map: YAMLMap, yaml: string): Edit | null {
  const status = pairOf(map, 'status');
  if (status !== undefined) return replaceValue(status, yaml);
  const id = pairOf(map, 'id');
  const range = isScalar(id?.value) ? id.value.range : null;
  if (!range) return null;
  if (map.flow === true) return { start: range[1], end: range[1], insert: ', status: closed' };
  // The line break that ends the id: a block scalar has it inside its range.
  const newline = yaml.indexOf('\n', yaml[range[1] - 1] === '\n' ? range[1] - 1 : range[1]);
  const lineBreak = yaml[newline - 1] === '\r' ? '\r\n' : '\n';
  const indent = ' '.repeat(map.srcToken && 'indent' in map.srcToken ? map.srcToken.indent : 0);
  return { start: newline + 1, end: newline + 1, insert: `${indent}status: closed${lineBreak}` };
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function replaceValue(pair: Pair, yaml: string): Edit | null {
  const { value } = pair;
  if (!isScalar(value) && !isAlias(value)) return null;
  const [start, end] = value.range ?? [0, 0];
  if (start === end) {
    // Nothing is written: the word goes after the colon, or after the anchor or tag that stands there.
    const mark = pair.srcToken?.sep?.findLast((token) =>
      ['map-value-ind', 'anchor', 'tag'].includes(token.type),
    );
    if (mark === undefined) return null;
    const at = mark.offset + mark.source.length;
    return { start: at, end: at, insert: ' closed' };
  }
  // A block scalar (`status: |`) owns its last line break.
  const lineBreak = /\r?\n$/.exec(yaml.slice(start, end))?.[0] ?? '';
  return { start, end: end - lineBreak.length, insert: 'closed' };
}

function quote(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'notText' in value) return String(value.notText);
  return JSON.stringify(value);
}
