/** Reads single files of commits and trees, as bytes: what git stores, before any filter or line-ending conversion. */
import type { Git } from './git.ts';

/** A regular file in a tree. */
export interface TrackedFile {
  readonly path: string;
  /** `100644` or `100755`. */
  readonly mode: string;
  readonly bytes: Buffer;
  /** Object name of the content. */
  readonly blob: string;
}

/** What a lookup in one revision came to. */
export interface TreeLookup {
  /** Object name of the revision's whole tree. */
  readonly tree: string;
  /** The file, or null when the tree has no regular file at that path. */
  readonly file: TrackedFile | null;
}

/** Looks one path up in several commits or trees, in one process. The path uses `/` and no line break. */
export async function lookUp(
  git: Git,
  revisions: readonly string[],
  path: string,
): Promise<readonly TreeLookup[]> {
  const [, folder = '', name = path] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
  const questions = revisions.flatMap((revision) => [
    `info ${revision}^{tree}`,
    `contents ${revision}:${path}`,
    `contents ${revision}:${folder}`,
  ]);
  const input = Buffer.from(`${questions.join('\n')}\n`);
  const objects = parseObjects(await git.bytes(['cat-file', '--batch-command'], { input }), questions);
  return revisions.map((_revision, index) => {
    const [tree, file, parent] = objects.slice(index * 3);
    const mode = parent?.type === 'tree' ? modeIn(parent.bytes, name, parent.name.length / 2) : null;
    const regular = file?.type === 'blob' && mode !== null && mode.startsWith('100');
    return {
      tree: tree?.name ?? '',
      file: regular ? { path, mode, bytes: file.bytes, blob: file.name } : null,
    };
  });
}

/** Reads files of which the names are known to be there, in one process. */
export async function readFiles(
  git: Git,
  revision: string,
  paths: readonly string[],
): Promise<readonly Buffer[]> {
  const questions = paths.map((path) => `contents ${revision}:${path}`);
  const input = Buffer.from(`${questions.join('\n')}\n`);
  const objects = parseObjects(await git.bytes(['cat-file', '--batch-command'], { input }), questions);
  return objects.map((object) => object?.bytes ?? Buffer.alloc(0));
}

interface StoredObject {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** Reads the answers of `git cat-file --batch-command`; a missing object is null. */
function parseObjects(output: Buffer, questions: readonly string[]): readonly (StoredObject | null)[] {
  let at = 0;
  return questions.map((question) => {
    const end = output.indexOf('\n', at);
    const [, name, type, size] = /^([0-9a-f]+) (\w+) (\d+)$/.exec(output.toString('utf8', at, end)) ?? [];
    at = end + 1;
    if (name === undefined || type === undefined) return null;
    if (question.startsWith('info ')) return { name, type, bytes: Buffer.alloc(0) };
    const bytes = output.subarray(at, at + Number(size));
    at += bytes.length + 1;
    return { name, type, bytes };
  });
}

/** Finds the mode of an entry in a raw tree object: `<mode> <name>\0<binary object name>`, again and again. */
function modeIn(tree: Buffer, name: string, hashLength: number): string | null {
  for (let at = 0; at < tree.length;) {
    const end = tree.indexOf(0, at);
    const [mode = '', ...rest] = tree.toString('utf8', at, end).split(' ');
    if (rest.join(' ') === name) return mode;
    at = end + 1 + hashLength;
  }
  return null;
}
