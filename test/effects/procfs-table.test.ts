import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { holdsEntry, parseStat, procfsTable } from '../../src/effects/procfs-table.ts';

const REST =
  'S 4242 4200 4100 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 11 0 987654 1000000 500 18446744073709551615 0 0 0';

describe('a line of /proc/<pid>/stat', () => {
  test('is read by field', () => {
    expect(parseStat(`4300 (node) ${REST}\n`)).toEqual({
      pid: 4300,
      startTime: '987654',
      parent: 4242,
      group: 4200,
      osSession: 4100,
      dead: false,
      kernel: false,
    });
  });

  test.prop([fc.string({ unit: 'binary', maxLength: 15 })])(
    'is read the same whatever the program calls itself',
    (name) => {
      expect(parseStat(`4300 (${name}) ${REST}`)).toEqual(parseStat(`4300 (node) ${REST}`));
    },
  );

  test('tells a zombie, and a process whose first thread is one while others run', () => {
    expect(parseStat(`1 (a) ${REST.replace('S', 'Z').replace(' 11 ', ' 1 ')}`)?.dead).toBe(true);
    expect(parseStat(`1 (a) ${REST.replace('S', 'Z')}`)?.dead).toBe(false);
  });

  test('that is cut short says nothing', () => {
    expect(parseStat('')).toBeNull();
    expect(parseStat('4300 (node) S 4242')).toBeNull();
  });
});

describe('an entry of an environment', () => {
  test.prop([fc.array(fc.stringMatching(/^[A-C]=[a-c]{0,3}$/)), fc.stringMatching(/^[A-C]=[a-c]{0,3}$/)])(
    'is found exactly when it is one of the entries as a whole',
    (entries, entry) => {
      const environment = Buffer.from(entries.map((each) => `${each}\0`).join(''));
      expect(holdsEntry(environment, Buffer.from(entry))).toBe(entries.includes(entry));
    },
  );
});

describe.runIf(process.platform === 'linux')('the table of this machine', () => {
  test('shows this process with its parent, and marks it by an entry of its environment', () => {
    const marker = `PATH=${process.env['PATH'] ?? ''}`;
    const { rows } = procfsTable.scan(marker, null);
    expect(rows.find((row) => row.pid === process.pid)).toMatchObject({ parent: process.ppid, marked: true });
  });

  test('shows nobody who started before the time that is asked for', () => {
    const own = procfsTable.read(process.pid)!;
    const { rows } = procfsTable.scan(null, own.startTime);
    expect(rows.map((row) => row.pid)).toContain(process.pid);
    expect(rows.map((row) => row.pid)).not.toContain(1);
  });

  test('shows who bears a variable, with its value, and nobody for the end of another name', () => {
    const own = procfsTable.bearers('PATH').find(({ pid }) => pid === process.pid);
    expect(own?.value).toBe(process.env['PATH']);
    expect(procfsTable.bearers('ATH').map(({ pid }) => pid)).not.toContain(process.pid);
  });
});
