/**
 * The worlds that every change of a machine is tried in, smallest first, each with what is known of it.
 *
 * The counts are exact. A count that changes is a question: either a rule of the run was changed, or a check has become
 * blind (a scope in which nothing can happen passes everything).
 */
import { scopeOf, type Scope, type ScopeTicket } from './scope.ts';

const A: ScopeTicket = { id: 'A', components: ['x'] };
const B: ScopeTicket = { id: 'B', components: ['y'] };
const C: ScopeTicket = { id: 'C', components: ['z'] };

/** Every named scope. */
export const SCOPES: readonly Scope[] = [
  scopeOf({
    name: 'single',
    describe: 'one ticket, one attempt',
    sees: ['a timeout fires', 'a conflict happens', 'work lands', 'refused: claimed'],
    tickets: [A],
  }),
  scopeOf({
    name: 'pair',
    describe: 'two tickets that have nothing to do with each other',
    sees: ['two sessions at once', 'a timeout fires', 'a conflict happens', 'work lands', 'refused: claimed'],
    tickets: [A, B],
  }),
  scopeOf({
    name: 'sharedComponent',
    describe: 'two tickets that need the same component',
    sees: ['refused: componentHeld'],
    tickets: [A, { id: 'B', components: ['x'] }],
  }),
  scopeOf({
    name: 'untaggedAlone',
    describe: 'a ticket without a component, which runs alone, beside one with',
    sees: ['refused: componentHeld'],
    tickets: [A, { id: 'B' }],
    allowUntagged: false,
  }),
  scopeOf({
    name: 'untaggedTogether',
    describe: 'two tickets without a component, which share one, beside one with',
    sees: ['two sessions at once', 'refused: componentHeld'],
    tickets: [A, { id: 'B' }, { id: 'C' }],
    allowUntagged: true,
  }),
  scopeOf({
    name: 'twoComponents',
    describe: 'a ticket that needs two components, and one for each of them',
    sees: ['two sessions at once', 'refused: componentHeld'],
    tickets: [
      { id: 'A', components: ['x', 'y'] },
      { id: 'B', components: ['x'] },
      { id: 'C', components: ['y'] },
    ],
  }),
  scopeOf({
    name: 'chain',
    describe: 'a ticket that waits for another, which waits for a third',
    sees: ['refused: dependencyNotLanded', 'a failure blocks a dependent'],
    tickets: [A, { ...B, deps: ['A'] }, { ...C, deps: ['B'] }],
  }),
  scopeOf({
    name: 'diamond',
    describe: 'two tickets that wait for one, and one that waits for both',
    sees: ['two sessions at once', 'refused: dependencyNotLanded', 'a failure blocks a dependent'],
    tickets: [
      A,
      { ...B, deps: ['A'] },
      { ...C, deps: ['A'] },
      { id: 'D', deps: ['B', 'C'], components: ['w'] },
    ],
  }),
  scopeOf({
    name: 'deadlock',
    describe:
      'two tickets that wait for each other, one that waits for neither, one that waits for nobody there is',
    sees: ['work lands'],
    tickets: [
      { ...A, deps: ['B'] },
      { ...B, deps: ['A'] },
      C,
      { id: 'D', deps: ['nowhere'], components: ['w'] },
    ],
  }),
  scopeOf({
    name: 'retry',
    describe: 'two tickets with two attempts each',
    sees: ['a ticket is retried'],
    tickets: [A, B],
    attemptsMax: 2,
  }),
  scopeOf({
    name: 'endings',
    describe: 'one ticket with three attempts, and every word by which one can fail',
    sees: ['a ticket is retried'],
    tickets: [A],
    attemptsMax: 3,
    endings: 'apart',
  }),
  scopeOf({
    name: 'budget',
    describe: 'three tickets and two dispatches',
    sees: ['work lands'],
    tickets: [A, B, C],
    dispatchesMax: 2,
    lives: 'short',
  }),
  scopeOf({
    name: 'pileUp',
    describe: 'one worker, and agents that are done faster than their work is merged',
    sees: ['refused: workersBusy', 'refused: sessionsFull'],
    tickets: [A, B, C],
    workers: 1,
  }),
  scopeOf({
    name: 'heldMerges',
    describe: 'work that a person merges, and agents that need not change anything',
    sees: ['a failure blocks a dependent'],
    tickets: [A, { ...B, deps: ['A'] }],
    autoMerge: false,
    allowNoChanges: true,
  }),
  scopeOf({
    name: 'noChanges',
    describe: 'agents that need not change anything',
    sees: ['work lands'],
    tickets: [A, { ...B, deps: ['A'] }],
    allowNoChanges: true,
  }),
  scopeOf({
    name: 'recovered',
    describe: 'a chain whose first ticket an earlier run had finished, and a ticket that is unknown by now',
    sees: ['work is recovered', 'work lands', 'refused: dependencyNotLanded'],
    tickets: [A, { ...B, deps: ['A'] }],
    recovers: ['A', 'gone'],
  }),
  scopeOf({
    name: 'breakingSingle',
    describe: 'one ticket; everything may break, and messages of the past may arrive',
    sees: ['work lands'],
    tickets: [A],
    attemptsMax: 2,
    faults: { sessions: 1, mergeQueue: 1, standIns: 'mayBreak', ends: true, lateMessages: true },
  }),
  scopeOf({
    name: 'breaking',
    describe:
      'two tickets that share a component; a session, the merge queue, recovery and closing may break',
    sees: ['a ticket is retried', 'work lands'],
    tickets: [A, { id: 'B', components: ['x'] }],
    attemptsMax: 2,
    faults: { sessions: 1, mergeQueue: 1, standIns: 'succeed', ends: true, lateMessages: true },
  }),
  scopeOf({
    name: 'breakingPair',
    describe: 'two tickets side by side; two sessions and their stand-ins may break, and the merge queue',
    sees: ['work lands'],
    tickets: [A, B],
    faults: { sessions: 2, mergeQueue: 1, standIns: 'mayBreak', ends: false, lateMessages: false },
  }),
  scopeOf({
    name: 'breakingForGood',
    describe: 'a session that may break, and stand-ins that always do',
    sees: ['work lands'],
    tickets: [A, { ...B, deps: ['A'] }],
    faults: { sessions: 1, mergeQueue: 0, standIns: 'alwaysBreak', ends: false, lateMessages: false },
  }),
  scopeOf({
    name: 'stubborn',
    describe: 'agents that never end unless they are asked to',
    sees: ['two sessions at once'],
    tickets: [A, B],
    agents: 'endWhenAsked',
  }),
  scopeOf({
    name: 'four',
    describe: 'four tickets, two workers, two components, two attempts',
    sees: [
      'two sessions at once',
      'a ticket is retried',
      'refused: dependencyNotLanded',
      'refused: componentHeld',
      'refused: workersBusy',
    ],
    tickets: [A, B, { id: 'C', deps: ['A'], components: ['x'] }, { id: 'D', deps: ['B'], components: ['y'] }],
    attemptsMax: 2,
    operator: ['run.pause', 'run.stop', 'run.kill'],
  }),
  scopeOf({
    name: 'six',
    describe: 'six tickets, three components, three workers, as far as decisions depend on it',
    sees: ['refused: dependencyNotLanded', 'refused: componentHeld', 'refused: workersBusy'],
    tickets: [
      A,
      B,
      C,
      { id: 'D', deps: ['A'], components: ['x'] },
      { id: 'E', deps: ['A', 'B'], components: ['y'] },
      { id: 'F', deps: ['C'], components: ['z'] },
    ],
    workers: 3,
    lives: 'short',
    operator: ['run.stop'],
  }),
  scopeOf({
    name: 'eight',
    describe: 'eight tickets in four chains of two, four components, tickets that are alike exchanged',
    sees: ['refused: dependencyNotLanded', 'refused: componentHeld', 'refused: sessionsFull'],
    tickets: ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'].map((id, index) => ({
      id,
      components: [`c${index >> 1}`],
      deps: index % 2 === 0 ? [] : [['A', 'C', 'E', 'G'][index >> 1]!],
    })),
    lives: 'short',
    operator: ['run.stop'],
    symmetry: true,
  }),
];

/** What exploring a scope comes to. */
export interface KnownCounts {
  readonly states: number;
  readonly transitions: number;
  /** States of the supervisor alone. */
  readonly nodes: number;
}

/** The exact counts of each scope. They are the same for the shipped machine and for the hand-written rules. */
export const KNOWN_COUNTS: Readonly<Record<string, KnownCounts>> = {
  single: { states: 134, transitions: 545, nodes: 78 },
  pair: { states: 3944, transitions: 23225, nodes: 1210 },
  sharedComponent: { states: 736, transitions: 3310, nodes: 400 },
  untaggedAlone: { states: 736, transitions: 3310, nodes: 400 },
  untaggedTogether: { states: 22472, transitions: 139347, nodes: 6572 },
  twoComponents: { states: 12848, transitions: 77418, nodes: 4142 },
  chain: { states: 1594, transitions: 9359, nodes: 476 },
  diamond: { states: 15174, transitions: 106747, nodes: 2986 },
  deadlock: { states: 134, transitions: 629, nodes: 78 },
  retry: { states: 15099, transitions: 90278, nodes: 4455 },
  endings: { states: 410, transitions: 1630, nodes: 242 },
  budget: { states: 896, transitions: 3274, nodes: 572 },
  pileUp: { states: 30026, transitions: 186489, nodes: 8336 },
  heldMerges: { states: 92, transitions: 397, nodes: 60 },
  noChanges: { states: 959, transitions: 5013, nodes: 325 },
  recovered: { states: 632, transitions: 3055, nodes: 287 },
  breakingSingle: { states: 587, transitions: 2724, nodes: 303 },
  breaking: { states: 8225, transitions: 39147, nodes: 3091 },
  breakingPair: { states: 12722, transitions: 88225, nodes: 4053 },
  breakingForGood: { states: 888, transitions: 4841, nodes: 435 },
  stubborn: { states: 632, transitions: 3435, nodes: 286 },
  four: { states: 102253, transitions: 650162, nodes: 29017 },
  six: { states: 19604, transitions: 112206, nodes: 9450 },
  eight: { states: 28456, transitions: 206211, nodes: 11239 },
};
