/**
 * The process table by way of `ps`, for macOS and other systems without /proc. Not tested there by us.
 *
 * Two limits: start times have a resolution of one second; and an environment is shown as words behind the command line,
 * of the user's own processes only, so a process with the marker as an *argument* looks marked too. The marker holds the
 * id of one session, which nobody passes as an argument by chance.
 */
import { execaSync } from 'execa';
import type { MarkBearer, ProcessRow, ProcessScan, ProcessTable } from './process-table.ts';

/** Asks `ps`. Start times are absolute there, so processes are told apart across boots without a boot id. */
export const psTable: ProcessTable = { bootId: () => '', read, scan, bearers };

function read(pid: number): ProcessRow | null {
  const [line] = ps(['-ww', '-o', COLUMNS, '-p', String(pid)]).lines;
  return line === undefined ? null : parsePsLine(line).row;
}

function scan(marker: string | null): ProcessScan {
  const { lines, isWhole } = ps(['-axwwE', '-o', `${COLUMNS},command=`]);
  const rows = lines.flatMap((line) => {
    const { row, command } = parsePsLine(line);
    return row === null || row.dead
      ? []
      : [{ ...row, marked: marker !== null && ` ${command} `.includes(` ${marker} `) }];
  });
  return { rows, settled: isWhole };
}

function bearers(variable: string): readonly MarkBearer[] {
  return ps(['-axwwE', '-o', `${COLUMNS},command=`]).lines.flatMap((line) => {
    const { row, command } = parsePsLine(line);
    const word = ` ${command}`.split(` ${variable}=`)[1];
    return row === null || row.dead || word === undefined
      ? []
      : [{ pid: row.pid, value: word.split(' ')[0] ?? '' }];
  });
}

const COLUMNS = 'pid=,ppid=,pgid=,stat=,lstart=';

/**
 * Fixed zone and language, so that equal start times are equal strings in every run. A Ctrl-C in the terminal reaches `ps`
 * too, and a list that it was cut off in must not be taken for one on which nobody is.
 */
function ps(options: readonly string[]): { readonly lines: readonly string[]; readonly isWhole: boolean } {
  const { stdout, signal } = execaSync('ps', options, {
    reject: false,
    env: { TZ: 'UTC', LC_ALL: 'C' },
    verbose: 'none',
  });
  return { lines: stdout.split('\n').filter((line) => line.trim() !== ''), isWhole: signal === undefined };
}

/** `lstart` is five words: weekday, month, day, time, year. */
export function parsePsLine(line: string): { readonly row: ProcessRow | null; readonly command: string } {
  const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s*(.*)$/.exec(line);
  if (match === null) return { row: null, command: '' };
  const [, pid, parent, group, state, startTime, command] = match;
  const row = {
    pid: Number(pid),
    startTime: (startTime ?? '').replaceAll(/\s+/g, ' '),
    parent: Number(parent),
    group: Number(group),
    osSession: null,
    dead: state?.startsWith('Z') === true,
  };
  return { row, command: command ?? '' };
}
