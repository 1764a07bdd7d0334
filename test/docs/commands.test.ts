import { expect, test } from 'vitest';

import { commandsOf, fencesOf, isForDevelopers } from './commands.ts';

test('the blocks of a document are found with what they are and where they begin', () => {
  const document = 'a\n\n```sh\nls\n```\n\n```text output\nb\n\nc\n```\n\n```\n```\n';
  const fences = fencesOf(document);
  expect(fences.map(({ info, text }) => [info, text])).toEqual([
    ['sh', 'ls\n'],
    ['text output', 'b\n\nc\n'],
    ['', ''],
  ]);
  for (const { text, start } of fences) expect(document.slice(start, start + text.length)).toBe(text);
});

test('comments, blank lines and texts that are handed over are no commands', () => {
  const block = "# first\ncat > a <<'END'\nnpm ci\nEND\n\ncat < a && ls\n";
  expect(commandsOf(block)).toEqual(["cat > a <<'END'", 'cat < a && ls']);
});

test('commands of this project are told from those of its users', () => {
  expect(['npm ci && npm test', '.ci/run', 'npx vitest run'].every(isForDevelopers)).toBe(true);
  expect(['npx ralph-actors run', 'git log', 'echo npm ci'].some(isForDevelopers)).toBe(false);
});
