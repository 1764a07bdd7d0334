import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { plan, type PlanArguments } from '../../../src/cli/commands/plan.ts';
import type { PlanReport } from '../../../src/domain/plan-report.ts';
import { ticketText, type TicketSpec } from '../../support/e2e.ts';
import { fakeIo } from '../../support/fake-io.ts';
import { makeRepo, type TestRepo } from '../../support/repo.ts';
import { treeHash } from '../../support/tree-hash.ts';

const args = (given: Partial<PlanArguments> = {}): PlanArguments => ({ tickets: [], ...given });

function makeBacklog(tickets: readonly TicketSpec[], files: Record<string, string> = {}): TestRepo {
  const ticketFiles = tickets.map((ticket) => [`.tickets/${ticket.id}.md`, ticketText(ticket)]);
  return makeRepo({ files: { ...(Object.fromEntries(ticketFiles) as Record<string, string>), ...files } });
}

const CHAIN: readonly TicketSpec[] = [
  { id: 'a', components: ['x'] },
  { id: 'b', components: ['y'], deps: ['a'] },
  { id: 'c', components: ['x'] },
];

describe('plan', () => {
  test('writes nothing: no lock, no index, no .tf, and gives the same answer twice', async () => {
    const repo = makeBacklog(CHAIN);
    // A file whose time has changed makes git want to refresh the index.
    execFileSync('touch', ['-d', '2001-01-01', join(repo.root, '.tickets/a.md')]);
    const before = treeHash(repo.folder);
    const [first, second] = [fakeIo(repo.root), fakeIo(repo.root)];
    expect(await plan(args(), first)).toBe(0);
    expect(await plan(args(), second)).toBe(0);
    expect(first.out()).toBe(second.out());
    expect(first.err()).toBe('');
    expect(treeHash(repo.folder)).toBe(before);
  });

  test('gives programs the whole plan with --json', async () => {
    const repo = makeBacklog(CHAIN);
    const io = fakeIo(repo.root);
    expect(await plan(args({ json: true, parallel: '3', limit: 1 }), io)).toBe(0);
    const report = JSON.parse(io.out()) as PlanReport;
    expect(report).toMatchObject({ planVersion: 1, target: 'main', workers: 3, unit: 'steps', makespan: 2 });
    expect(report.starts.map(({ ticket }) => ticket)).toEqual(['a', 'b', 'c']);
    expect(report.makespans.map(({ makespan }) => makespan)).toEqual([3, ...Array<number>(15).fill(2)]);
  });

  test('plans chosen tickets only, and says what blocks one of them', async () => {
    const repo = makeBacklog(CHAIN);
    const io = fakeIo(repo.root);
    expect(await plan(args({ tickets: ['b', 'c'] }), io)).toBe(0);
    expect(io.out()).toMatch(/^Plan for main: 1 ticket to do, 1 blocked, 1 not asked for\n/);
    expect(io.out()).toContain('its dependency a is open and not part of this run');
  });

  test('takes what is known about durations from a file, and the median for the rest', async () => {
    const repo = makeBacklog(CHAIN);
    mkdirSync(join(repo.root, 'deep'));
    writeFileSync(join(repo.root, 'times.json'), '{"a": 60, "b": 1.5, "zz": 1}');
    const io = fakeIo(join(repo.root, 'deep'));
    expect(await plan(args({ json: true, durations: '../times.json' }), io)).toBe(0);
    const report = JSON.parse(io.out()) as PlanReport;
    expect(report.unit).toBe('ms');
    expect(Object.fromEntries(report.starts.map(({ ticket, start, end }) => [ticket, end - start]))).toEqual({
      a: 60_000,
      b: 1500,
      c: 1500,
    });
    expect(io.err()).toBe('ralph-actors: note: --durations names what is no ticket here: zz\n');
  });

  test('takes the default for what the file does not name', async () => {
    const repo = makeBacklog(CHAIN, { 'times.json': '{"a": 60}' });
    const io = fakeIo(repo.root);
    expect(await plan(args({ durations: 'times.json', defaultDuration: 5, json: true }), io)).toBe(0);
    expect((JSON.parse(io.out()) as PlanReport).makespan).toBe(70_000);
  });

  test.each([
    ['is not there', 'none.json', /^ralph-actors: --durations none\.json: ENOENT/],
    ['is no JSON', 'bad.json', /^ralph-actors: --durations bad\.json: /],
    ['is no object', 'list.json', /it must hold an object, for example \{"t-1": 600\}\n$/],
    ['names nothing', 'empty.json', /it names no ticket\n$/],
    ['holds what is no duration', 'text.json', /"a" must be a number of seconds, not "1h"\n$/],
    ['holds a time below zero', 'below.json', /"a" must be a number of seconds, not -1\n$/],
  ])('exits with 2 when the file %s', async (_case, durations, reason) => {
    const repo = makeBacklog(CHAIN, {
      'bad.json': '{',
      'list.json': '[1]',
      'empty.json': '{}',
      'text.json': '{"a": "1h"}',
      'below.json': '{"a": -1}',
    });
    const io = fakeIo(repo.root);
    expect(await plan(args({ durations }), io)).toBe(2);
    expect(io.err()).toMatch(reason);
  });

  test('reports tickets that are broken, each by its reason, and plans the rest', async () => {
    const repo = makeBacklog(
      [
        { id: 'a', components: ['x'] },
        { id: 'b', deps: ['c'] },
        { id: 'c', deps: ['b'] },
        { id: 'd', deps: ['gone'] },
      ],
      {
        '.tickets/e.md': '---\nid: [\n---\n# E\n',
        '.tickets/f.md': '---\nid: ../x\nstatus: open\n---\n# F\n',
      },
    );
    const io = fakeIo(repo.root);
    expect(await plan(args(), io)).toBe(0);
    expect(io.out()).toMatch(/^Plan for main: 1 ticket to do, 5 blocked\n/);
    expect(io.out()).toMatch(/^ {2}b +dependency cycle b -> c -> b$/m);
    expect(io.out()).toMatch(/^ {2}d +its dependency gone does not exist$/m);
    expect(io.out()).toMatch(/^ {2}e +e\.md: /m);
    expect(io.out()).toMatch(/^ {2}\.\.\/x +f\.md: /m);
  });
});
