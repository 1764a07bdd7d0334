import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { verify, type VerifyArguments } from '../../../src/cli/commands/verify.ts';
import { widthOf } from '../../../src/cli/render/text.ts';
import type { Verification } from '../../../src/cli/verification.ts';
import { doTimed, jobsHere, type DoJobs, type Done } from '../../../src/cli/verify-jobs.ts';
import { replayCounterexample } from '../../../src/verify/counterexample.ts';
import { ALL_MUTANTS } from '../../../src/verify/kill-mutants.ts';
import { MUTANTS } from '../../../src/verify/mutants.ts';
import type { Supervisor } from '../../../src/verify/mutate.ts';
import { KNOWN_COUNTS, SCOPES } from '../../../src/verify/scopes.ts';
import { startCli } from '../../support/cli-process.ts';
import { fakeIo } from '../../support/fake-io.ts';
import { fakeTerminal } from '../../support/terminal.ts';

const HERE = jobsHere();

async function verified(args: VerifyArguments, doJobs: DoJobs = HERE, cwd = '/') {
  const io = fakeIo(cwd);
  const code = await verify(args, io, doJobs);
  return { code, out: io.out(), err: io.err() };
}

function brokenBy(name: string): Supervisor {
  const mutant = MUTANTS.find((candidate) => candidate.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant "${name}"`);
  return mutant.machine;
}

/** Does the jobs, and lets a change of the rules look as if it had happened since the counts were written down. */
const MISCOUNTED: DoJobs = async (jobs, onDone) => {
  const done = jobs.map((job) => doTimed(job));
  const changed = done.map(({ result, tookMs }) => ({
    result:
      result.kind === 'check'
        ? { ...result, verdict: 'changed' as const, found: { ...result.found, states: 9 } }
        : result,
    tookMs,
  }));
  changed.forEach(onDone);
  return changed;
};

const SWEPT = { explored: 1_000_000, covered: 9, states: 5_000_000, transitions: 50_000_000, seen: [] };

/** Does nothing, and tells of every job the largest and the worst that may come of it. */
const MADE_UP: DoJobs = async (jobs) =>
  jobs.map((job): Done => {
    const counterexample = {
      property: 'C6 dispatchesWhenDispatching',
      message: 'something that takes many words to say, '.repeat(5),
      steps: Array.from({ length: 12 }, () => ({
        what: 'it comes to this, '.repeat(9),
        follows: ['it does that', 'and that '.repeat(12)],
      })),
      saved: { scope: 'single', property: '', message: '', events: [] },
      mermaid: '',
    };
    const common = { describe: 'what is going on there '.repeat(6), counterexample };
    if (job.kind === 'mutant') {
      const { scope, killedBy } = ALL_MUTANTS.find(({ of, name }) => of === job.of && name === job.name)!;
      return {
        tookMs: 1,
        result: {
          kind: 'mutant',
          of: job.of,
          name: job.name,
          scope,
          killedBy,
          isKilled: job.name.length % 5 > 0,
          ...common,
        },
      };
    }
    if (job.kind === 'sweep') {
      const { kind, first, end } = job;
      return { tookMs: 600_000, result: { kind, first, end, report: { ...SWEPT, failure: null } } };
    }
    const { scope, subject } = job;
    const found = { states: 5_000_000, transitions: 50_000_000, nodes: 1_000_000 };
    const properties = Array.from({ length: 100 }, String);
    const check = {
      kind: 'check',
      scope,
      subject,
      verdict: 'violation',
      found,
      known: found,
      properties,
      ...common,
    } as const;
    return { tookMs: 600_000, result: check };
  });

describe('verify', () => {
  test('shows what was checked of a scope in one row, and gives 0 when all holds', async () => {
    const { code, out, err } = await verified({ scope: ['single'] });
    expect(code).toBe(0);
    expect(out.replaceAll(/\d\.\d\ds/g, '0.00s')).toMatchInlineSnapshot(`
      "scope             checked             states  transitions    time  props  killed
      single            machine = rules        134          545   0.00s     28   43/43
                        composition          3,228       15,157   0.00s     44

      pass: 3 of 3 checks passed in 1 scope, 3,496 states, 16,247 transitions; 43 of
      43 mutants killed
      "
    `);
    expect(err).toMatch(
      /^single \(machine\): pass, 134 states in [\d.]+s\nsingle \(rules\): pass, .*\nsingle \(composition\): pass, .*\n$/,
    );
  });

  test('tells results in the order of the list, whatever the order in which they come', async () => {
    const backwards: DoJobs = async (jobs, onDone) => {
      const done = jobs.map((job) => doTimed(job));
      for (const [index, one] of [...done.entries()].reverse()) onDone(one, index);
      return done;
    };
    const { out, err } = await verified({ scope: ['noChanges', 'endings', 'heldMerges'] }, backwards);
    expect(out.match(/^(endings|heldMerges|noChanges)/gm)).toEqual(['endings', 'heldMerges', 'noChanges']);
    expect(err.match(/^\w+ \(\w+\)/gm)).toEqual([
      'endings (machine)',
      'endings (rules)',
      'endings (composition)',
      'heldMerges (machine)',
      'heldMerges (rules)',
      'heldMerges (composition)',
      'noChanges (machine)',
      'noChanges (rules)',
      'noChanges (composition)',
    ]);
  });

  test('tells the shortest way to a violation, in numbered steps, and gives 1', async () => {
    const { code, out } = await verified(
      { scope: ['endings'] },
      jobsHere(brokenBy('isStopRequested: never')),
    );
    expect(code).toBe(1);
    expect(out).toContain(
      [
        'endings (machine): violation',
        '  C4 toldIsKnown does not hold: the run was told to be draining and is',
        '  dispatching',
        '  1. somebody asks the run to drain',
        '     → run.draining',
        '  2. recovery is done',
        '     → run.recovered',
        '',
      ].join('\n'),
    );
    expect(out).toMatch(/\nviolation: 1 of 3 checks passed in 1 scope/);
  });

  test('is incomplete, which is no pass, when a scope is given up before its end, and gives 3', async () => {
    const { code, out } = await verified({ scope: ['pair'], budget: '10' });
    expect(code).toBe(3);
    expect(out).toContain('pair (machine): incomplete\n  given up after 10 of 3,944 states\n');
    expect(out).toMatch(/\nincomplete: 0 of 3 checks passed/);
  });

  test('says what was found and what was known when a count has changed, and gives 1', async () => {
    const { code, out } = await verified({ scope: ['endings'] }, MISCOUNTED);
    expect(code).toBe(1);
    expect(out.replaceAll(/\n +/g, ' ')).toContain(
      'found 9 states, 1,630 transitions, 242 nodes; known are 410 states, 1,630 transitions, 242 nodes. ',
    );
  });

  test('gives 1 when a broken copy survives, and names the property that should have found it', async () => {
    const blind: DoJobs = async (jobs, onDone) => {
      const done = jobs.map((job) => {
        const { result, tookMs } = doTimed(job);
        return {
          result: result.kind === 'mutant' ? { ...result, isKilled: false, counterexample: null } : result,
          tookMs,
        };
      });
      done.forEach(onDone);
      return done;
    };
    const { code, out, err } = await verified({ scope: ['endings'] }, blind);
    expect(code).toBe(1);
    expect(out).toContain('mutant "session id reused": survived');
    expect(out).toContain('S4 neverReused should find it: nothing was found');
    expect(out).toMatch(/ 0\/1\n/);
    expect(err).toContain('mutant "session id reused": survived\n');
  });

  test.each([
    [
      { scope: ['paire'] },
      /^ralph-actors: there is no scope "paire"; the nearest one is "pair"; there are single, pair, .*, session, mergeQueue, sweep\n$/,
    ],
    [
      { mutant: ['late lunch'] },
      /^ralph-actors: there is no mutant "late lunch"; the nearest one is "late launch"; .*\n$/,
    ],
    [{ budget: 'much' }, /^ralph-actors: --budget must be a number of states, as in --budget 100000\n$/],
    [{ budget: '0' }, /^ralph-actors: --budget must be a number of states/],
  ])('refuses %j in one line, checks nothing, and gives 2', async (args, reason) => {
    const { code, out, err } = await verified(args, async () => {
      throw new Error('nothing may be checked');
    });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(reason);
  });

  test('prints everything as JSON, with a counterexample that can be played again', async () => {
    const broken = brokenBy('isStopRequested: never');
    const { code, out } = await verified({ scope: ['endings'], json: true }, jobsHere(broken));
    expect(code).toBe(1);
    const result = JSON.parse(out) as Verification;
    expect(result).toMatchObject({
      verdict: 'violation',
      totals: { scopes: 1, checks: 3, mutants: 1, killed: 1 },
      checks: [
        {
          scope: 'endings',
          subject: 'machine',
          verdict: 'violation',
          known: KNOWN_COUNTS['endings'],
          counterexample: {
            property: 'C4 toldIsKnown',
            mermaid: expect.stringMatching(/^sequenceDiagram\n/) as string,
          },
        },
        { subject: 'rules', verdict: 'pass', found: KNOWN_COUNTS['endings'], counterexample: null },
        { subject: 'composition', verdict: 'violation', counterexample: { saved: null } },
      ],
    });
    const { saved } = result.checks[0]!.counterexample!;
    const endings = SCOPES.find(({ name }) => name === 'endings')!;
    expect(replayCounterexample(saved!, endings, broken)).toMatchObject({ property: 'C4 toldIsKnown' });
    expect(replayCounterexample(saved!, endings)).toBeNull();
  });

  test('lists every broken copy with the property that found it', async () => {
    const { code, out } = await verified({ scope: ['endings'], mutants: true });
    expect(code).toBe(0);
    expect(out).toContain(
      [
        'copies of the supervisor',
        'mutant            killed by      scope   steps',
        'session id reused S4 neverReused endings     5',
        '',
      ].join('\n'),
    );
  });

  test('tells what was found in one broken copy', async () => {
    const { code, out } = await verified({ mutant: ['late launch'] });
    expect(code).toBe(0);
    expect(out).toMatch(/^mutant "late launch": killed\n {2}an agent that was given up counts as running/);
    expect(out).toContain('\n  5. A.1: its agent runs\n     → session.launched A.1\n');
    expect(out).toMatch(/\npass: 1 of 1 mutant killed\n$/);
  });

  test('keeps to 80 columns with all scopes and all mutants, whatever they come to', async () => {
    const { code, out } = await verified({ mutants: true }, MADE_UP);
    expect(code).toBe(1);
    expect(out.split('\n').filter((line) => widthOf(line) > 80)).toEqual([]);
    expect(out).toMatch(/^four {14}machine +5,000,000 +50,000,000 +600s/m);
    for (const { name } of ALL_MUTANTS) expect(out).toContain(`\n${name} `);
  });

  test('shows in a terminal how far it has come, in one line that goes at the end', async () => {
    const stderr = fakeTerminal();
    const lines: string[] = [];
    const watched: DoJobs = async (jobs, onDone) =>
      HERE(jobs, (done, index) => {
        onDone(done, index);
        lines.push(...stderr.lines());
      });
    await verify({ scope: ['endings'] }, fakeIo('/', { stderr }), watched);
    expect(lines).toEqual([
      '1 of 4 jobs done, 410 states',
      '2 of 4 jobs done, 820 states',
      '3 of 4 jobs done, 10,512 states',
      '4 of 4 jobs done, 10,512 states',
    ]);
    expect(stderr.lines()).toEqual(['']);
  });
});

describe('the files that verify writes', () => {
  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'ralph-verify-'));
    onTestFinished(() => rmSync(path, { recursive: true, force: true }));
    return path;
  }

  test('are JUnit XML with a case for each check and each mutant', async () => {
    const cwd = folder();
    const { code } = await verified({ scope: ['endings'], junit: 'junit.xml' }, HERE, cwd);
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, 'junit.xml'), 'utf8').replaceAll(/time="[\d.]+"/g, 'time="0"'))
      .toMatchInlineSnapshot(`
        "<?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="ralph-actors verify" tests="4" failures="0" errors="0" time="0">
          <testsuite name="verify" tests="4" failures="0" errors="0" time="0">
            <testcase classname="verify.machine" name="endings (machine): one ticket with three attempts, and every word by which one can fail" time="0"/>
            <testcase classname="verify.rules" name="endings (rules): one ticket with three attempts, and every word by which one can fail" time="0"/>
            <testcase classname="verify.composition" name="endings (composition): one ticket with three attempts, and every word by which one can fail" time="0"/>
            <testcase classname="verify.mutants" name="session id reused: the second attempt of a ticket has the session id of the first" time="0"/>
          </testsuite>
        </testsuites>
        "
      `);
  });

  test('are a diagram of what was found', async () => {
    const cwd = folder();
    await verified({ mutant: ['late launch'], mermaid: 'found.md' }, HERE, cwd);
    expect(readFileSync(join(cwd, 'found.md'), 'utf8')).toMatch(
      /^## mutant "late launch"\n\nC4 toldIsKnown: .*\n\n```mermaid\nsequenceDiagram\n[^`]*\n```\n$/,
    );
  });

  test('are missed in one line when they cannot be written, with exit code 2', async () => {
    const cwd = folder();
    const { code, err } = await verified({ mutant: ['late launch'], junit: 'none/junit.xml' }, HERE, cwd);
    expect(code).toBe(2);
    expect(err).toMatch(/^ralph-actors: --junit: none\/junit\.xml cannot be written: ENOENT.*\n$/m);
  });
});

test('the built program checks in threads, and tells the same as one thread does', async () => {
  const args = ['verify', '--scope', 'endings', '--scope', 'heldMerges', '--json'];
  const { exitCode, stdout } = await startCli('/', {}, args).ended;
  const here = await verified({ scope: ['heldMerges', 'endings'], json: true });
  const plain = (text: string): string => text.replaceAll(/"tookMs": \d+/g, '');
  expect(exitCode).toBe(0);
  expect(plain(stdout)).toBe(plain(here.out));
});
