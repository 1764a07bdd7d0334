/**
 * A verification for people: the table of scopes, the mutants if they are asked for, what is wrong step by step, and the sum.
 */
import type { CheckResult, MutantResult } from '../../verify/suite.ts';
import type { Timed, Verification } from '../verification.ts';
import { counted, left, line, right, widthOf, wrap, type Colors, type Paint } from './text.ts';
import { findingLines, problemOf, titleOf } from './verify-findings.ts';
import { counts, seconds } from './verify-words.ts';

/** How a verification is drawn. */
export interface VerificationStyle {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colors: Colors;
  /** Whether mutants are only counted, listed in a table, or told step by step. */
  readonly mutants: 'counted' | 'listed' | 'told';
}

/** Draws a verification, to the last newline. */
export function renderVerification(verification: Verification, style: VerificationStyle): string {
  const { checks, mutants } = verification;
  const told = style.mutants === 'told' ? mutants : mutants.filter(({ isKilled }) => !isKilled);
  const sections = [
    checks.length === 0 ? [] : checkTable(verification, style),
    ...(style.mutants === 'listed' ? mutantTables(mutants, style) : []),
    ...checks.map((check) => finding(check, style)),
    ...told.map((mutant) => finding(mutant, style)),
    summary(verification, style),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** Renders the diagrams of everything that was found, as Markdown. */
export function diagramsOf({ checks, mutants }: Verification): string {
  const found = [...checks, ...mutants].flatMap((result) =>
    result.counterexample === null ? [] : [{ title: titleOf(result), ...result.counterexample }],
  );
  if (found.length === 0) return 'Nothing was found.\n';
  return found
    .map(
      ({ title, property, message, mermaid }) =>
        `## ${title}\n\n${property}: ${message}\n\n\`\`\`mermaid\n${mermaid}\n\`\`\`\n`,
    )
    .join('\n');
}

/** Columns of the numbers: states, transitions, time, properties, mutants. */
const NUMBERS = [9, 11, 6, 5, 6];

function checkTable(
  { checks, mutants }: Verification,
  { width, colors }: VerificationStyle,
): readonly string[] {
  const row = (cells: readonly string[], paint: Paint): string => {
    const [scope = '', checked = '', ...numbers] = cells;
    const columns = NUMBERS.map((room, index) => right(numbers[index] ?? '', room));
    return line([[`${left(scope, 16)}  ${left(checked, 15)}  ${columns.join('  ')}`, paint]], width);
  };
  let before = '';
  return [
    row(['scope', 'checked', 'states', 'transitions', 'time', 'props', 'killed'], colors.dim),
    ...rowsOf(checks).flatMap(({ checked, tookMs, first, problems }) => {
      const { scope, found, properties } = first;
      const here = mutants.filter((mutant) => mutant.scope === scope);
      const killed = here.filter(({ isKilled }) => isKilled).length;
      const isFirst = scope !== before;
      before = scope;
      return [
        row(
          [
            isFirst ? scope : '',
            checked,
            counts(found.states),
            counts(found.transitions),
            seconds(tookMs),
            String(properties.length),
            isFirst && here.length > 0 ? `${killed}/${here.length}` : '',
          ],
          plain,
        ),
        ...problems.map((problem) => colors.red(`  ✗ ${problem}`)),
      ];
    }),
  ];
}

interface Row {
  readonly checked: string;
  readonly tookMs: number;
  readonly first: CheckResult;
  readonly problems: readonly string[];
}

/** One row for each check; those of a scope that agree in every count are one row, which says so. */
function rowsOf(checks: readonly Timed<CheckResult>[]): readonly Row[] {
  const rows: Row[] = [];
  for (const check of checks) {
    const last = rows.at(-1);
    const problem = problemOf(check);
    const isAlike =
      last !== undefined &&
      problem === null &&
      last.problems.length === 0 &&
      last.first.scope === check.scope &&
      JSON.stringify(last.first.found) === JSON.stringify(check.found);
    if (isAlike) {
      const checked = `${last.checked} = ${check.subject}`;
      rows[rows.length - 1] = { ...last, checked, tookMs: last.tookMs + check.tookMs };
    } else {
      const problems = problem === null ? [] : [problem.verdict];
      rows.push({ checked: check.subject, tookMs: check.tookMs, first: check, problems });
    }
  }
  return rows;
}

/** A table for each machine, since copies of different machines may share a name. */
function mutantTables(mutants: readonly MutantResult[], style: VerificationStyle): readonly string[][] {
  const machines = [...new Set(mutants.map(({ of }) => of))];
  return machines.map((machine) => [
    style.colors.bold(`copies of the ${machine}`),
    ...mutantTable(
      mutants.filter(({ of }) => of === machine),
      style,
    ),
  ]);
}

function mutantTable(
  mutants: readonly MutantResult[],
  { width, colors }: VerificationStyle,
): readonly string[] {
  const rows = mutants.map(({ name, killedBy, scope, isKilled, counterexample }) => ({
    cells: [name, isKilled ? killedBy : `SURVIVED ${killedBy}`, scope],
    steps: isKilled ? String(counterexample?.steps.length ?? 0) : '',
    paint: isKilled ? plain : colors.red,
  }));
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map(({ cells }) => widthOf(cells[column] ?? ''))),
  );
  const row = (cells: readonly string[], steps: string, paint: Paint): string => {
    const text = cells.map((cell, column) => left(cell, widths[column] ?? 0)).join(' ');
    return line([[`${text} ${right(steps, 5)}`, paint]], width);
  };
  return [
    row(['mutant', 'killed by', 'scope'], 'steps', colors.dim),
    ...rows.map(({ cells, steps, paint }) => row(cells, steps, paint)),
  ];
}

const plain: Paint = (text) => text;

function finding(
  result: CheckResult | MutantResult,
  { width, colors }: VerificationStyle,
): readonly string[] {
  const problem = problemOf(result);
  const { counterexample } = result;
  if (problem === null && (result.kind === 'check' || counterexample === null)) return [];
  const message = problem?.message ?? `killed by ${counterexample?.property}: ${counterexample?.message}`;
  return [
    (problem === null ? colors.bold : colors.red)(`${titleOf(result)}: ${problem?.verdict ?? 'killed'}`),
    ...(result.kind === 'mutant' ? wrap(result.describe, width - 2).map((text) => `  ${text}`) : []),
    ...wrap(message, width - 2).map((text) => `  ${text}`),
    ...(counterexample === null ? [] : findingLines(counterexample, width)),
  ];
}

function summary(
  { verdict, totals, checks }: Verification,
  { width, colors }: VerificationStyle,
): readonly string[] {
  const { scopes, states, transitions, mutants, killed } = totals;
  const passed = checks.filter((check) => check.verdict === 'pass').length;
  const parts = [
    ...(checks.length === 0
      ? []
      : [
          `${passed} of ${counted(checks.length, 'check')} passed in ${counted(scopes, 'scope')}, ` +
            `${counts(states)} states, ${counts(transitions)} transitions`,
        ]),
    ...(mutants === 0 ? [] : [`${killed} of ${counted(mutants, 'mutant')} killed`]),
  ];
  const paint = verdict === 'pass' ? colors.green : colors.red;
  return wrap(`${verdict}: ${parts.join('; ')}`, width).map(paint);
}
