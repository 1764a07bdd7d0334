import { describe, expect, test } from 'vitest';

import { checkScope } from '../../src/verify/check-scope.ts';
import {
  drawCounterexample,
  replayCounterexample,
  saveCounterexample,
  tellCounterexample,
  type SavedCounterexample,
} from '../../src/verify/counterexample.ts';
import { MUTANTS } from '../../src/verify/mutants.ts';
import { SCOPES } from '../../src/verify/scopes.ts';

/** What the checker finds in a mutant, and everything needed to play it again. */
function foundIn(name: string) {
  const mutant = MUTANTS.find((candidate) => candidate.name === name);
  const scope = SCOPES.find((candidate) => candidate.name === mutant?.scope);
  if (mutant === undefined || scope === undefined) throw new Error(`there is no mutant "${name}"`);
  const { counterexample } = checkScope(scope, { machine: mutant.machine, only: [mutant.killedBy] });
  if (counterexample === null) throw new Error(`nothing was found in the mutant "${name}"`);
  const saved = JSON.parse(
    JSON.stringify(saveCounterexample(scope.name, counterexample)),
  ) as SavedCounterexample;
  return { mutant, scope, counterexample, saved };
}

test('a counterexample is told step by step, and is the shortest there is', () => {
  const { counterexample } = foundIn('isStopRequested: never');
  expect(tellCounterexample(counterexample)).toBe(
    [
      'S10 quietAfterStop does not hold: session A.1 was dispatched while the run was draining',
      '  1. somebody asks the run to drain',
      '       → run.draining',
      '  2. recovery is done',
      '       → run.recovered',
      '  3. the policy asks for A',
      '       → session.dispatched A.1; starts session A.1',
    ].join('\n'),
  );
});

test('a counterexample is drawn as a sequence diagram', () => {
  const { counterexample } = foundIn('everybody is told to stop');
  expect(drawCounterexample(counterexample).split('\n')).toEqual([
    'sequenceDiagram',
    '  participant operator as operator',
    '  participant policy as policy',
    '  participant supervisor as supervisor',
    '  participant A_1 as A.1',
    '  supervisor->>supervisor: recovery is done',
    '  note over supervisor: run.recovered',
    '  policy->>supervisor: the policy asks for A',
    '  note over supervisor: session.dispatched A.1',
    '  supervisor->>A_1: starts session A.1',
    '  A_1->>supervisor: the machine of A.1 breaks',
    '  note over supervisor: lets session.A.1 go',
    '  supervisor->>A_1: starts a stand-in for A.1',
    '  operator->>supervisor: somebody asks the run to stop',
    "  note over supervisor: C1 actionsTotal: the supervisor breaks at run.stop: Unable to send event to actor 'session.A.1' from machine 'supervisor'.",
  ]);
});

describe('a counterexample that was saved', () => {
  test.each([
    'release before the merge',
    'failMerges: left out',
    'everybody is told to stop',
    'isMergeUnderWay: never',
  ])('shows the same fault again: %s', (name) => {
    const { mutant, scope, counterexample, saved } = foundIn(name);
    expect(replayCounterexample(saved, scope, mutant.machine)).toMatchObject({
      property: counterexample.property,
      message: counterexample.message,
    });
  });

  test.each(['release before the merge', 'failMerges: left out', 'late launch'])(
    'shows nothing on the machine that ships: %s',
    (name) => {
      const { scope, saved } = foundIn(name);
      expect(replayCounterexample(saved, scope)).toBeNull();
    },
  );

  test('is refused where its steps cannot happen, with the step', () => {
    const { scope, saved } = foundIn('isMergeUnderWay: never');
    expect(() => replayCounterexample(saved, scope)).toThrow(
      'step 10 cannot happen: A.1 is over (lost), ended by its stand-in',
    );
  });
});
