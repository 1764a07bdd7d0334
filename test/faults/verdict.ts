/**
 * What an outside observer finds when a night is over: not what the program says of itself, but what git, the process table
 * and the agents' own notes say.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { JournalEntry } from '../../src/domain/journal-entry.ts';
import { processesOf } from '../support/e2e.ts';
import { TICKETS, type Night } from './night.ts';

/** Everything that should not be; each list is empty after a good night. */
export interface Verdict {
  /** Commits that an agent made, and files that it left, to which neither the target nor a kept branch leads. */
  readonly lost: readonly string[];
  /** Branches that are kept and of which no run has told. */
  readonly untold: readonly string[];
  /** Agents that met another one on their component, or missed the work of a dependency. */
  readonly violations: readonly string[];
  /** Tickets that were worked on again after their work had been found good. */
  readonly paidTwice: readonly string[];
  /** Tickets that are not closed, or whose work is not on the target. */
  readonly undone: readonly string[];
  /** What is wrong with the repository: changes in the checkout, worktrees, refs, files of state. */
  readonly unclean: readonly string[];
}

/** A night of which nothing bad can be said. */
export const GOOD: Verdict = {
  lost: [],
  untold: [],
  violations: [],
  paidTwice: [],
  undone: [],
  unclean: [],
};

/** Names the processes that belong to any run of a night. */
export function survivorsOf(night: Night): readonly string[] {
  return night.runs().flatMap((run) => processesOf(run).map((pid) => `process ${pid} of ${run}`));
}

/** Looks at a night from outside. */
export async function observe(night: Night): Promise<Verdict> {
  const { project } = night;
  const journals = await night.journals();
  const notes = night.notes();
  const kept = project.branches().filter((branch) => branch.startsWith('ralph/'));
  const told = JSON.stringify(journals);
  const reachable = new Set(
    project
      .git('rev-list', '--objects', 'main', '--branches=ralph/*')
      .split('\n')
      .map((line) => line.split(' ', 1)[0]),
  );
  return {
    lost: notes
      .filter(({ commit, blob }) => !reachable.has(commit ?? blob ?? project.git('rev-parse', 'main')))
      .map(({ session, commit = 'a file' }) => `${commit} of ${session}`),
    untold: kept.filter((branch) => !told.includes(branch)),
    violations: notes.flatMap(({ ticket, saw }) => (saw === undefined ? [] : [`${ticket} saw ${saw}`])),
    paidTwice: paidTwice(journals),
    undone: TICKETS.map(({ id }) => id).filter(
      (id) => project.statusOf(id) !== 'closed' || project.read(`work/${id}`) === null,
    ),
    unclean: [
      ...project.git('status', '--porcelain').split('\n'),
      ...project.worktrees().filter((path) => path !== project.root),
      ...project.git('for-each-ref', '--format=%(refname)', 'refs/ralph').split('\n'),
      ...readdirSync(join(project.root, '.tf/ralph')).filter(
        (name) => !/^(?:config\.json|runs|lock\.damaged-.*)$/.test(name),
      ),
      ...(project.git('symbolic-ref', 'HEAD') === 'refs/heads/main' ? [] : ['HEAD']),
    ].filter((line) => line !== ''),
  };
}

/** Good work is work that a journal calls verified, until a merge turned it down. */
function paidTwice(journals: readonly (readonly JournalEntry[])[]): readonly string[] {
  const ticketOf = new Map<string, string>();
  const good = new Map<string, string>();
  const twice: string[] = [];
  for (const entry of journals.flat()) {
    if (entry.type === 'session.dispatched') {
      ticketOf.set(entry.session, entry.ticket);
      const earlier = good.get(entry.ticket);
      if (earlier !== undefined) twice.push(`${entry.ticket}: by ${earlier} and by ${entry.session}`);
    }
    if (!('session' in entry)) continue;
    const ticket = ticketOf.get(entry.session) ?? '';
    if (entry.type === 'session.verified' && entry.commits > 0) good.set(ticket, entry.session);
    if (entry.type === 'merge.finished' && entry.outcome.kind !== 'landed') good.delete(ticket);
    if (entry.type === 'session.releasing' && !['merged', 'noChanges'].includes(entry.ending))
      good.delete(ticket);
  }
  return twice;
}
