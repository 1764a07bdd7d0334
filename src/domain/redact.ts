/**
 * Takes secrets out of text that is kept or shown: what agents and gates printed last, what git and the system complained.
 *
 * D1  Four things are secret: what stands behind a name that says so (`API_KEY=...`, `"password": "..."`, `--token ...`);
 *     what has the shape of a known kind of token; a private key block; and the values of the environment's own secrets,
 *     wherever they stand.
 * D2  Ids, paths, branches, hashes and commits have none of these shapes, and stay.
 * D3  The time it takes is linear in the text. Agents print what they like: no pattern begins inside a run of the characters
 *     that it repeats, unless what it repeats is bounded.
 *
 * Packages were looked at: those for log objects know keys and not texts, those that know tokens lint files and load rules
 * at run time. What a secret looks like to nobody else (a short password in a sentence) is not found by anything.
 */

/** Gives a text without its secrets. */
export type Redact = (text: string) => string;

/** Stands where a secret was. Fit for the inside of a JSON text, and for none of the patterns. */
export const REDACTED = '[redacted]';

/** Makes a redactor that also knows the values of the environment's secret variables. */
export function redactor(env: Readonly<Record<string, string | undefined>>): Redact {
  const values = Object.entries(env)
    .flatMap(([name, value]) => (value !== undefined && isSecretName(name) ? [value.trim()] : []))
    .filter((value) => value.length >= VALUE_LENGTH_MIN)
    // The longest first, so that none is cut in two by another that is a part of it.
    .toSorted((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const value of values) clean = clean.replaceAll(value, REDACTED);
    return withoutNamed(withoutShapes(clean));
  };
}

/** A shorter value is a word such as `test`, and would be found everywhere. */
const VALUE_LENGTH_MIN = 8;

/** Says of the name of a variable, field or option that what it names is secret. */
export function isSecretName(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  if (ABOUT_SECRETS.has(last)) return false;
  if (words.some((word) => SECRET_ANYWHERE.has(word))) return true;
  // `key`, `pwd` and the like alone are words of every day.
  return SECRET_LAST.has(last) && words.length > 1 && words.at(-2) !== 'PUBLIC';
}

const SECRET_ANYWHERE = new Set(
  'SECRET SECRETS PASSWORD PASSWORDS PASSWD PASSPHRASE CREDENTIAL CREDENTIALS AUTHORIZATION APIKEY TOKEN'.split(
    ' ',
  ),
);
const SECRET_LAST = new Set(['KEY', 'PWD', 'PASS', 'COOKIE', 'AUTH']);
/** `TOKEN_FILE` names a file, and `SECRET_ID` an id. */
const ABOUT_SECRETS = new Set('FILE PATH DIR ID NAME TYPE COUNT LIMIT LENGTH BUDGET USAGE'.split(' '));

const PRIVATE_KEY =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,40}-----|$)/g;
const KEY_END = /-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;

/** Kinds of tokens by what they begin with. All but the last are at their end once they are long enough. */
const SHAPES = new RegExp(
  [
    'sk-[A-Za-z0-9_-]{16,}',
    '[rs]k_(?:live|test)_[A-Za-z0-9]{10,}',
    'gh[oprsu]_[A-Za-z0-9]{20,}',
    'github_pat_[A-Za-z0-9_]{20,}',
    'glpat-[A-Za-z0-9_-]{16,}',
    'xox[a-z]-[A-Za-z0-9-]{10,}',
    'xapp-[A-Za-z0-9-]{10,}',
    'A[KS]IA[A-Z0-9]{16}',
    'AIza[A-Za-z0-9_-]{35}',
    'npm_[A-Za-z0-9]{30,}',
    'hf_[A-Za-z0-9]{30,}',
    'pypi-[A-Za-z0-9_-]{30,}',
    '(?<!-)eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]+)?',
  ]
    .map((shape) => `(?:${shape})`)
    .join('|')
    .replace(/^/, '(?<![A-Za-z0-9_])(?:')
    .concat(')'),
  'g',
);

const BEARER = /\b(Bearer|Basic)(\s{1,4})([A-Za-z0-9._~+/=-]{6,})/gi;
const USER_INFO = /:\/\/[^\s/@:"']{0,256}:[^\s/"']{1,512}@|:\/\/[^\s/@:"']{20,256}@/g;

function withoutShapes(text: string): string {
  let clean = text.replaceAll(PRIVATE_KEY, REDACTED);
  // What was kept of an output may begin inside a key.
  const end = KEY_END.exec(clean);
  if (end !== null) clean = REDACTED + clean.slice(end.index + end[0].length);
  return clean
    .replaceAll(SHAPES, REDACTED)
    .replaceAll(BEARER, (whole, scheme: string, space: string, value: string) =>
      /^[A-Z]?[a-z.-]+$/.test(value) ? whole : `${scheme}${space}${REDACTED}`,
    )
    .replaceAll(USER_INFO, `://${REDACTED}@`);
}

/** A name from its beginning on, then what parts it from its value; quotes may be escaped, as in JSON inside of JSON. */
const NAMED =
  /(?<![\w.-])(-{0,2})([A-Za-z_][\w.-]{0,99})(?:(\\?["']?\s{0,4}(?:=>|[=:])\s{0,4})|([ \t]{1,4}))/g;

function withoutNamed(text: string): string {
  let clean = '';
  let from = 0;
  NAMED.lastIndex = 0;
  for (let match = NAMED.exec(text); match !== null; match = NAMED.exec(text)) {
    const [, dashes = '', name = '', sign] = match;
    // Only an option has its value behind a blank.
    if ((sign === undefined && dashes !== '--') || !isSecretName(name)) continue;
    const start = NAMED.lastIndex;
    const [first, last] = valueAt(text, start);
    if (last === first || (sign !== undefined && isWordOfProse(text.slice(first, last), sign, first - start)))
      continue;
    clean += text.slice(from, first) + REDACTED;
    from = last;
    NAMED.lastIndex = last;
  }
  return clean + text.slice(from);
}

/** Where the value begins and ends: between its quotes, or up to what can be part of none. */
function valueAt(text: string, start: number): readonly [number, number] {
  const escape = text[start] === '\\' ? 1 : 0;
  const quote = text[start + escape];
  if (quote === '"' || quote === "'") {
    const first = start + escape + 1;
    for (let at = first; at < text.length && text[at] !== '\n'; at += 1) {
      if (text[at] === quote) return [first, escape === 1 && text[at - 1] === '\\' ? at - 1 : at];
      if (text[at] === '\\' && escape === 0) at += 1;
    }
    return [first, endOf(text, first, '\n')];
  }
  // `Authorization: Bearer ...`: the scheme is no secret, and what stands behind it is.
  const scheme = /(?:bearer|basic|token|digest)[ \t]{1,4}/iy;
  scheme.lastIndex = start;
  const first = scheme.test(text) ? scheme.lastIndex : start;
  if (text.startsWith(REDACTED, first)) return [first, first];
  return [first, endOf(text, first, ' \t\r\n"\'`\\&<>')];
}

function endOf(text: string, start: number, stops: string): number {
  let at = start;
  while (at < text.length && !stops.includes(text[at] ?? '')) at += 1;
  return at;
}

/** `token: expired` and `password: } expected` tell of a secret and are none. */
function isWordOfProse(value: string, sign: string, quoted: number): boolean {
  if (quoted > 0 || !/[:=]\s/.test(sign)) return /^(?:null|undefined|true|false|\*+)?$/.test(value);
  return (
    value.length < 6 || /^(?:missing|invalid|expired|required|undefined|expected|unexpected)\b/i.test(value)
  );
}
