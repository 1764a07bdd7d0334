/**
 * JUnit XML, which CI services read: the format and nothing of what is told in it.
 */

/** One line in the list of a CI service. */
export interface JunitCase {
  /** What it belongs to: part of its class name. */
  readonly group: string;
  readonly name: string;
  readonly tookMs: number;
  /** Null when it holds. */
  readonly problem: { readonly verdict: string; readonly message: string } | null;
  /** Lines that tell more of the problem. */
  readonly lines: readonly string[];
}

/** Renders a whole file. What is `incomplete` is an error, since it is neither a pass nor a failure. */
export function junitXml(cases: readonly JunitCase[]): string {
  const wrong = cases.filter(({ problem }) => problem !== null);
  const errors = wrong.filter(({ problem }) => problem?.verdict === 'incomplete').length;
  const counts = `tests="${cases.length}" failures="${wrong.length - errors}" errors="${errors}"`;
  const time = inSeconds(cases.reduce((total, { tookMs }) => total + tookMs, 0));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ralph-actors verify" ${counts} time="${time}">`,
    `  <testsuite name="verify" ${counts} time="${time}">`,
    ...cases.flatMap(({ group, name, tookMs, problem, lines }) => {
      const opening = `    <testcase classname="verify.${group}" name="${escaped(name)}" time="${inSeconds(tookMs)}"`;
      if (problem === null) return [`${opening}/>`];
      const tag = problem.verdict === 'incomplete' ? 'error' : 'failure';
      const body = lines.length === 0 ? '' : `\n${lines.join('\n')}\n`;
      return [
        `${opening}>`,
        `      <${tag} type="${problem.verdict}" message="${escaped(problem.message)}">${escaped(body)}</${tag}>`,
        '    </testcase>',
      ];
    }),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
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
