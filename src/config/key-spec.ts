/**
 * What can a configuration key be? One builder for each kind of value.
 *
 * Every schema says what it expects in words that follow "must be", so that an error needs no second table.
 */
import { z } from 'zod';

/** One key: what it accepts, what it is when nobody sets it, and what it is for. */
export interface KeySpec<Value> {
  readonly schema: z.ZodType<Value>;
  /** What it accepts, in words that follow "must be". */
  readonly expects: string;
  readonly fallback: Value;
  /** What it is for, in one or two sentences of Markdown. */
  readonly doc: string;
  /** How a text (an environment variable, a flag) becomes a value; null when a text cannot say it. */
  readonly fromText: ((text: string) => unknown) | null;
  /** The values to choose from, where there is a list of them. */
  readonly choices: readonly string[];
  /** Values that somebody may well try, and why they are not among the choices. */
  readonly refusals: Readonly<Record<string, string>>;
}

/** Node fires a longer timer at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** A whole number between two bounds, both included. */
export function wholeNumber(min: number, max: number, fallback: number, doc: string): KeySpec<number> {
  const expects = `a whole number from ${min} to ${max}`;
  return scalar(
    z.int(error(expects)).min(min, error(expects)).max(max, error(expects)),
    expects,
    fallback,
    doc,
    {
      fromText: numberFromText,
    },
  );
}

/** A time in milliseconds that some timer waits for. */
export function milliseconds(min: number, fallback: number, doc: string): KeySpec<number> {
  const expects = `milliseconds from ${min} to ${TIMER_MAX_MS}`;
  return scalar(timer(min, expects), expects, fallback, doc, { fromText: numberFromText });
}

/** A deadline in milliseconds. 0, which elsewhere means "none", gives the longest there is: no session goes without one. */
export function deadline(fallback: number, doc: string): KeySpec<number> {
  const spec = milliseconds(0, fallback, doc);
  return { ...spec, schema: spec.schema.transform((ms) => (ms === 0 ? TIMER_MAX_MS : ms)) };
}

/** A switch. */
export function trueOrFalse(fallback: boolean, doc: string): KeySpec<boolean> {
  const expects = 'true or false';
  return scalar(z.boolean(error(expects)), expects, fallback, doc, {
    fromText: (written) => SWITCHES.get(written.trim().toLowerCase()) ?? written,
  });
}

/** A text, which may be empty. */
export function text(fallback: string, doc: string): KeySpec<string> {
  return scalar(z.string(error('a text')), 'a text', fallback, doc, {});
}

/** A text, or null when nothing is chosen. */
export function textOrNull(doc: string): KeySpec<string | null> {
  const expects = 'a text that is not empty, or null';
  return scalar(z.string(error(expects)).min(1, error(expects)).nullable(), expects, null, doc, {});
}

/** One word of a list. */
export function oneOf<const Word extends string>(
  choices: readonly [Word, ...Word[]],
  fallback: NoInfer<Word>,
  doc: string,
  refusals: Readonly<Record<string, string>> = {},
): KeySpec<Word> {
  const expects = `one of ${choices.join(', ')}`;
  return scalar(z.enum(choices, error(expects)), expects, fallback, doc, { choices, refusals });
}

/** A value with parts, which only a file or a flag of its own can say. */
export function structure<Value>(
  schema: z.ZodType<Value>,
  expects: string,
  fallback: Value,
  doc: string,
): KeySpec<Value> {
  return { schema, expects, fallback, doc, fromText: null, choices: [], refusals: {} };
}

/** A timer inside a structure. */
export function timer(min: number, expects = `milliseconds from ${min} to ${TIMER_MAX_MS}`): z.ZodInt {
  const tooLong = `${expects} (24.8 days: a longer timer fires at once)`;
  return z.int(error(expects)).min(min, error(expects)).max(TIMER_MAX_MS, error(tooLong));
}

/** Gives a schema its words; they follow "must be". */
export function error(expects: string): { readonly error: string } {
  return { error: expects };
}

function scalar<Value>(
  schema: z.ZodType<Value>,
  expects: string,
  fallback: Value,
  doc: string,
  more: Partial<Pick<KeySpec<Value>, 'fromText' | 'choices' | 'refusals'>>,
): KeySpec<Value> {
  return { schema, expects, fallback, doc, fromText: (value) => value, choices: [], refusals: {}, ...more };
}

const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map((word): [string, boolean] => [word, true]),
  ...['false', 'no', 'off', '0'].map((word): [string, boolean] => [word, false]),
]);

/** What is no number stays a text, which the schema then refuses by name. */
function numberFromText(value: string): unknown {
  return /^\s*-?\d+\s*$/.test(value) ? Number(value) : value;
}
