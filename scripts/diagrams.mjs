// Writes the diagrams of the statecharts into machines/README.md, from the machines as built.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as machines from '../dist/machines/index.js';

const readme = fileURLToPath(new URL('../machines/README.md', import.meta.url));
const drawn = machines.withDiagrams(readFileSync(readme, 'utf8'), {
  session: machines.sessionMachine,
  'merge-queue': machines.mergeQueueMachine,
  supervisor: machines.supervisorMachine,
});
writeFileSync(readme, drawn);
