import { expect, test } from 'vitest';

import { createProgram } from '../../src/cli/program.ts';
import { renderCliReference } from '../../src/cli/reference.ts';
import { fakeIo } from '../support/fake-io.ts';

test('the reference page says what the help of every command says', async () => {
  const { command } = createProgram(fakeIo('/nowhere'));
  await expect(renderCliReference(command)).toMatchFileSnapshot('../../docs/reference/cli.md');
});

test('every command and every option of it stands on the reference page', () => {
  const { command } = createProgram(fakeIo('/nowhere'));
  const page = renderCliReference(command);
  const { commands } = command;
  expect(commands.length).toBeGreaterThan(5);
  for (const one of commands) {
    expect(page).toContain(`\n## ${one.name()}\n`);
    for (const { flags } of one.options) expect(page).toContain(`  ${flags} `);
  }
});
