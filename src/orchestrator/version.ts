import { readFileSync } from 'node:fs';

/** The version of this package, from its own package.json. */
export const VERSION: string = readVersion();

function readVersion(): string {
  // Built, this file is dist/src/orchestrator/version.js; the tests run the source, which lies one folder less deep.
  const root = import.meta.url.endsWith('.ts') ? '../../' : '../../../';
  const text = readFileSync(new URL(`${root}package.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
