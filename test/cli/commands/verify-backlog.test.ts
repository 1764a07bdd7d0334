import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';

import type { BacklogVerdict } from '../../../src/cli/backlog-verdict.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { renderBacklogVerdict } from '../../../src/cli/render/verify-backlog.ts';
import { ticketText, type TicketSpec } from '../../support/e2e.ts';
import { fakeIo } from '../../support/fake-io.ts';
import { backlogLikeTheRealOne } from '../../support/real-backlog.ts';
import { makeRepo, type TestRepo } from '../../support/repo.ts';
import { treeHash } from '../../support/tree-hash.ts';

function makeBacklog(tickets: readonly TicketSpec[]): TestRepo {
  return makeRepo({
    files: Object.fromEntries(tickets.map((ticket) => [`.tickets/${ticket.id}.md`, ticketText(ticket)])),
  });
}

async function verify(repo: TestRepo, ...args: readonly string[]) {
  const io = fakeIo(repo.root);
  const exitCode = await createProgram(io).run(['verify', ...args]);
  return { exitCode, out: io.out(), err: io.err() };
}

const SMALL: readonly TicketSpec[] = [
  { id: 'a', components: ['x'] },
  { id: 'b', components: ['x'], deps: ['a'] },
  { id: 'c', deps: ['nowhere'] },
];

describe('verify --backlog', () => {
  test('tries all that can happen where the backlog is small, and writes nothing', async () => {
    const repo = makeBacklog(SMALL);
    const before = treeHash(repo.folder);
    const { exitCode, out, err } = await verify(repo, '--backlog');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain('backlog     2 tickets to do, 1 that can never start\n');
    expect(out).toContain('never       c: its dependency nowhere does not exist\n');
    expect(out).toMatch(/^exhaustive: every promise is kept in all [\d,]+ states, in /m);
    expect(treeHash(repo.folder)).toBe(before);
  });

  test('walks by chance where it is large, and says that this is not exhaustive', async () => {
    const repo = makeBacklog(backlogLikeTheRealOne());
    const first = await verify(repo, '--backlog', '--seed', '7', '--budget', '500', '--json');
    const verdict = JSON.parse(first.out) as BacklogVerdict;
    expect(verdict).toMatchObject({ verdict: 'pass', method: 'walks', seed: 7, budget: 500, explored: null });
    const text = renderBacklogVerdict(verdict, { width: 80, colors: pc.createColors(false) });
    expect(text).toMatch(/^walked +\d+ random runs? to the end \(seed 7\), [\d,]+ steps, [\d,]+ states$/m);
    expect(text).toMatch(/^not exhaustive: no promise was broken in \d+ random runs?, in /m);
  });

  test('tries chosen tickets only', async () => {
    const { out } = await verify(makeBacklog(SMALL), '--backlog', 'a', '--json');
    expect(JSON.parse(out)).toMatchObject({
      method: 'exhaustive',
      explored: { lives: 'full' },
      totals: { eligible: 1, excluded: 2 },
    });
  });

  test('writes JUnit XML for a CI service', async () => {
    const repo = makeBacklog(SMALL);
    expect(await verify(repo, '--backlog', 'a', '--junit', 'verdict.xml')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(repo.root, 'verdict.xml'), 'utf8')).toContain(
      'tests="1" failures="0" errors="0"',
    );
  });

  test.each([
    [['--backlog', 'nope'], 'there is no ticket nope in .tickets'],
    [['--backlog', '--seed', 'x'], '--seed must be a whole number'],
    [['--backlog', '--budget', '0'], '--budget must be a number of steps'],
    [['a'], 'verify takes tickets and a seed with --backlog only'],
    [['--seed', '1'], 'verify takes tickets and a seed with --backlog only'],
    [['--backlog', '--run', 'last'], "option '--backlog' cannot be used with option '--run <id>'"],
  ])('refuses %j', async (args, reason) => {
    const repo = makeBacklog(SMALL);
    const { exitCode, out, err } = await verify(repo, ...args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(reason);
    expect(existsSync(join(repo.root, '.tf'))).toBe(false);
  });

  test('tells what was found step by step, with the line that repeats it', () => {
    const step = { what: 'the policy asks for a', follows: ['session.dispatched a.1', 'starts session a.1'] };
    const text = renderBacklogVerdict(
      {
        verdict: 'violation',
        method: 'walks',
        explored: null,
        walked: null,
        totals: { eligible: 2, closed: 0, excluded: 0, blocked: 0 },
        limits: { workers: 1, attemptsMax: 1, dispatchesMax: 0 },
        seed: 7,
        budget: 100,
        tookMs: 10,
        blocked: [],
        counterexample: {
          property: 'S1 componentExclusive',
          message: 'both work on x',
          steps: [step],
          saved: { scope: 'backlog', property: 'S1 componentExclusive', message: '', events: [] },
          mermaid: '',
        },
      },
      { width: 80, colors: pc.createColors(false) },
    );
    expect(text).toContain(
      'S1 componentExclusive does not hold: both work on x\n  1. the policy asks for a\n',
    );
    expect(text).toContain('To repeat: ralph-actors verify --backlog --seed 7 --budget 100\n');
    expect(text).toContain('something is wrong, found in 0.01s\n');
  });
});
