/**
 * Where is a JSON text wrong? The message of `JSON.parse` differs from one Node to the next and often names no place, so
 * the text is read again, token by token, until one stands where it may not.
 */

/** The first place that is not JSON, counted from 1, and why. */
export interface JsonError {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/** What may come next. */
type Expectation = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd' | 'nothing';

/** Finds the first error in a text; null when there is none. */
export function findJsonError(text: string): JsonError | null {
  const open: ('{' | '[')[] = [];
  let expected: Expectation = 'value';
  for (let at = blanksEnd(text, 0); ; at = blanksEnd(text, at)) {
    if (at === text.length && expected === 'nothing') return null;
    const token = tokenAt(text, at);
    const next: Expectation | null = token === null ? null : follow(token, expected, open);
    if (token === null || next === null) return errorAt(text, at, expected, open.at(-1));
    at += token.length;
    expected = next;
  }
}

const BLANKS = /[ \t\r\n]*/y;
const TOKEN =
  /[{}[\],:]|"(?:[^"\\\p{Cc}]|[\x7F-\x9F]|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*"|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/uy;

function blanksEnd(text: string, at: number): number {
  BLANKS.lastIndex = at;
  BLANKS.test(text);
  return BLANKS.lastIndex;
}

function tokenAt(text: string, at: number): string | null {
  TOKEN.lastIndex = at;
  return TOKEN.exec(text)?.[0] ?? null;
}

/** Takes one token: keeps track of what is open and gives what may follow; null when the token may not stand here. */
function follow(token: string, expected: Expectation, open: ('{' | '[')[]): Expectation | null {
  const afterValue = (): Expectation => (open.length === 0 ? 'nothing' : 'commaOrEnd');
  const close = (bracket: '{' | '['): Expectation | null => {
    if (open.at(-1) !== bracket || expected === 'value' || expected === 'key' || expected === 'colon')
      return null;
    open.pop();
    return afterValue();
  };
  const wantsValue = expected === 'value' || expected === 'valueOrEnd';
  switch (token) {
    case '{':
    case '[':
      if (!wantsValue) return null;
      open.push(token);
      return token === '{' ? 'keyOrEnd' : 'valueOrEnd';
    case '}':
      return close('{');
    case ']':
      return close('[');
    case ',':
      if (expected !== 'commaOrEnd') return null;
      return open.at(-1) === '{' ? 'key' : 'value';
    case ':':
      return expected === 'colon' ? 'value' : null;
    default:
      if (wantsValue) return afterValue();
      return token.startsWith('"') && (expected === 'key' || expected === 'keyOrEnd') ? 'colon' : null;
  }
}

function errorAt(text: string, at: number, expected: Expectation, open: string | undefined): JsonError {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  return { line, column, reason: reasonAt(text.slice(at), before.trimEnd(), expected, open) };
}

function reasonAt(rest: string, before: string, expected: Expectation, open: string | undefined): string {
  if (/^\/[/*]/.test(rest)) return 'JSON has no comments';
  if (/^[}\]]/.test(rest) && before.endsWith(','))
    return `a comma may not stand before ${JSON.stringify(rest[0])}`;
  if (rest.startsWith("'")) return 'a text must stand in double quotes';
  const token = tokenAt(rest, 0);
  if (rest.startsWith('"') && token === null)
    return 'the text that begins here has no end on its line, or a bad escape';
  return `expected ${wordsFor(expected, open)}, found ${wordsForFound(rest, token)}`;
}

function wordsForFound(rest: string, token: string | null): string {
  if (rest === '') return 'the end of the file';
  if (token?.startsWith('"') === true) return token;
  return JSON.stringify(/^[\w.+-]+|^[^]/u.exec(rest)?.[0]);
}

function wordsFor(expected: Expectation, open: string | undefined): string {
  switch (expected) {
    case 'value':
      return 'a value';
    case 'valueOrEnd':
      return 'a value or "]"';
    case 'key':
      return 'a key in double quotes';
    case 'keyOrEnd':
      return 'a key in double quotes or "}"';
    case 'colon':
      return 'a colon';
    case 'commaOrEnd':
      return open === '{' ? 'a comma or "}"' : 'a comma or "]"';
    case 'nothing':
      return 'the end of the file';
  }
}
