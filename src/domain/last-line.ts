/** Longest line shown to a person, in characters. */
const LENGTH_MAX = 200;

/** Colours, cursor movement and window titles: CSI, OSC and string sequences, then the two-character ones. */
const ESCAPES =
  // eslint-disable-next-line no-control-regex -- what this removes is control characters
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]/g;

/** Control characters, and the marks that turn the direction of text and could disguise a line. */
const INVISIBLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Finds the last line of an agent's output that says something, fit for a terminal: without escape sequences and control
 * characters, at most 200 characters. A carriage return begins a line too, so a progress bar shows its latest state.
 * Empty when there is no such line.
 */
export function lastLineOf(output: string): string {
  const lines = output.replaceAll(ESCAPES, '').split(/[\r\n]+/);
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = (lines[index] ?? '').replaceAll('\t', ' ').replaceAll(INVISIBLE, '').trim();
    if (line.length > 0) return cut(line);
  }
  return '';
}

/** Cuts by characters, not by UTF-16 units, so that no half of a pair is left. */
function cut(line: string): string {
  if (line.length <= LENGTH_MAX) return line;
  const characters = Array.from(line);
  return characters.length <= LENGTH_MAX ? line : `${characters.slice(0, LENGTH_MAX - 1).join('')}…`;
}
