import { markdownTable } from '../config/markdown-table.ts';
import { KNOWN_COUNTS, SCOPES } from '../verify/scopes.ts';
import { counts } from './render/verify-words.ts';

/** Renders `docs/reference/scopes.md`: every scope with what is known of it, formatted as the formatter leaves it. */
export function renderScopesReference(): string {
  const rows = SCOPES.map(({ name, describe, tickets, workers, attemptsMax, sees }) => {
    const { states, transitions } = KNOWN_COUNTS[name]!;
    return [
      `\`${name}\``,
      describe,
      ...[tickets.length, workers, attemptsMax, states, transitions].map(counts),
      sees.join(', '),
    ];
  });
  return `${INTRODUCTION}\n\n${markdownTable(HEAD, rows)}\n`;
}

const HEAD = [
  'Scope',
  'What is in it',
  'Tickets',
  'Workers',
  'Attempts',
  'States',
  'Transitions',
  'Must be seen',
];

const INTRODUCTION = `# Scopes

<!-- Made from src/verify/scopes.ts; \`npx vitest run test/verify/scopes.test.ts -u\` writes it anew. -->

The small worlds that \`ralph-actors verify\` tries everything in. The counts are exact: a search that comes to another one fails. What must
be seen is what the scope is there for; a search that never sees it fails too. What a search does is told in
[verification](../concepts/verification.md).`;
