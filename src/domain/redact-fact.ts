import type { Redact } from './redact.ts';
import type { RunFact } from './run-fact.ts';

/**
 * Gives a fact whose free texts hold no secret. Ids, paths and commits are left as they are by their field: the facts of a
 * run are tied to each other by them. A field that nobody has listed here is a free text.
 */
export function redactFact<Fact extends RunFact>(fact: Fact, redact: Redact): Fact {
  return redacted(fact, redact) as Fact;
}

const STRUCTURAL: ReadonlySet<string> = new Set([
  'type',
  'kind',
  'standing',
  'ending',
  'cause',
  'signal',
  'budget',
  'version',
  'run',
  'session',
  'ticket',
  'id',
  'deps',
  'dependency',
  'cycle',
  'file',
  'as',
  'holder',
  'components',
  'component',
  'target',
  'targetCommit',
  'base',
  'head',
  'commit',
  'branch',
  'worktree',
  'paths',
  'keptBranch',
  'keptWorktree',
  'startTime',
  'bootId',
]);

function redacted(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redacted(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, STRUCTURAL.has(key) ? inner : redacted(inner, redact)]),
  );
}
