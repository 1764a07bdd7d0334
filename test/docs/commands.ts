/** The fenced blocks of a document, and which of their lines are commands. */

/** A fenced block. */
export interface Fence {
  /** What stands behind the backticks, for example `sh`. */
  readonly info: string;
  readonly text: string;
  /** Where `text` begins in the document. */
  readonly start: number;
}

/** Finds the fenced blocks of a document, in order. */
export function fencesOf(document: string): readonly Fence[] {
  return [...document.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    info: (match[1] ?? '').trim(),
    text: match[2] ?? '',
    start: match.index + 3 + (match[1] ?? '').length + 1,
  }));
}

/** The commands of a block: its lines but for comments, and without the texts that are handed to them. */
export function commandsOf(text: string): readonly string[] {
  const commands: string[] = [];
  let end: string | null = null;
  for (const line of text.split('\n')) {
    if (end !== null) {
      if (line === end) end = null;
      continue;
    }
    if (line.trim() === '' || line.startsWith('#')) continue;
    commands.push(line);
    end = /<<'?(\w+)'?/.exec(line)?.[1] ?? null;
  }
  return commands;
}

/** A command for whoever works on this project: it works in a clone of it, and may take minutes or the network. */
export function isForDevelopers(command: string): boolean {
  return /^(?:[A-Z_]+=\S+ )*(npm |\.ci\/|npx vitest )/.test(command);
}
