import type { ProcessTable } from './process-table.ts';
import { procfsTable } from './procfs-table.ts';
import { psTable } from './ps-table.ts';

/** The process table of this machine: Linux tells by files, other systems by `ps`. */
export const localProcesses: ProcessTable = process.platform === 'linux' ? procfsTable : psTable;
