import { describe, expect, test } from 'vitest';

import { junitOf } from '../../../src/cli/render/junit.ts';
import { verificationOf } from '../../../src/cli/verification.ts';
import { CHECK_NAMES, doJob, suiteOf, type CheckResult } from '../../../src/verify/suite.ts';

const COUNTS = { states: 10, transitions: 20, nodes: 5 };

const PASSED: CheckResult = {
  kind: 'check',
  scope: 'single',
  describe: 'one ticket',
  subject: 'machine',
  verdict: 'pass',
  found: COUNTS,
  known: COUNTS,
  properties: [],
  counterexample: null,
};

function junit(...results: readonly CheckResult[]): string {
  return junitOf(verificationOf(results.map((result) => ({ result, tookMs: 1500 }))));
}

/** The elements of an XML document that is well-formed; throws at one that is not. */
function elementsOf(xml: string): readonly string[] {
  const open: string[] = [];
  const elements: string[] = [];
  const rest = xml
    .replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '')
    .replaceAll(
      /<(\/?)(\w+)((?: \w+="[^"<]*")*)(\/?)>/g,
      (_tag, closes: string, name: string, _attributes, empty: string) => {
        if (closes === '/') {
          if (open.pop() !== name) throw new Error(`</${name}> closes another element`);
        } else {
          elements.push(name);
          if (empty === '') open.push(name);
        }
        return '';
      },
    );
  if (open.length > 0) throw new Error(`<${open.join('><')}> stay open`);
  if (/[<>]/.test(rest)) throw new Error(`these are no elements: ${rest}`);
  // eslint-disable-next-line no-control-regex -- XML has no way to write them
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml))
    throw new Error('a character that XML does not know');
  if (/&(?!(amp|lt|gt|quot);)/.test(xml)) throw new Error('an ampersand stands alone');
  return elements;
}

describe('a verification as JUnit XML', () => {
  test('has a case for each result, and counts what failed apart from what was not finished', () => {
    const xml = junit(
      PASSED,
      { ...PASSED, verdict: 'changed', known: { ...COUNTS, states: 11 } },
      { ...PASSED, verdict: 'incomplete' },
    );
    expect(elementsOf(xml).filter((name) => name === 'testcase')).toHaveLength(3);
    expect(xml).toContain('<testsuite name="verify" tests="3" failures="1" errors="1" time="4.500">');
    expect(xml).toContain(
      '<failure type="changed" message="found 10 states, 20 transitions, 5 nodes; known are 11',
    );
    expect(xml).toContain('<error type="incomplete" message="given up after 10 of 10 states">');
  });

  test('is well-formed whatever stands in the messages', () => {
    const odd = 'a < b & "c" > \'d\' ]]> \u0000\u001b[31m\uffff \u{1f600} \ud800';
    const counterexample = {
      property: odd,
      message: odd,
      steps: [{ what: odd, follows: [odd] }],
      saved: { scope: 'single', property: odd, message: odd, events: [] },
      mermaid: '',
    };
    const xml = junit({ ...PASSED, describe: odd, verdict: 'violation', counterexample });
    expect(elementsOf(xml)).toEqual(['testsuites', 'testsuite', 'testcase', 'failure']);
    expect(xml).toContain(
      "a &lt; b &amp; &quot;c&quot; &gt; 'd' ]]&gt; \ufffd\ufffd[31m\ufffd \u{1f600} \ufffd",
    );
  });

  test('is well-formed with every mutant of the smallest scope in it', () => {
    const done = suiteOf(CHECK_NAMES.slice(0, 1)).map((job) => ({ result: doJob(job), tookMs: 1 }));
    expect(elementsOf(junitOf(verificationOf(done))).filter((name) => name === 'testcase')).toHaveLength(
      done.length,
    );
  });
});
