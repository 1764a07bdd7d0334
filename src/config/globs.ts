/**
 * What a glob of the configuration matches, and what is wrong with one. The words of picomatch: `*` stays inside a folder,
 * `**` does not, `{a,b}`, `[ab]`. Names that begin with a dot are names like any other here.
 */
import picomatch from 'picomatch';

/** Tells of a path whether one of the globs matches it. Paths are from the root of the repository, with `/`. */
export function matcherOf(globs: readonly string[]): (path: string) => boolean {
  return picomatch([...globs], OPTIONS);
}

/** Says why a text is no glob that could match a path, in words that follow "must be"; null when it is one. */
export function whyNoGlob(glob: string): string | null {
  if (glob.trim() === '') return 'a glob that is not empty';
  if (glob.startsWith('!')) return 'a glob that says what belongs to the component, without "!"';
  if (/^\.{0,2}\//.test(glob) || /(^|\/)\.\.?(\/|$)/.test(glob))
    return 'a glob from the root of the repository, without "/", "./" or "../" in front';
  if (glob.endsWith('/')) return `a glob for files: "${glob}**" is all that is in the folder`;
  try {
    picomatch.makeRe(glob, { ...OPTIONS, strictBrackets: true }, false);
    return null;
  } catch (error) {
    return `a glob: ${(error as Error).message}`;
  }
}

const OPTIONS = { dot: true, nonegate: true } as const;
