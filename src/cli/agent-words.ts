/**
 * Which words of a command line are the agent's? Those after `--agent-command`, up to `--`, the end of the line or the
 * next option of `run`: agents have options too (`claude -p {prompt}`), and commander would take them for its own.
 */

const FLAG = '--agent-command';

/** Gives each word of the agent a flag of its own, so that commander gathers them and leaves them as they are. */
export function tieAgentWords(
  args: readonly string[],
  isOption: (word: string) => boolean,
): readonly string[] {
  const end = args.indexOf('--');
  const before = end === -1 ? args : args.slice(0, end);
  const tied: string[] = [];
  let isAgents = false;
  for (const [index, word] of before.entries()) {
    if (word === FLAG) {
      const next = before[index + 1];
      // What follows must not be taken for a word: commander shall see that there is none.
      if (next === undefined || isOption(next)) return [...tied, FLAG];
      isAgents = true;
      continue;
    }
    if (isOption(word)) isAgents = false;
    tied.push(isAgents ? `${FLAG}=${word}` : word);
  }
  return [...tied, ...args.slice(before.length)];
}

/** The agent's argv, or why the words are none. */
export type AgentArgv =
  { readonly ok: true; readonly argv: readonly unknown[] } | { readonly ok: false; readonly reason: string };

/**
 * Reads the words as an argv. A single word is a whole command: a JSON list, or split at blanks with the quotes of a
 * shell and nothing else of it.
 */
export function agentArgv(words: readonly string[]): AgentArgv {
  const [only = ''] = words;
  if (words.length !== 1) return { ok: true, argv: words };
  return only.trimStart().startsWith('[') ? parseList(only) : splitWords(only);
}

function parseList(text: string): AgentArgv {
  try {
    // It began with a bracket, so nothing but a list can come of it. What is in it is for the configuration to judge.
    return { ok: true, argv: JSON.parse(text) as readonly unknown[] };
  } catch (error) {
    return { ok: false, reason: `${FLAG}: it is not a valid JSON list: ${(error as Error).message}` };
  }
}

/** A bare run of characters, or a quoted one. Inside double quotes, and outside of quotes, a backslash takes the next as it is. */
const PIECE = /'([^']*)'|"((?:[^"\\]|\\.)*)"|((?:[^\s'"\\]|\\.)+)/suy;

function splitWords(text: string): AgentArgv {
  const argv: string[] = [];
  let at = 0;
  let word: string | null = null;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      if (word !== null) argv.push(word);
      word = null;
      at += 1;
      continue;
    }
    PIECE.lastIndex = at;
    const piece = PIECE.exec(text);
    if (piece === null)
      return { ok: false, reason: `${FLAG}: a quote in ${JSON.stringify(text)} is not closed` };
    const [whole, single, double, bare] = piece;
    word = (word ?? '') + (single ?? (double ?? bare ?? '').replaceAll(/\\(.)/gsu, '$1'));
    at += whole.length;
  }
  if (word !== null) argv.push(word);
  return { ok: true, argv };
}
