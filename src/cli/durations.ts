/**
 * How long do tickets take? What somebody knows of it, in a JSON file: `{"ticket": seconds, ...}`.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { Backlog } from '../domain/backlog.ts';
import type { DurationMs } from '../domain/forecast.ts';

/** What was said about durations on the command line. */
export interface DurationArguments {
  /** Path of the file, from the folder of the command. */
  readonly durations?: string | undefined;
  /** Seconds that a ticket takes which the file does not name. */
  readonly defaultDuration?: number | undefined;
}

/** The durations, null where nobody said any, or why they cannot be used. */
export type DurationsReading =
  | {
      readonly ok: true;
      readonly durationMs: ((backlog: Backlog) => DurationMs) | null;
      /** Names that the file gives and the caller may look for in the backlog. */
      readonly named: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

/** Reads the durations that tickets take. What the file does not name takes the default, or else the median of the file. */
export async function readDurations(args: DurationArguments, cwd: string): Promise<DurationsReading> {
  if (args.durations === undefined && args.defaultDuration === undefined)
    return { ok: true, durationMs: null, named: [] };
  const reading = await readSeconds(args.durations, cwd);
  if (!reading.ok) return reading;
  const { seconds } = reading;
  const others = args.defaultDuration ?? median([...seconds.values()]);
  return {
    ok: true,
    durationMs: (backlog) => (position) =>
      Math.round((seconds.get(backlog.tickets[position]!.id) ?? others) * 1000),
    named: [...seconds.keys()],
  };
}

type SecondsReading =
  | { readonly ok: true; readonly seconds: ReadonlyMap<string, number> }
  | { readonly ok: false; readonly reason: string };

/** 31 years: more is no duration, and sums of it would lose their precision. */
const SECONDS_MAX = 1e9;

async function readSeconds(file: string | undefined, cwd: string): Promise<SecondsReading> {
  if (file === undefined) return { ok: true, seconds: new Map() };
  const failed = (reason: string): SecondsReading => ({
    ok: false,
    reason: `--durations ${file}: ${reason}`,
  });
  let content: unknown;
  try {
    content = JSON.parse(await readFile(resolve(cwd, file), 'utf8'));
  } catch (error) {
    return failed((error as Error).message);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    return failed('it must hold an object, for example {"t-1": 600}');
  const seconds = new Map<string, number>();
  for (const [ticket, value] of Object.entries(content)) {
    if (typeof value !== 'number' || !(value >= 0 && value <= SECONDS_MAX)) {
      return failed(`"${ticket}" must be a number of seconds, not ${JSON.stringify(value)}`);
    }
    seconds.set(ticket, value);
  }
  return seconds.size === 0 ? failed('it names no ticket') : { ok: true, seconds };
}

/** The upper one of the two in the middle, where there are two. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
