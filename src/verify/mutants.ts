/**
 * Broken copies of the shipped supervisor, each with the property that is meant to notice.
 *
 * A check that nothing can fail proves nothing. So every guard of the machine is forced both ways and every action is left
 * out, one at a time, and what a person might break besides is broken by hand (`planted-faults.ts`). Each copy is
 * explored with *only* the property that is meant for it, and that must find it. A mutant that survives is a hole in the
 * properties, or a rule that nothing needs.
 */
import { withGuard, without, type Mutant } from './mutate.ts';
import { PLANTED_FAULTS } from './planted-faults.ts';

/** A word of the machine, the property that notices when it is broken, and the scope. */
type Kill = readonly [word: string, killedBy: string, scope: string];

/**
 * Guards that say yes to everything. `budgetLeft` is not among them: `isBudgetSpent` ends the dispatching before it could
 * refuse, so it is dropped together with that one.
 */
const GUARDS_DROPPED: readonly Kill[] = [
  // The domain itself refuses to claim twice. S1 and S4 are put to the test by the forced claims of the planted faults.
  ['notClaimed', 'C1 actionsTotal', 'sharedComponent'],
  ['depsReady', 'S2 dependencyLanded', 'chain'],
  ['componentFree', 'C1 actionsTotal', 'sharedComponent'],
  ['workerFree', 'S3 workersBounded', 'pileUp'],
  ['mayDispatch', 'S2 dependencyLanded', 'chain'],
  ['isOfLiveSession', 'C1 actionsTotal', 'breakingSingle'],
  ['isOfBrokenSession', 'C3 childrenMatchSessions', 'single'],
  ['isMergeUnderWay', 'C3 childrenMatchSessions', 'breakingSingle'],
  ['isOfStandIn', 'C1 actionsTotal', 'breakingSingle'],
  ['isStopRequested', 'E2 ticketsSettled', 'single'],
  ['isWorkedOff', 'E2 ticketsSettled', 'single'],
  ['isQuiet', 'S6 noOrphan', 'single'],
  ['isBudgetSpent', 'sometimes work lands', 'single'],
];

/** Guards that say no to everything. */
const GUARDS_CLOSED: readonly Kill[] = [
  ['notClaimed', 'E1 runEnds', 'single'],
  ['depsReady', 'E1 runEnds', 'single'],
  ['componentFree', 'E1 runEnds', 'single'],
  ['workerFree', 'E1 runEnds', 'single'],
  ['budgetLeft', 'E1 runEnds', 'single'],
  ['mayDispatch', 'C5 refusalHasReason', 'single'],
  ['isOfLiveSession', 'E3 allReleased', 'single'],
  ['isOfBrokenSession', 'C1 actionsTotal', 'breakingSingle'],
  ['isMergeUnderWay', 'C8 overAfterMerge', 'breakingSingle'],
  ['isOfStandIn', 'E1 runEnds', 'breakingForGood'],
  ['isStopRequested', 'S10 quietAfterStop', 'single'],
  ['isWorkedOff', 'E1 runEnds', 'single'],
  ['isQuiet', 'E4 stopEnds', 'stubborn'],
  ['isBudgetSpent', 'C5 refusalHasReason', 'budget'],
];

/** Actions that are left out. */
const ACTIONS_LEFT_OUT: readonly Kill[] = [
  ['announceStart', 'C4 toldIsKnown', 'single'],
  ['announceRecovered', 'C6 dispatchesWhenDispatching', 'single'],
  ['announcePaused', 'C4 toldIsKnown', 'single'],
  ['announceResumed', 'C6 dispatchesWhenDispatching', 'single'],
  ['landRecovered', 'sometimes work is recovered', 'recovered'],
  ['announceDraining', 'C4 toldIsKnown', 'single'],
  ['announceStopping', 'C4 toldIsKnown', 'single'],
  ['announceKilling', 'C2 announcedFirst', 'single'],
  ['announceFinished', 'E1 runEnds', 'single'],
  ['announceRefusal', 'sometimes refused: claimed', 'single'],
  ['announceReport', 'C4 toldIsKnown', 'single'],
  ['noteStop', 'C4 toldIsKnown', 'single'],
  ['noteBudgetSpent', 'C1 actionsTotal', 'budget'],
  ['claim', 'C1 actionsTotal', 'single'],
  ['spawnSession', 'C3 childrenMatchSessions', 'single'],
  ['enterPhase', 'C4 toldIsKnown', 'single'],
  ['rememberPlace', 'S7 nothingLost', 'breakingSingle'],
  ['enqueueMerge', 'E1 runEnds', 'single'],
  ['landWork', 'C4 toldIsKnown', 'single'],
  ['passOutcome', 'E3 allReleased', 'single'],
  ['settleSession', 'C3 childrenMatchSessions', 'single'],
  ['forgetChild', 'C3 childrenMatchSessions', 'single'],
  ['noteBroken', 'C1 actionsTotal', 'breakingSingle'],
  ['spawnStandIn', 'C3 childrenMatchSessions', 'breakingSingle'],
  ['settleLost', 'C3 childrenMatchSessions', 'breakingSingle'],
  ['restartMergeQueue', 'C1 actionsTotal', 'breaking'],
  ['failMerges', 'E1 runEnds', 'breakingSingle'],
  ['terminateSessions', 'E4 stopEnds', 'stubborn'],
  ['killSessions', 'E4 stopEnds', 'stubborn'],
];

/** Every mutant that must be killed. */
export const MUTANTS: readonly Mutant[] = [
  ...GUARDS_DROPPED.map(([guard, killedBy, scope]): Mutant => ({
    name: `${guard}: always`,
    describe: `the guard \`${guard}\` is dropped`,
    killedBy,
    scope,
    machine: withGuard(guard, () => true),
  })),
  ...GUARDS_CLOSED.map(([guard, killedBy, scope]): Mutant => ({
    name: `${guard}: never`,
    describe: `the guard \`${guard}\` lets nothing pass`,
    killedBy,
    scope,
    machine: withGuard(guard, () => false),
  })),
  ...ACTIONS_LEFT_OUT.map(([action, killedBy, scope]): Mutant => ({
    name: `${action}: left out`,
    describe: `the action \`${action}\` is left out`,
    killedBy,
    scope,
    machine: without(action),
  })),
  ...PLANTED_FAULTS,
];
