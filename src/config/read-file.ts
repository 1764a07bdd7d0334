import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findJsonError } from './json-error.ts';
import type { ConfigProblem } from './problem.ts';

/** What a configuration file holds; no settings when there is no such file. */
export type FileReading =
  | { readonly ok: true; readonly settings: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: ConfigProblem };

/** Reads a JSON object from a file of the project, or the object under one key of it. */
export function readSettingsFile(root: string, file: string, block: string | null): FileReading {
  const failed = (reason: string, hint: string | null = null): FileReading => ({
    ok: false,
    problem: { source: file, key: block, reason, hint },
  });
  let text: string;
  try {
    text = readFileSync(join(root, file), 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return { ok: true, settings: {} };
    }
    return failed(`it cannot be read: ${messageOf(error)}`);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    const place = findJsonError(text);
    if (place === null) return failed(`it is not valid JSON: ${messageOf(error)}`);
    return failed(`it is not valid JSON: line ${place.line}, column ${place.column}: ${place.reason}`);
  }
  if (!isObject(content)) return failed('it must hold an object', 'for example {"parallelWorkers": 4}');
  if (block === null) return { ok: true, settings: content };
  const settings = Object.hasOwn(content, block) ? content[block] : {};
  return isObject(settings) ? { ok: true, settings } : failed(`"${block}" must be an object`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
