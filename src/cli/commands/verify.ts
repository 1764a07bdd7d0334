/**
 * `verify`: everything that can happen in small worlds is tried on the machines that `run` executes, and on broken copies of
 * them. Exit code 0 when all holds, 1 when something does not, 3 when a search was given up before its end.
 */
import pc from 'picocolors';

import { nearest } from '../../config/problem.ts';
import { CHECK_NAMES, MUTANT_NAMES, mutantsNamed, suiteOf, type Job } from '../../verify/suite.ts';
import type { Io } from '../io.ts';
import { refuse } from '../refuse.ts';
import { junitOf } from '../render/junit.ts';
import { diagramsOf, renderVerification } from '../render/verify.ts';
import { showVerifyProgress } from '../render/verify-progress.ts';
import { verificationOf, type Verdict } from '../verification.ts';
import { jobsInThreads, type DoJobs } from '../verify-jobs.ts';
import { writeReports } from '../write-reports.ts';

/** What `verify` was asked for. */
export interface VerifyArguments {
  /** Only these scopes; all when absent. */
  readonly scope?: readonly string[] | undefined;
  /** Only these mutants, and no scope. */
  readonly mutant?: readonly string[] | undefined;
  /** Whether every mutant is listed. */
  readonly mutants?: boolean | undefined;
  /** States of a scope to visit at most. */
  readonly budget?: string | undefined;
  readonly json?: boolean | undefined;
  /** A file for the results as JUnit XML. */
  readonly junit?: string | undefined;
  /** A file for the diagrams of what was found. */
  readonly mermaid?: string | undefined;
}

/** Checks and reports. */
export async function verify(args: VerifyArguments, io: Io, doJobs: DoJobs = jobsInThreads): Promise<number> {
  const asked = jobsOf(args);
  if ('refusals' in asked) return refuse(io, asked.refusals);
  const { jobs } = asked;

  const progress = showVerifyProgress(io.stderr, jobs.length);
  const done = await doJobs(jobs, (one, index) => progress.show(one, index)).finally(() => progress.stop());
  const verification = verificationOf(done);
  io.stdout.write(
    args.json === true
      ? `${JSON.stringify(verification, null, 2)}\n`
      : renderVerification(verification, {
          width: io.stdout.columns,
          colors: pc.createColors(io.stdout.colors),
          mutants: args.mutants === true ? 'listed' : args.mutant === undefined ? 'counted' : 'told',
        }),
  );
  const files = [
    { flag: '--junit', file: args.junit, text: () => junitOf(verification) },
    { flag: '--mermaid', file: args.mermaid, text: () => diagramsOf(verification) },
  ];
  return writeReports(files, EXIT_CODES[verification.verdict], io);
}

const EXIT_CODES: Readonly<Record<Verdict, number>> = { pass: 0, violation: 1, incomplete: 3 };

function jobsOf({
  scope,
  mutant,
  budget,
}: VerifyArguments): { readonly jobs: readonly Job[] } | { readonly refusals: readonly string[] } {
  const refusals = [
    ...(scope ?? [])
      .filter((name) => !CHECK_NAMES.includes(name))
      .map((name) => unknown('scope', name, CHECK_NAMES)),
    ...(mutant ?? [])
      .filter((name) => !MUTANT_NAMES.includes(name))
      .map((name) => unknown('mutant', name, MUTANT_NAMES)),
    ...(budget === undefined || /^[1-9]\d{0,8}$/.test(budget)
      ? []
      : [`--budget must be a number of states, as in --budget 100000`]),
  ];
  if (refusals.length > 0) return { refusals };
  if (mutant !== undefined) return { jobs: mutantsNamed(mutant) };
  return { jobs: suiteOf(scope ?? CHECK_NAMES, budget === undefined ? null : Number(budget)) };
}

function unknown(kind: 'scope' | 'mutant', name: string, names: readonly string[]): string {
  const list = kind === 'scope' ? `; there are ${names.join(', ')}` : '; --mutants lists all';
  return `there is no ${kind} "${name}"; the nearest one is "${nearest(name, names)?.word}"${list}`;
}
