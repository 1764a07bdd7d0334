/**
 * Which searches are there, what is searched in each, and what is known of it?
 */
import { checkMergeQueue, checkSession } from './check-machines.ts';
import {
  checkComposition,
  checkDomain,
  checkScope,
  type CheckOptions,
  type ScopeReport,
} from './check-scope.ts';
import { COMPOSITIONS, KNOWN_ALONE } from './compositions.ts';
import { judgedBy } from './judged-by.ts';
import { MERGE_QUEUE_PROPERTIES, MERGE_QUEUE_TOTAL } from './merge-queue-properties.ts';
import type { Supervisor } from './mutate.ts';
import { AGENTS_BOUNDED, NOBODY_LEFT_BEHIND } from './real-environment.ts';
import type { Scope } from './scope.ts';
import { KNOWN_COUNTS, SCOPES } from './scopes.ts';
import { SESSION_ENDS, SESSION_PROPERTIES, SESSION_TOTAL } from './session-properties.ts';

/** What is searched: a shipped machine, the rules that were written by hand, or all shipped machines together. */
export type Subject = 'machine' | 'rules' | 'composition';

/** How much there was to see, by what was counted. */
export type Counts = Readonly<Record<string, number>> & {
  readonly states: number;
  readonly transitions: number;
};

/** One search. */
export interface Search {
  readonly scope: string;
  readonly subject: Subject;
  readonly describe: string;
  /** What it comes to, exactly. */
  readonly known: Counts;
  /** Names of the properties that it is judged by. */
  readonly properties: readonly string[];
  /** Searches; with a `machine`, on that one in place of the shipped supervisor. */
  readonly find: (options: CheckOptions & { readonly machine?: Supervisor }) => ScopeReport;
}

/** Every search, those of a scope together. */
export const SEARCHES: readonly Search[] = [
  ...SCOPES.flatMap(searchesOf),
  {
    scope: 'session',
    subject: 'machine',
    describe:
      'the machine of a session alone, in every setting, where anything may be said to it at any moment',
    known: { ...KNOWN_ALONE.session },
    properties: [...namesOf(SESSION_PROPERTIES), SESSION_TOTAL, SESSION_ENDS],
    find: ({ machine: _supervisor, ...options }) => checkSession(options),
  },
  {
    scope: 'mergeQueue',
    subject: 'machine',
    describe: 'the merge queue alone, with three sessions that may ask at any moment',
    known: { ...KNOWN_ALONE.mergeQueue },
    properties: [...namesOf(MERGE_QUEUE_PROPERTIES), MERGE_QUEUE_TOTAL],
    find: ({ machine: _supervisor, ...options }) => checkMergeQueue(options),
  },
];

/** The nodes of a composition are those of the machine alone: what surrounds the supervisor leads to no other states of it. */
function searchesOf(scope: Scope): readonly Search[] {
  const { nodes, ...counts } = KNOWN_COUNTS[scope.name]!;
  const common = { scope: scope.name, describe: scope.describe };
  const alone = { ...common, known: { ...counts, nodes }, properties: judgedBy(scope) };
  const compositions = COMPOSITIONS.filter((composition) => composition.scope === scope.name);
  return [
    { ...alone, subject: 'machine', find: (options) => checkScope(scope, options) },
    {
      ...alone,
      subject: 'rules',
      find: ({ machine: _supervisor, ...options }) => checkDomain(scope, options),
    },
    ...compositions.map(({ states, transitions, mail }): Search => ({
      ...common,
      subject: 'composition',
      known: { states, transitions, nodes },
      properties: [
        ...judgedBy(scope),
        ...namesOf(SESSION_PROPERTIES),
        SESSION_TOTAL,
        ...namesOf(MERGE_QUEUE_PROPERTIES),
        MERGE_QUEUE_TOTAL,
        NOBODY_LEFT_BEHIND,
        AGENTS_BOUNDED,
      ],
      find: (options) => checkComposition(scope, { ...options, mail }),
    })),
  ];
}

function namesOf(properties: readonly { readonly name: string }[]): readonly string[] {
  return properties.map(({ name }) => name);
}
