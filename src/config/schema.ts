/**
 * Which settings are there? Every key with its default and its meaning; the reference page is made from this file.
 *
 * The keys of pi-ticketflow keep their names and defaults, so that its configuration files work unchanged. Those that have
 * nothing to act on here stand in `without-effect.ts` with the reason.
 */
import { z } from 'zod';
import { whyNoGlob } from './globs.ts';
import {
  deadline,
  error,
  milliseconds,
  oneOf,
  structure,
  text,
  textOrNull,
  timer,
  trueOrFalse,
  wholeNumber,
  type KeySpec,
} from './key-spec.ts';
import { WITHOUT_EFFECT } from './without-effect.ts';

const COUNT_MAX = 1_000_000;
const PROGRAM = 'the name of a program';
const argument = z.string(error('a text'));
const ARGV = 'a list of texts: the program, then its arguments';
const argv = z.tuple([z.string(error(PROGRAM)).min(1, error(PROGRAM))], argument, error(ARGV)).readonly();
const COMPONENTS = '{<component>: [glob, ...]}, such as {"api": ["src/api/**"]}';
const NAME_PATTERN = 'a name of a variable, or the beginning of names followed by "*"';

/** The settings, in the order in which they are shown. */
export const SPECS = {
  agent: structure(
    z
      .strictObject({ command: argv }, error('{"command": [program, argument, ...]} or null'))
      .readonly()
      .nullable(),
    '{"command": [program, argument, ...]} or null',
    null,
    'The agent to run, as a list of arguments that no shell reads. Placeholders: `{ticket}` `{title}` `{prompt}` ' +
      '`{worktree}` `{session}` `{attempt}`. `null` runs `pi -p` with `workflow`, the ticket and `workflowFlags`.',
  ),
  workflow: text('/tf', 'The prompt template that pi is asked to follow.'),
  workflowFlags: text('--auto', 'What follows the ticket in the prompt for pi.'),
  environment: structure(
    z
      .strictObject(
        {
          pass: z
            .array(
              z.string(error(NAME_PATTERN)).regex(/^[A-Za-z_][A-Za-z0-9_]*\*?$/, error(NAME_PATTERN)),
              error('a list of names'),
            )
            .readonly(),
        },
        error('{"pass": [name, ...]}'),
      )
      .readonly(),
    '{"pass": [name, ...]}',
    { pass: [] },
    'Variables that agents inherit beside those on the built-in list: names, or beginnings such as `MY_*`.',
  ),

  parallelWorkers: wholeNumber(1, 64, 1, 'How many agents may run at once.'),
  parallelAllowUntagged: trueOrFalse(
    false,
    'Whether tickets without a component run beside others. `false`: each of them runs alone. `true`: one of them at a time.',
  ),
  componentTagPrefix: text(
    'component:',
    'How a tag begins that names a component. Two tickets that share one never run at once.',
  ),
  components: structure(
    z
      .record(
        z.string(),
        z
          .array(
            z.string(error('a glob')).superRefine((glob, context) => {
              const message = whyNoGlob(glob);
              if (message !== null) context.addIssue({ code: 'custom', message });
            }),
            error('a list of globs'),
          )
          .readonly(),
        error(COMPONENTS),
      )
      .readonly(),
    COMPONENTS,
    {},
    'Which paths belong to which component. Work that changes a path of a component that its ticket does not have is not ' +
      'merged: it waits on its branch for a person. Paths that are not named belong to nobody.',
  ),
  checkoutIntegrity: trueOrFalse(
    true,
    'Whether work is held for a person when its agent changed the repository outside its worktree: HEAD, index, other ' +
      'branches, configuration, hooks.',
  ),
  maxIterations: wholeNumber(
    0,
    COUNT_MAX,
    50,
    'How many sessions a run may dispatch; 0: as many as there is work for.',
  ),
  maxIterationsPerTicket: wholeNumber(
    0,
    COUNT_MAX,
    5,
    'How many attempts a ticket may get in a run; 0: no such limit.',
  ),
  maxRestarts: wholeNumber(
    0,
    COUNT_MAX,
    0,
    'How many more attempts a ticket gets after one that failed, within `maxIterationsPerTicket`.',
  ),

  attemptTimeoutMs: deadline(
    600_000,
    'How long an attempt may take when `parallelWorkers` is 1. 0: the longest there is, 2147483647 (24.8 days).',
  ),
  parallelDispatchTimeoutMs: deadline(
    1_800_000,
    'How long an attempt may take when `parallelWorkers` is 2 or more. 0: as above.',
  ),
  timeoutBackoffEnabled: trueOrFalse(false, 'Whether every further attempt of a ticket gets more time.'),
  timeoutBackoffIncrementMs: milliseconds(0, 150_000, 'How much more time each further attempt gets.'),
  timeoutBackoffMaxMs: milliseconds(0, 0, 'The most time that the growth may lead to; 0: no such limit.'),
  stallTimeoutMs: milliseconds(
    0,
    0,
    'How long an agent may be silent before its session is ended; 0: for ever.',
  ),
  gracePeriodMs: milliseconds(
    0,
    10_000,
    'How long an agent may take to end after it was asked to, before it is killed.',
  ),

  guardian: trueOrFalse(
    true,
    'Whether a small process of its own ends the agents should ralph-actors be killed. `false`: they go on until the ' +
      'next run, which ends them.',
  ),

  recovery: oneOf(
    ['kill', 'adopt'],
    'kill',
    'What the next run does with agents that go on after ralph-actors was killed. `kill`: it ends them, keeps what they ' +
      'did and starts anew. `adopt`: it takes their sessions over again where they are; then no guardian is started, ' +
      'whatever `guardian` says, and every agent gets a small process that outlives the run with it.',
  ),

  targetBranch: textOrNull('The branch to merge into; `null`: the one that is checked out.'),
  parallelAutoMerge: trueOrFalse(
    true,
    'Whether finished work is merged. `false`: it stays on its branch, and the tickets that wait for it stay blocked.',
  ),
  gates: structure(
    z
      .array(
        z
          .strictObject(
            {
              name: z.string(error('a text that is not empty')).min(1, error('a text that is not empty')),
              command: argv,
              timeoutMs: timer(1).default(600_000),
            },
            error('{"name": ..., "command": [program, argument, ...]}'),
          )
          .readonly(),
        error('a list of gates'),
      )
      .readonly(),
    'a list of {"name": ..., "command": [program, argument, ...], "timeoutMs": 600000}',
    [],
    'Commands that must succeed on the merged tree, in this order, before it lands.',
  ),
  allowNoChanges: trueOrFalse(false, 'Whether a session that leaves no change still closes its ticket.'),
  parallelWorktreesDir: textOrNull(
    'The folder for worktrees, from the project root; `null`: a folder of the project under `$XDG_STATE_HOME`. ' +
      'pi-ticketflow uses `.tf/ralph/worktrees`.',
  ),
  parallelKeepWorktrees: trueOrFalse(
    false,
    'Whether the worktree of a session stays when the session is over.',
  ),

  outputBytesMax: wholeNumber(
    65_536,
    2 ** 40,
    33_554_432,
    'How many bytes of output are kept for each session on disk, at least; up to twice as many may be.',
  ),
  sessionTtlMs: wholeNumber(
    0,
    3_153_600_000_000,
    604_800_000,
    'How old the records of a run that is over must be for `ralph-actors cleanup` to remove them, in milliseconds; the ' +
      'default is 7 days.',
  ),
  promiseOnComplete: trueOrFalse(
    true,
    'Whether `<promise>COMPLETE</promise>` is printed when every ticket is done, and only then.',
  ),
  logLevel: oneOf(
    ['quiet', 'normal', 'verbose', 'debug'],
    'normal',
    'How much is told while the run goes on.',
  ),

  executionBackend: oneOf(['dispatch', 'subprocess'], 'dispatch', 'How pi-ticketflow starts an agent.', {
    interactive: 'interactive sessions are not available: agents run without a terminal',
  }),
  interactiveShell: structure(
    z
      .strictObject(
        {
          enabled: z.boolean(error('true or false')).default(true),
          mode: z.string(error('a text')).default('dispatch'),
        },
        error('{"enabled": true, "mode": "dispatch"}'),
      )
      .readonly(),
    '{"enabled": true, "mode": "dispatch"}',
    { enabled: true, mode: 'dispatch' },
    'The older way to choose `executionBackend`.',
  ),
  ticketQuery: text(
    "tk ready | head -1 | awk '{print $1}'",
    'The command by which pi-ticketflow finds the next ticket.',
  ),
  completionCheck: text(
    'tk ready | grep -q .',
    'The command by which pi-ticketflow sees that tickets are left.',
  ),
  sleepBetweenTickets: milliseconds(0, 5000, 'How long pi-ticketflow waits after a ticket.'),
  sleepBetweenRetries: milliseconds(0, 10_000, 'How long pi-ticketflow waits when no ticket is ready.'),
  includeKnowledgeBase: trueOrFalse(true, 'Whether an agent is given the knowledge base.'),
  includePlanningDocs: trueOrFalse(true, 'Whether an agent is given the planning documents.'),
  lessonsMaxCount: wholeNumber(
    0,
    COUNT_MAX,
    50,
    'How many lessons pi-ticketflow keeps in `.tf/ralph/AGENTS.md`.',
  ),
  sessionDir: text('~/.pi/agent/sessions', 'Where pi keeps its own records of a session.'),
  sessionPerTicket: trueOrFalse(true, 'Whether every ticket gets a record of its own.'),
  captureJson: trueOrFalse(false, 'Whether the JSON events of pi are kept.'),
} satisfies Record<string, KeySpec<never> | KeySpec<unknown>>;

/** A setting's name. */
export type ConfigKey = keyof typeof SPECS;

/** The settings of a run, each with a value. */
export type Config = {
  readonly [Key in ConfigKey]: (typeof SPECS)[Key] extends KeySpec<infer Value> ? Value : never;
};

/** Every setting with what is to be known about it, in order. */
export const CONFIG_KEYS: readonly ConfigKeyInfo[] = (Object.keys(SPECS) as ConfigKey[]).map((key) => {
  const spec = SPECS[key];
  return {
    key,
    expects: spec.expects,
    fallback: spec.fallback,
    doc: spec.doc,
    env: spec.fromText === null ? null : envName(key),
    withoutEffect: WITHOUT_EFFECT[key] ?? null,
  };
});

/** What a person may want to know about a setting. */
export interface ConfigKeyInfo {
  readonly key: ConfigKey;
  /** What it accepts, in words that follow "must be". */
  readonly expects: string;
  readonly fallback: unknown;
  readonly doc: string;
  /** The environment variable that sets it; null when none can. */
  readonly env: string | null;
  /** Why it changes nothing here; null when it does. */
  readonly withoutEffect: string | null;
}

function envName(key: string): string {
  return `RALPH_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
