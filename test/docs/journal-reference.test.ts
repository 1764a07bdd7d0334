/** Does the page about the journal tell of every fact, with the fields that it has in the code? */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = read('docs/reference/journal.md');
const FACTS = read('src/domain/run-fact.ts');
const BLOCKERS = read('src/domain/blockers.ts');

test('the page tells of every fact with its fields', () => {
  const rows = [...PAGE.matchAll(/^\| `(\w+\.\w+)` +\|([^|]*)\|/gm)];
  const told = rows.map((row) => [row[1] ?? '', words(row[2] ?? '')] as const);
  const facts = membersOf(FACTS, 'RunFact', 'type');
  expect(facts).toHaveLength(26);
  expect(rows).toHaveLength(26);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(facts));
});

test('the page tells of every object in a fact with its fields', () => {
  const rows = [...PAGE.matchAll(/^\| ([A-Z]\w+) +\| *(?:`(\w+)`)? *\|([^|]*)\|/gm)];
  const told = rows.map((row) => [`${row[1]} ${row[2] ?? ''}`.trim(), words(row[3] ?? '')] as const);
  const unions = (['StopReason', 'MergeOutcome', 'Publication'] as const).map(
    (name) => [FACTS, name] as const,
  );
  const expected = [
    ...(['PlannedTicket', 'ProcessIdentity'] as const).map(
      (name) => [name, fieldsOf(declaration(FACTS, `export interface ${name} {`, /^}/m))] as const,
    ),
    ...[...unions, [BLOCKERS, 'Blocker'] as const].flatMap(([source, name]) =>
      membersOf(source, name, 'kind').map(([kind, fields]) => [`${name} ${kind}`, fields] as const),
    ),
  ];
  expect(expected).toHaveLength(23);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(expected));
});

/** The members of a union of objects: what its tag says, and the other fields. */
function membersOf(
  source: string,
  name: string,
  tag: string,
): readonly (readonly [string, readonly string[]])[] {
  return declaration(source, `export type ${name} =`, /;\n(?=\n|$)/)
    .split(/^ {2}\| /m)
    .slice(1)
    .map((member) => {
      const value = new RegExp(`readonly ${tag}: '([\\w.]+)'`).exec(member)?.[1];
      if (value === undefined) throw new Error(`a member of ${name} has no ${tag}: ${member}`);
      return [value, fieldsOf(member).filter((field) => field !== tag)] as const;
    });
}

/** The text of a declaration without its comments. */
function declaration(source: string, head: string, end: RegExp): string {
  const start = source.indexOf(head);
  if (start === -1) throw new Error(`there is no "${head}"`);
  const rest = source.slice(start + head.length).replaceAll(/\/\*\*[\s\S]*?\*\//g, '');
  return rest.slice(0, rest.search(end));
}

function fieldsOf(text: string): readonly string[] {
  return [...text.matchAll(/\breadonly (\w+)\??: /g)].map((match) => match[1] ?? '').sort();
}

function words(cell: string): readonly string[] {
  return [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? '').sort();
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
