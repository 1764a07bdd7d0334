import { markdownTable } from '../../src/config/markdown-table.ts';

/** What an observer counted in one night, or in all nights of a fault. */
export interface NightCounts {
  readonly survivors: number;
  readonly lost: number;
  readonly violations: number;
  readonly paidTwice: number;
  readonly unfinished: number;
}

/** One night. */
export interface NightFound extends NightCounts {
  readonly fault: string;
}

declare module 'vitest' {
  interface TaskMeta {
    night?: NightFound;
  }
}

/** Renders `docs/reliability.md` from what has just been observed, formatted as the formatter leaves it. */
export function renderReliability(nights: readonly NightFound[]): string {
  const faults = [...new Set(nights.map(({ fault }) => fault))].sort();
  const rows = faults.map((fault) => {
    const own = nights.filter((night) => night.fault === fault);
    const sum = (name: keyof NightCounts): number => own.reduce((total, night) => total + night[name], 0);
    return [fault, ...[own.length, ...COUNTS.map(sum)].map(String)];
  });
  return `${introduction(faults.length, nights.length)}\n\n${markdownTable(HEAD, rows)}\n`;
}

const COUNTS: readonly (keyof NightCounts)[] = ['survivors', 'lost', 'violations', 'paidTwice', 'unfinished'];

const HEAD = ['Fault', 'Nights', 'Survivors', 'Lost', 'Violations', 'Paid twice', 'Unfinished'];

const introduction = (faults: number, nights: number): string => `# Reliability

<!-- Made by \`FAULT_PAGE=docs/reliability.md npm run test:faults\`, from what the nights came to. -->

${faults} faults, ${nights} nights. A night is a backlog of seven tickets with dependencies and shared components, worked off by real processes
in a real repository, while the fault strikes at an instant drawn by chance. Then the program is run again until nothing is left to do. What
is counted here is found by an observer who does not ask the program: in the process table, in git, and in what the agents themselves wrote
down.

- **Survivors**: processes of any session that live when a run has ended.
- **Lost**: commits that an agent made and files that it left, to which neither the target nor a kept branch leads.
- **Violations**: agents that met another one on their component, or missed the work of a ticket they depend on, also across restarts.
- **Paid twice**: tickets that were worked on again after their work had been found good.
- **Unfinished**: tickets that are not closed and on the target in the end; changes in the checkout; worktrees, locks and refs left.

\`\`\`sh
npm run test:faults                       # each fault twice
FAULT_REPEATS=50 npm run test:faults      # as often as you like
FAULT_SEED=7 npm run test:faults          # at other instants
\`\`\``;
