/**
 * What does the front matter of a ticket file say?
 *
 * This file owns the YAML; `tk-format.ts` owns its meaning. Every scalar is read as the text its author wrote: an id
 * `0123` or `1e5` is a name and not a number, so the failsafe schema is used and nothing is coerced.
 *
 * Almost every file that `tk` writes is flat lines of harmless characters. {@link readPlainFields} reads those far faster
 * than a YAML parser can and, for all that it accepts, to the same result; everything else goes to the parser.
 */
import {
  LineCounter,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type YAMLMap,
} from 'yaml';

/** Keys that mean something to the orchestrator; all others are kept and not looked at. */
export type FieldKey = 'id' | 'status' | 'deps' | 'tags' | 'priority' | 'created';

/** A text as written, null for none (`deps:`, `deps: ~`), or the source of something that is not a text. */
export type FieldItem = string | null | { readonly notText: string };

/** The fields that are written; a list stays a list. */
export type Fields = Readonly<Partial<Record<FieldKey, FieldItem | readonly FieldItem[]>>>;

/** What reading gives: a value, or what is wrong in words for a person. */
export type Reading<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly reason: string };

/** Where the front matter lies in a text, in code units: YAML between two `---` lines, the body after them. */
export interface FrontMatterPlace {
  readonly yamlStart: number;
  readonly yamlEnd: number;
  readonly bodyStart: number;
}

/** Bounds the time of a parser that is quadratic in keys and in aliases; nobody writes this much. */
const FRONT_MATTER_LENGTH_MAX = 16 * 1024;

/** Finds the front matter, which must be the first thing in the text. */
export function findFrontMatter(text: string): Reading<FrontMatterPlace> {
  // The second form is the byte order mark as a latin1 text shows it.
  const opening = /^(?:\uFEFF|\u00EF\u00BB\u00BF)?---[ \t]*\r?\n/.exec(text);
  if (opening === null) return { ok: false, reason: 'no front matter: the first line must be "---"' };
  const yamlStart = opening[0].length;
  const closingLine = /\n---[ \t]*(?:\r?\n|(?![^]))/g;
  closingLine.lastIndex = yamlStart - 1;
  const closing = closingLine.exec(text);
  if (closing === null) return { ok: false, reason: 'the front matter has no end: no second "---" line' };
  const yamlEnd = closing.index + 1;
  if (yamlEnd - yamlStart > FRONT_MATTER_LENGTH_MAX) {
    return { ok: false, reason: `the front matter is longer than ${FRONT_MATTER_LENGTH_MAX} characters` };
  }
  return { ok: true, value: { yamlStart, yamlEnd, bodyStart: closing.index + closing[0].length } };
}

/** Reads the fields of a front matter, or says what is wrong and on which line of the file. */
export function readFields(yaml: string): Reading<Fields> {
  const plain = readPlainFields(yaml);
  return plain === null ? readYamlFields(yaml) : { ok: true, value: plain };
}

const WORD = '[A-Za-z0-9_.][A-Za-z0-9_./+@-]*(?::[A-Za-z0-9_./+@-]+)*';
const KEY = '[A-Za-z_][A-Za-z0-9_-]{0,99}';
const PLAIN_LINE = new RegExp(
  `(${KEY}):(?: (${WORD}(?: ${WORD})*)| \\[((?:${WORD}(?:, ?${WORD})*)?)\\])?\\r?\\n`,
  'y',
);

/** Reads front matter made of flat, harmless lines; null when anything else is in it and YAML has to decide. */
export function readPlainFields(yaml: string): Fields | null {
  const fields: Record<string, FieldItem | readonly FieldItem[]> = {};
  const seen = new Set<string>();
  for (let at = 0; at < yaml.length; at = PLAIN_LINE.lastIndex) {
    PLAIN_LINE.lastIndex = at;
    const line = PLAIN_LINE.exec(yaml);
    if (line === null) return null;
    const [, key = '', text, list] = line;
    if (seen.has(key)) return null;
    seen.add(key);
    if (!isFieldKey(key)) continue;
    if (list === undefined) fields[key] = text === undefined || isNullText(text) ? null : text;
    else fields[key] = list === '' ? [] : list.split(/, ?/).map((item) => (isNullText(item) ? null : item));
  }
  return fields;
}

/** Reads any front matter with a YAML parser. */
export function readYamlFields(yaml: string): Reading<Fields> {
  const parsed = parseYaml(yaml);
  if (!parsed.ok) return parsed;
  const { document, map } = parsed.value;
  const fields: Record<string, FieldItem | readonly FieldItem[]> = {};
  for (const pair of map?.items ?? []) {
    const key = isScalar(pair.key) ? String(pair.key.value) : '';
    if (isFieldKey(key)) fields[key] = readNode(pair.value, document, yaml);
  }
  return { ok: true, value: fields };
}

/** Parses front matter to a document that can be edited in place; `map` is null when there is nothing in it. */
export function parseYaml(
  yaml: string,
): Reading<{ readonly document: Document; readonly map: YAMLMap | null }> {
  const lineCounter = new LineCounter();
  let document: Document;
  try {
    document = parseDocument(yaml, {
      schema: 'failsafe',
      prettyErrors: false,
      keepSourceTokens: true,
      lineCounter,
    });
  } catch (error) {
    // The parser recurses: brackets nested thousands deep overflow the stack. That is content, and no bug of ours.
    return { ok: false, reason: `the front matter cannot be parsed: ${String(error)}` };
  }
  const [error] = document.errors;
  if (error !== undefined) {
    // One more for the `---` line above.
    const line = lineCounter.linePos(error.pos[0]).line + 1;
    return { ok: false, reason: `the front matter is not valid YAML, line ${line}: ${error.message}` };
  }
  const map = document.contents;
  if (map !== null && !isMap(map)) {
    const empty = isScalar(map) && map.value === '';
    if (!empty) return { ok: false, reason: 'the front matter is not made of "key: value" lines' };
  }
  return { ok: true, value: { document, map: isMap(map) ? map : null } };
}

const FIELD_KEYS: ReadonlySet<string> = new Set<FieldKey>([
  'id',
  'status',
  'deps',
  'tags',
  'priority',
  'created',
]);

function isFieldKey(key: string): key is FieldKey {
  return FIELD_KEYS.has(key);
}

function isNullText(text: string): boolean {
  return text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL';
}

function readNode(node: unknown, document: Document, yaml: string): FieldItem | readonly FieldItem[] {
  const target = follow(node, document);
  return isSeq(target)
    ? target.items.map((item) => readItem(follow(item, document), yaml))
    : readItem(target, yaml);
}

/** Follows an alias; one that leads nowhere stays itself and is reported as no text. */
function follow(node: unknown, document: Document): unknown {
  return isAlias(node) ? (node.resolve(document) ?? node) : node;
}

function readItem(node: unknown, yaml: string): FieldItem {
  if (node === null || node === undefined) return null;
  if (isScalar(node)) {
    const text = String(node.value);
    return node.type === 'PLAIN' && isNullText(text) ? null : text.trim();
  }
  const range = isNode(node) ? node.range : null;
  return { notText: range ? yaml.slice(range[0], range[1]).trim() : 'something without a place' };
}
