import type { ProcessTable } from './process-table.ts';

/** The process table of this machine: Linux tells by files, other systems by `ps`. */
export const localProcesses: ProcessTable =
  process.platform === 'linux'
    ? (await import('./procfs-table.ts')).procfsTable
    : // Only where it is used: what it brings along would be half of a guardian's start.
      (await import('./ps-table.ts')).psTable;
