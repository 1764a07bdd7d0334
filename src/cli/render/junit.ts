/**
 * A verification as JUnit XML, which CI services read: a test case for each check and each mutant.
 */
import type { ToldCounterexample } from '../../verify/suite.ts';
import type { Verification } from '../verification.ts';
import { findingLines, problemOf, titleOf } from './verify-findings.ts';

/** Renders the whole file. */
export function junitOf({ checks, mutants }: Verification): string {
  const cases = [...checks, ...mutants].map((result) => ({
    group: result.kind === 'check' ? result.subject : 'mutants',
    name:
      result.kind === 'check'
        ? `${titleOf(result)}: ${result.describe}`
        : `${result.name}: ${result.describe}`,
    tookMs: result.tookMs,
    problem: problemOf(result),
    counterexample: result.kind === 'check' || !result.isKilled ? result.counterexample : null,
  }));
  const wrong = cases.filter(({ problem }) => problem !== null);
  const errors = wrong.filter(({ problem }) => problem?.verdict === 'incomplete').length;
  const counts = `tests="${cases.length}" failures="${wrong.length - errors}" errors="${errors}"`;
  const time = inSeconds(cases.reduce((total, { tookMs }) => total + tookMs, 0));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ralph-actors verify" ${counts} time="${time}">`,
    `  <testsuite name="verify" ${counts} time="${time}">`,
    ...cases.flatMap(({ group, name, tookMs, problem, counterexample }) => {
      const opening = `    <testcase classname="verify.${group}" name="${escaped(name)}" time="${inSeconds(tookMs)}"`;
      if (problem === null) return [`${opening}/>`];
      const tag = problem.verdict === 'incomplete' ? 'error' : 'failure';
      return [
        `${opening}>`,
        `      <${tag} type="${problem.verdict}" message="${escaped(problem.message)}">${escaped(bodyOf(counterexample))}</${tag}>`,
        '    </testcase>',
      ];
    }),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function bodyOf(counterexample: ToldCounterexample | null): string {
  return counterexample === null
    ? ''
    : `\n${findingLines(counterexample, Number.POSITIVE_INFINITY).join('\n')}\n`;
}

function inSeconds(spanMs: number): string {
  return (spanMs / 1000).toFixed(3);
}

/** Makes a text fit to stand in XML 1.0, which has no way to write most control characters at all. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
