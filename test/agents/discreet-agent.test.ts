import { expect, test } from 'vitest';

import { discreetAgent } from '../../src/agents/discreet-agent.ts';
import { exitVerdict } from '../../src/agents/exit-verdict.ts';
import { REDACTED, redactor } from '../../src/domain/redact.ts';
import type { Agent } from '../../src/ports/agent.ts';

const SECRET = 'known-by-its-variable-alone';
const redact = redactor({ MY_TOKEN: SECRET });

const agentThat = (verdict: Agent['verdict']): Agent =>
  discreetAgent({ name: 'a', argv: () => ['a'], stopSignal: null, verdict }, redact);

const exit = (outputTail: string, code = 1) => ({ code, signal: null, outputTail });

test('tells a failure without the secrets of its words, also where they are cut short', () => {
  const { verdict } = agentThat(exitVerdict);
  expect(verdict(exit(`${'x'.repeat(190)} ${SECRET}`))).toEqual({
    outcome: 'failed',
    reason: `exit code 1: ${'x'.repeat(190)} [redacte…`,
  });
  expect(verdict(exit('fine', 0))).toEqual({ outcome: 'succeeded' });
});

test('lets the outcome be decided by what the agent really printed', () => {
  const { verdict } = agentThat(({ outputTail }) =>
    outputTail.includes(SECRET) ? { outcome: 'failed', reason: `no: ${SECRET}` } : { outcome: 'succeeded' },
  );
  expect(verdict(exit(SECRET))).toEqual({ outcome: 'failed', reason: `no: ${REDACTED}` });
});
