import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import {
  mergeQueueMachine,
  mermaidOf,
  sessionMachine,
  supervisorMachine,
  withDiagrams,
} from '../../machines/index.ts';

const MACHINES = { session: sessionMachine, 'merge-queue': mergeQueueMachine, supervisor: supervisorMachine };

test('the diagrams in machines/README.md are those of the machines (npm run diagrams redraws them)', () => {
  const readme = readFileSync(new URL('../../machines/README.md', import.meta.url), 'utf8');
  expect(readme.match(/```mermaid/g)).toHaveLength(3);
  expect(readme).toBe(withDiagrams(readme, MACHINES));
});

test.each([
  ['session', 23, 43],
  ['merge-queue', 2, 3],
  ['supervisor', 8, 21],
] as const)('draws the %s machine with %i states and %i arrows', (name, states, arrows) => {
  const lines = mermaidOf(MACHINES[name]).split('\n');
  expect(lines.filter((line) => line.includes('state "'))).toHaveLength(states);
  expect(lines.filter((line) => line.includes('-->') && !line.includes('[*]'))).toHaveLength(arrows);
});

test.each(Object.entries(MACHINES))(
  'the %s chart is literal: every guard, action, actor and delay is a name',
  (_name, machine) => {
    const anonymous: string[] = [];
    let names = 0;
    const look = (value: unknown, path: string): void => {
      if (typeof value === 'string') {
        names += 1;
      } else if (Array.isArray(value)) {
        value.forEach((item, index) => look(item, `${path}.${index}`));
      } else if (typeof value === 'function') {
        anonymous.push(path);
      }
    };
    const visit = (config: Record<string, unknown>, path: string): void => {
      for (const key of ['entry', 'exit']) if (key in config) look(config[key], `${path}.${key}`);
      for (const key of ['on', 'after']) {
        for (const [event, value] of Object.entries(config[key] ?? {})) transition(value, `${path}.${event}`);
      }
      if ('always' in config) transition(config['always'], `${path}.always`);
      for (const invoke of [config['invoke'] ?? []].flat() as Record<string, unknown>[]) {
        look(invoke['src'], `${path}.invoke.src`);
        for (const key of ['onDone', 'onError']) if (key in invoke) transition(invoke[key], `${path}.${key}`);
      }
      for (const [key, child] of Object.entries(config['states'] ?? {})) {
        visit(child as Record<string, unknown>, `${path}.${key}`);
      }
    };
    const transition = (value: unknown, path: string): void => {
      for (const one of [value].flat()) {
        if (typeof one !== 'object' || one === null) look(one, path);
        else
          for (const key of ['guard', 'actions', 'target'] as const)
            if (key in one) look((one as Record<string, unknown>)[key], `${path}.${key}`);
      }
    };
    visit(machine.config, machine.id);
    expect(anonymous).toEqual([]);
    expect(names).toBeGreaterThan(3);
  },
);
