/**
 * What trying a backlog came to: the form in which `--json` prints it, and from which the text is drawn.
 */
import type { Backlog } from '../domain/backlog.ts';
import { blockedTicketsOf, totalsOf, type BlockedTicket, type PlanReport } from '../domain/plan-report.ts';
import type { RunLimits } from '../domain/run-state.ts';
import type { BacklogCheck } from '../verify/check-backlog.ts';
import { tellEverything, type ToldCounterexample } from '../verify/counterexample.ts';

/** The verdict on a backlog. */
export interface BacklogVerdict extends Omit<BacklogCheck, 'counterexample'> {
  readonly totals: PlanReport['totals'];
  readonly limits: RunLimits;
  readonly seed: number;
  readonly budget: number;
  readonly tookMs: number;
  /** Tickets that cannot be started in any run of this backlog, and why. */
  readonly blocked: readonly BlockedTicket[];
  readonly counterexample: ToldCounterexample | null;
}

/** Puts a verdict together. */
export function backlogVerdictOf({
  backlog,
  check,
  ...rest
}: Pick<BacklogVerdict, 'limits' | 'seed' | 'budget' | 'tookMs'> & {
  readonly backlog: Backlog;
  readonly check: BacklogCheck;
}): BacklogVerdict {
  return {
    ...check,
    ...rest,
    totals: totalsOf(backlog),
    blocked: blockedTicketsOf(backlog),
    counterexample:
      check.counterexample && tellEverything({ scope: 'backlog', about: 'supervisor' }, check.counterexample),
  };
}
