/**
 * Any program as an agent: an argv with placeholders, never a shell line.
 *
 * A placeholder is replaced wherever it stands in an argument, all in one pass, so a title that contains `{prompt}` stays
 * as it is. A single word in braces that is no placeholder is refused when the agent is made; braces around anything else
 * (`{}`, `{"json": 1}`, `{1}`) are left alone. There is no escape: `{{ticket}}` is the ticket in braces.
 */
import type { Agent, Assignment } from '../ports/agent.ts';
import { exitVerdict } from './exit-verdict.ts';

/** What the arguments of an agent command may mention. */
const PLACEHOLDERS: readonly (keyof Assignment)[] = [
  'ticket',
  'title',
  'prompt',
  'worktree',
  'session',
  'attempt',
];

/** An agent made of a configured command, or why the command cannot be one. */
export type CommandAgent =
  { readonly kind: 'agent'; readonly agent: Agent } | { readonly kind: 'refused'; readonly reason: string };

/** Makes an agent of an argv template, e.g. `["my-agent", "--ticket", "{ticket}"]`. */
export function commandAgent(command: readonly string[]): CommandAgent {
  const [executable, ...templates] = command;
  const reason = refusal(executable, templates);
  if (executable === undefined || reason !== null) return { kind: 'refused', reason: reason ?? EMPTY };
  return {
    kind: 'agent',
    agent: {
      name: executable,
      argv: (assignment) => [executable, ...templates.map((template) => fill(template, assignment))],
      stopSignal: null,
      verdict: exitVerdict,
    },
  };
}

const WORD_IN_BRACES = /\{([A-Za-z_][A-Za-z0-9_-]*)\}/g;
const EMPTY = 'the agent command is empty: its first element names the program to run';

function refusal(executable: string | undefined, templates: readonly string[]): string | null {
  if (executable === undefined || executable.trim() === '') return EMPTY;
  if (wordsInBraces(executable).length > 0) {
    return `the program "${executable}" may not contain a placeholder: it is looked up before any ticket is dispatched`;
  }
  const unknown = templates.flatMap(wordsInBraces).find((word) => !isPlaceholder(word));
  if (unknown === undefined) return null;
  const known = PLACEHOLDERS.map((name) => `{${name}}`).join(' ');
  return `the agent command mentions {${unknown}}, which is no placeholder; there are ${known}`;
}

function fill(template: string, assignment: Assignment): string {
  return template.replaceAll(WORD_IN_BRACES, (whole, word: string) =>
    isPlaceholder(word) ? String(assignment[word]) : whole,
  );
}

function wordsInBraces(text: string): string[] {
  return Array.from(text.matchAll(WORD_IN_BRACES), (match) => match[1] ?? '');
}

function isPlaceholder(word: string): word is keyof Assignment {
  return (PLACEHOLDERS as readonly string[]).includes(word);
}
