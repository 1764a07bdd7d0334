/**
 * What does one written setting come to? A value, or everything that is wrong with it.
 */
import type { z } from 'zod';
import type { KeySpec } from './key-spec.ts';
import { nearest, type ConfigProblem } from './problem.ts';
import { SPECS, type ConfigKey } from './schema.ts';

/** Where a value comes from. */
export type ConfigSource =
  | { readonly kind: 'default' }
  /** `block` is the key of the file under which the settings stand, or null when they are the whole file. */
  | { readonly kind: 'file'; readonly file: string; readonly block: string | null }
  | { readonly kind: 'env'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string };

/** A setting as somebody wrote it. */
export interface Setting {
  readonly source: ConfigSource;
  readonly key: string;
  readonly value: unknown;
}

/** What a setting comes to. */
export type SettingReading =
  | { readonly ok: true; readonly key: ConfigKey; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Checks one setting against its schema. A variable or a flag may say its value as a text. */
export function readSetting({ source, key, value }: Setting): SettingReading {
  if (!isConfigKey(key)) return { ok: false, problems: [unknownKey(source, key, key, Object.keys(SPECS))] };
  const spec: KeySpec<unknown> = SPECS[key];
  const isWritten = source.kind === 'env' || source.kind === 'flag';
  const meant =
    isWritten && typeof value === 'string' && spec.fromText !== null ? spec.fromText(value) : value;
  const result = spec.schema.safeParse(meant);
  if (result.success) return { ok: true, key, value: result.data };
  return {
    ok: false,
    problems: result.error.issues.flatMap((issue) => problemsOf(issue, source, key, meant, spec)),
  };
}

/** Names a source as a person would find it: `env RALPH_LOG_LEVEL`, `flag --parallel`, `file .tf/ralph/config.json`. */
export function describeSource(source: ConfigSource): string {
  switch (source.kind) {
    case 'default':
      return 'default';
    case 'file':
      return `file ${placeOf(source)}${source.block === null ? '' : ` ("${source.block}")`}`;
    case 'env':
    case 'flag':
      return `${source.kind} ${placeOf(source)}`;
  }
}

function isConfigKey(key: string): key is ConfigKey {
  return Object.hasOwn(SPECS, key);
}

/** The file, variable or flag alone, as a problem names it. */
function placeOf(source: ConfigSource): string {
  switch (source.kind) {
    case 'default':
      return 'default';
    case 'file':
      return source.file;
    case 'env':
      return source.variable;
    case 'flag':
      return source.flag;
  }
}

function unknownKey(
  source: ConfigSource,
  path: string,
  key: string,
  valid: readonly string[],
): ConfigProblem {
  const match = nearest(key, valid);
  const hint =
    match === null
      ? null
      : match.close
        ? `did you mean "${match.word}"?`
        : `the nearest valid key is "${match.word}"`;
  return { source: placeOf(source), key: path, reason: `unknown key "${path}"`, hint };
}

function problemsOf(
  issue: z.core.$ZodIssue,
  source: ConfigSource,
  key: ConfigKey,
  value: unknown,
  spec: KeySpec<unknown>,
): ConfigProblem[] {
  const path = [
    key,
    ...issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)),
  ].join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((unknown) =>
      unknownKey(source, `${path}.${unknown}`, unknown, namesIn(spec.expects)),
    );
  }
  const found = valueAt(value, issue.path);
  const subject = source.kind === 'file' ? `"${path}"` : path === key ? 'it' : `"${path}"`;
  const reason = `${subject} must be ${issue.message}, ${found === undefined ? 'and is missing' : `not ${show(found)}`}`;
  return [{ source: placeOf(source), key: path, reason, hint: hintFor(spec, found) }];
}

/** The keys of a structure, read off the words that describe it. */
function namesIn(expects: string): string[] {
  return Array.from(expects.matchAll(/"(\w+)":/g), (match) => match[1] ?? '');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at: unknown = value;
  for (const part of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined;
  return at;
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function hintFor(spec: KeySpec<unknown>, found: unknown): string | null {
  if (typeof found !== 'string') return null;
  if (Object.hasOwn(spec.refusals, found)) return spec.refusals[found] ?? null;
  const match = nearest(found, spec.choices);
  return match?.close === true ? `did you mean "${match.word}"?` : null;
}
