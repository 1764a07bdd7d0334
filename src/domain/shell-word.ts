/** Writes a text as one word of a shell, to be copied from a report: as it is where a shell reads it so, else quoted. */
export function shellWord(text: string): string {
  return /^[\p{L}\p{N}_@%+=:,./-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
