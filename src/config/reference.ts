import { markdownTable } from './markdown-table.ts';
import { CONFIG_KEYS, type ConfigKeyInfo } from './schema.ts';

/** Renders `docs/reference/config.md`: every setting, formatted as the formatter leaves it. */
export function renderConfigReference(): string {
  const withEffect = CONFIG_KEYS.filter(({ withoutEffect }) => withoutEffect === null);
  const withoutEffect = CONFIG_KEYS.filter((info) => info.withoutEffect !== null);
  return [
    INTRODUCTION,
    '## Settings',
    markdownTable(
      ['Key', 'Must be', 'Default', 'Variable', 'Meaning'],
      withEffect.map((info) => [...columns(info), info.doc]),
    ),
    '## Accepted without effect',
    'These keys of pi-ticketflow have nothing to act on here. They are checked like the others, and `ralph-actors config` ' +
      'says so where one is set.',
    markdownTable(
      ['Key', 'Must be', 'Default', 'Variable', 'Meaning', 'Why without effect'],
      withoutEffect.map((info) => [...columns(info), info.doc, info.withoutEffect ?? '']),
    ),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

const INTRODUCTION = `# Configuration

<!-- Made from src/config/schema.ts; \`npx vitest run test/config -u\` writes it anew. -->

Each place is stronger than the one before:

1. the defaults below
2. \`.tf/config/settings.json\`, the object under \`"ralph"\`
3. \`.tf/ralph/config.json\`
4. the environment: the variable of each key; an empty one counts as not set, and an unknown \`RALPH_*\` is ignored
5. flags of the command line

A value is taken whole from the strongest place that has it. In a variable, \`1\`, \`yes\` and \`on\` mean true, \`0\`, \`no\` and
\`off\` mean false. An unknown key or a value that does not fit is an error, wherever it stands: \`ralph-actors\` names all of
them with the nearest valid word and does not start. \`ralph-actors config\` shows every value and where it came from.`;

function columns({ key, expects, fallback, env }: ConfigKeyInfo): string[] {
  return [code(key), withCode(expects), code(JSON.stringify(fallback)), env === null ? '' : code(env)];
}

function code(text: string): string {
  return `\`${text}\``;
}

/** JSON inside the words of an expectation is code. */
function withCode(expects: string): string {
  return expects.replace(/\{.*\}/, code);
}
