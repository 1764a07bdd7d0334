import { readFileSync } from 'node:fs';

/** The version of this package, from its own package.json. */
export const VERSION: string = readVersion();

function readVersion(): string {
  // From dist/src/orchestrator/ as it is run, the package lies three folders up.
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
