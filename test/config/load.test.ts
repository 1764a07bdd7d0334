import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { explainConfig } from '../../src/config/explain.ts';
import { loadConfig, type ConfigPlaces } from '../../src/config/load.ts';
import { describeProblem } from '../../src/config/problem.ts';
import { CONFIG_KEYS, type ConfigKey } from '../../src/config/schema.ts';

const OWN = '.tf/ralph/config.json';
const SHARED = '.tf/config/settings.json';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ralph-config-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(file: string, content: unknown) {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
}

function load(places: Partial<ConfigPlaces> = {}) {
  return loadConfig({ root, env: {}, flags: [], ...places });
}

function loaded(places: Partial<ConfigPlaces> = {}) {
  const result = load(places);
  if (!result.ok) throw new Error(result.problems.map(describeProblem).join('\n'));
  return result;
}

function problems(places: Partial<ConfigPlaces> = {}): string[] {
  const result = load(places);
  return result.ok ? [] : result.problems.map(describeProblem);
}

describe('loading', () => {
  test("gives pi-ticketflow's defaults and our own where nothing is set", () => {
    expect(loaded().config).toEqual({
      agent: null,
      workflow: '/tf',
      workflowFlags: '--auto',
      environment: { pass: [] },
      parallelWorkers: 1,
      parallelAllowUntagged: false,
      componentTagPrefix: 'component:',
      components: {},
      checkoutIntegrity: true,
      maxIterations: 50,
      maxIterationsPerTicket: 5,
      maxRestarts: 0,
      attemptTimeoutMs: 600_000,
      parallelDispatchTimeoutMs: 1_800_000,
      timeoutBackoffEnabled: false,
      timeoutBackoffIncrementMs: 150_000,
      timeoutBackoffMaxMs: 0,
      stallTimeoutMs: 0,
      gracePeriodMs: 10_000,
      guardian: true,
      recovery: 'kill',
      targetBranch: null,
      parallelAutoMerge: true,
      gates: [],
      allowNoChanges: false,
      parallelWorktreesDir: null,
      parallelKeepWorktrees: false,
      outputBytesMax: 33_554_432,
      sessionTtlMs: 604_800_000,
      promiseOnComplete: true,
      logLevel: 'normal',
      executionBackend: 'dispatch',
      interactiveShell: { enabled: true, mode: 'dispatch' },
      ticketQuery: "tk ready | head -1 | awk '{print $1}'",
      completionCheck: 'tk ready | grep -q .',
      sleepBetweenTickets: 5000,
      sleepBetweenRetries: 10_000,
      includeKnowledgeBase: true,
      includePlanningDocs: true,
      lessonsMaxCount: 50,
      sessionDir: '~/.pi/agent/sessions',
      sessionPerTicket: true,
      captureJson: false,
    });
  });

  test('takes every default for a valid value', () => {
    write(OWN, Object.fromEntries(CONFIG_KEYS.map(({ key, fallback }) => [key, fallback])));
    expect(loaded().config).toEqual(
      Object.fromEntries(CONFIG_KEYS.map(({ key, fallback }) => [key, fallback])),
    );
  });

  test('reads the ralph block of the shared settings and leaves the rest of them alone', () => {
    write(SHARED, {
      workflow: { failOn: [] },
      ralph: { parallelWorkers: 3, parallelWorktreesDir: '.tf/ralph/worktrees' },
    });
    expect(loaded().config).toMatchObject({
      parallelWorkers: 3,
      parallelWorktreesDir: '.tf/ralph/worktrees',
    });
    write(SHARED, { other: true });
    expect(loaded().config.parallelWorkers).toBe(1);
  });

  test('reads a file with a byte order mark', () => {
    write(OWN, '\uFEFF{"parallelWorkers": 2}');
    expect(loaded().config.parallelWorkers).toBe(2);
  });

  test('leaves variables alone that are empty or not its own', () => {
    const env = {
      RALPH_SESSION_ID: 'x',
      RALPH_PARALLEL_WORKERS: '',
      RALPH_AGENT: '{}',
      RALPH_NOISE: '1',
      PATH: '/bin',
    };
    expect(loaded({ env }).config.parallelWorkers).toBe(1);
  });

  test('names a variable after its key', () => {
    expect(CONFIG_KEYS.find(({ key }) => key === 'parallelDispatchTimeoutMs')?.env).toBe(
      'RALPH_PARALLEL_DISPATCH_TIMEOUT_MS',
    );
    expect(CONFIG_KEYS.filter(({ env }) => env === null).map(({ key }) => key)).toEqual([
      'agent',
      'environment',
      'components',
      'gates',
      'interactiveShell',
    ]);
  });

  test('names the glob that cannot match, and takes any name for a component', () => {
    write(OWN, { components: { api: ['src/api/**', '/src'], 'größe 2': ['*.md'], docs: 'docs/**' } });
    expect(problems()).toEqual([
      `${OWN}: "components.api[1]" must be a glob from the root of the repository, without "/", "./" or "../" in front, not "/src"`,
      `${OWN}: "components.docs" must be a list of globs, not "docs/**"`,
    ]);
  });

  test('tells everything that is wrong, wherever it stands, also behind a stronger setting', () => {
    write(SHARED, '{"ralph": {"logLevel": "loud"}');
    write(OWN, { parallelWorker: 4, parallelWorkers: 0 });
    const env = { RALPH_PARALLEL_WORKERS: 'many', RALPH_LOG_LEVEL: 'debug' };
    const flags = [
      { flag: '--parallel', key: 'parallelWorkers', value: '2' },
      { flag: '--timeout', key: 'attemptTimeoutMs', value: 'soon' },
      { flag: '--target', key: 'targetBranch', value: undefined },
    ] as const;
    expect(problems({ env, flags })).toEqual([
      '.tf/config/settings.json: it is not valid JSON: line 1, column 31: expected a comma or "}", found the end of the file',
      '.tf/ralph/config.json: unknown key "parallelWorker" - did you mean "parallelWorkers"?',
      '.tf/ralph/config.json: "parallelWorkers" must be a whole number from 1 to 64, not 0',
      'RALPH_PARALLEL_WORKERS: it must be a whole number from 1 to 64, not "many"',
      '--timeout: it must be milliseconds from 0 to 2147483647, not "soon"',
    ]);
  });

  test.each([
    [OWN, '[]', '.tf/ralph/config.json: it must hold an object - for example {"parallelWorkers": 4}'],
    [
      OWN,
      '',
      '.tf/ralph/config.json: it is not valid JSON: line 1, column 1: expected a value, found the end of the file',
    ],
    [SHARED, '{"ralph": 4}', '.tf/config/settings.json: "ralph" must be an object'],
  ])('says what is wrong with a file as a whole: %s %j', (file, content, message) => {
    write(file, content);
    expect(problems()).toEqual([message]);
  });

  test('says that a file cannot be read', () => {
    mkdirSync(join(root, OWN), { recursive: true });
    expect(problems()).toEqual([
      expect.stringMatching(/^\.tf\/ralph\/config\.json: it cannot be read: EISDIR/),
    ]);
  });
});

describe('precedence', () => {
  const NUMBERS = ['parallelWorkers', 'maxRestarts', 'gracePeriodMs'] as const satisfies readonly ConfigKey[];
  const value = fc.option(fc.integer({ min: 1, max: 64 }), { nil: undefined });
  const layer = fc.record({ parallelWorkers: value, maxRestarts: value, gracePeriodMs: value });

  test.prop([layer, layer, layer, layer])(
    'the strongest place that has a key gives its value and its source',
    (...layers) => {
      const [shared, own, env, flags] = layers;
      write(SHARED, { ralph: shared });
      write(OWN, own);
      const variables = {
        RALPH_PARALLEL_WORKERS: env.parallelWorkers?.toString(),
        RALPH_MAX_RESTARTS: env.maxRestarts?.toString(),
        RALPH_GRACE_PERIOD_MS: env.gracePeriodMs?.toString(),
      };
      const { config, sources } = loaded({
        env: variables,
        flags: NUMBERS.map((key) => ({ flag: `--${key}`, key, value: flags[key] })),
      });
      const fallbacks = { parallelWorkers: 1, maxRestarts: 0, gracePeriodMs: 10_000 };
      for (const key of NUMBERS) {
        const strongest = layers.findLastIndex((one) => one[key] !== undefined);
        expect(config[key]).toBe(layers[strongest]?.[key] ?? fallbacks[key]);
        expect(sources[key].kind).toBe(['default', 'file', 'file', 'env', 'flag'][strongest + 1]);
      }
    },
  );
});

describe('explaining', () => {
  test('names the source of every value and says which settings do nothing', () => {
    write(SHARED, { ralph: { maxRestarts: 1 } });
    write(OWN, { sleepBetweenTickets: 1, gates: [] });
    const rows = explainConfig(
      loaded({
        env: { RALPH_LOG_LEVEL: 'quiet' },
        flags: [{ flag: '--parallel', key: 'parallelWorkers', value: 4 }],
      }),
    );
    expect(rows).toHaveLength(43);
    expect(rows.filter(({ source }) => source !== 'default')).toEqual([
      { key: 'parallelWorkers', value: 4, source: 'flag --parallel', note: null },
      { key: 'maxRestarts', value: 1, source: 'file .tf/config/settings.json ("ralph")', note: null },
      { key: 'gates', value: [], source: 'file .tf/ralph/config.json', note: null },
      { key: 'logLevel', value: 'quiet', source: 'env RALPH_LOG_LEVEL', note: null },
      {
        key: 'sleepBetweenTickets',
        value: 1,
        source: 'file .tf/ralph/config.json',
        note: 'no effect here: a worker that becomes free is used at once',
      },
    ]);
    expect(rows.filter(({ note }) => note !== null)).toHaveLength(1);
  });
});
