import { markdownTable } from '../config/markdown-table.ts';
import type { MutantReport } from '../verify/kill-mutants.ts';

/** A machine, and what became of its broken copies. */
export interface BrokenCopies {
  /** Begins with a capital: it is a heading. */
  readonly of: string;
  readonly reports: readonly MutantReport[];
}

/** Renders `docs/concepts/mutants.md`: every broken copy and what became of it, formatted as the formatter leaves it. */
export function renderMutantsReference(machines: readonly BrokenCopies[]): string {
  const sections = machines.flatMap(({ of, reports }) => [
    `## ${of}`,
    `${reports.length} copies, found by ${new Set(reports.map(({ mutant }) => mutant.killedBy)).size} properties:`,
    markdownTable(
      ['Name', 'What is broken', 'Killed by', 'Scope', 'Steps'],
      reports.map(({ mutant: { name, describe, killedBy, scope }, isKilled, path }) => [
        name,
        describe,
        isKilled ? killedBy : `**survives**: ${killedBy}`,
        scope,
        String(path.length),
      ]),
    ),
  ]);
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`;
}

const INTRODUCTION = `# Mutants

<!-- Made from src/verify; \`npx vitest run test/verify/mutants.test.ts -u\` writes it anew. -->

A check that nothing can fail proves nothing. So copies of the machines are broken, one thing in each: every guard is forced to say
always yes and always no, every action is left out, and besides there are faults as a person might make them. Each copy is explored in
one [scope](verification.md#scopes), judged by the one property that is meant to find it, and that property must. A copy that survives
fails \`ralph-actors verify\`.

_Steps_ is the length of the shortest counterexample. 0 means that something can never come about, from the very beginning. To read one:

\`\`\`sh
ralph-actors verify --mutant 'lock forgotten'
\`\`\``;
