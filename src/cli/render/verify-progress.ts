/**
 * What is to be seen while `verify` is at work: in a terminal one line that is redrawn, elsewhere a line for each check, in
 * the order of the list however the threads come to it.
 */
import type { Output } from '../io.ts';
import type { Done } from '../verify-jobs.ts';
import type { CheckResult, SweepPart } from '../../verify/suite.ts';
import { fit } from './text.ts';
import { titleOf } from './verify-findings.ts';
import { counts, seconds } from './verify-words.ts';

/** Progress that is being shown. */
export interface VerifyProgress {
  show(done: Done, index: number): void;
  /** Takes down what must not stay. */
  stop(): void;
}

/** Begins to show how far the jobs have come. */
export function showVerifyProgress(output: Output, jobs: number): VerifyProgress {
  return output.isTTY ? redrawn(output, jobs) : listed(output);
}

function redrawn(output: Output, jobs: number): VerifyProgress {
  let done = 0;
  let states = 0;
  return {
    show({ result }) {
      done += 1;
      if (result.kind !== 'mutant') states += statesOf(result);
      output.write(
        `${ERASE}${fit(`${done} of ${jobs} jobs done, ${counts(states)} states`, output.columns - 1)}`,
      );
    },
    stop: () => output.write(ERASE),
  };
}

const ERASE = '\u001b[2K\u001b[G';

function listed(output: Output): VerifyProgress {
  const waiting = new Map<number, Done>();
  let next = 0;
  return {
    show(done, index) {
      waiting.set(index, done);
      for (let one = waiting.get(next); one !== undefined; one = waiting.get(next)) {
        waiting.delete(next);
        next += 1;
        const line = lineOf(one);
        if (line !== null) output.write(`${line}\n`);
      }
    },
    stop: () => undefined,
  };
}

/** Mutants take no time, and there are many: only one that lives is worth a line. */
function lineOf({ result, tookMs }: Done): string | null {
  if (result.kind === 'mutant') return result.isKilled ? null : `${titleOf(result)}: survived`;
  const came = `${counts(statesOf(result))} states in ${seconds(tookMs)}`;
  if (result.kind === 'check') return `${titleOf(result)}: ${result.verdict}, ${came}`;
  const { first, end, report } = result;
  return `sweep, plans ${first + 1} to ${end}: ${report.failure?.report.verdict ?? 'pass'}, ${came}`;
}

function statesOf(result: CheckResult | SweepPart): number {
  return result.kind === 'check' ? result.found.states : result.report.states;
}
