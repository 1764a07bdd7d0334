import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';

import { PROPERTIES } from '../../src/domain/properties.ts';
import type { RunFact } from '../../src/domain/run-fact.ts';
import { describeBreach, RunJudge } from '../../src/domain/run-judge.ts';
import { applyFact, EMPTY_SYSTEM_VIEW } from '../../src/domain/system-view.ts';
import { factsOf, goodLife, planned, started } from '../support/journal-of.ts';
import { randomRun } from '../support/random-run.ts';
import { randomRunInput } from '../support/random-run-input.ts';

/** The first breach of a run, in words; null when there is none. */
function firstBreach(facts: readonly RunFact[]): string | null {
  const judge = new RunJudge();
  for (const fact of facts) {
    const breach = judge.hear(fact);
    if (breach !== null) return describeBreach(breach);
  }
  return null;
}

describe('a run judge', () => {
  test.prop([randomRunInput()], { numRuns: 100 })(
    'finds nothing in a run by the rules, and has at every fact the view that its facts fold to',
    (input) => {
      const judge = new RunJudge();
      let folded = EMPTY_SYSTEM_VIEW;
      for (const fact of randomRun(input).flatMap((step) => step.facts)) {
        expect(judge.hear(fact)).toBeNull();
        folded = applyFact(folded, fact);
        expect(judge.view).toEqual(folded);
      }
    },
  );

  test.prop([randomRunInput(), fc.nat()], { numRuns: 100 })(
    'names the first fact after which a property alone would object, in a run that lost one of its facts',
    (input, index) => {
      const whole = randomRun(input).flatMap((step) => step.facts);
      const facts = whole.toSpliced(index % whole.length, 1);
      let folded = EMPTY_SYSTEM_VIEW;
      const objections = facts.map((fact) => {
        const before = folded;
        folded = applyFact(folded, fact);
        return PROPERTIES.some(
          (property) =>
            (property.kind === 'step' ? property.holds(before, fact, folded) : property.holds(folded)) !==
            true,
        );
      });
      const judge = new RunJudge();
      const found = facts.map((fact) => judge.hear(fact)).find((breach) => breach !== null);
      expect(found?.seq ?? -1).toBe(objections.indexOf(true));
    },
  );

  const header = started([planned('a'), planned('b')]);

  test('says which promise does not hold, at which entry and why', () => {
    const { dispatched } = factsOf('s1', 'a');
    expect(firstBreach([header, dispatched, factsOf('s2', 'a').dispatched])).toBe(
      'S4 oneSessionPerTicket does not hold at entry 2 (session.dispatched): sessions s1 and s2 both work on a',
    );
  });

  test.each<[string, readonly RunFact[]]>([
    ['session id s1', [factsOf('s1', 'b').dispatched]],
    [
      'branch ralph/a/s1',
      [factsOf('s2', 'b').dispatched, { ...factsOf('s2', 'b').prepared, branch: 'ralph/a/s1' }],
    ],
    [
      'worktree /trees/s1',
      [factsOf('s2', 'b').dispatched, { ...factsOf('s2', 'b').prepared, worktree: '/trees/s1' }],
    ],
  ])('remembers %s for the whole run', (name, facts) => {
    expect(firstBreach([header, ...goodLife('s1', 'a'), ...facts])).toMatch(`S4 oneSessionPerTicket`);
    expect(firstBreach([header, ...goodLife('s1', 'a'), ...facts])).toMatch(`${name} was used before`);
  });
});
