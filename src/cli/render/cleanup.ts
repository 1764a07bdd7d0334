/**
 * Draws what a cleanup came to: what went, what stays and what could not be removed, each with the reason and the command
 * that shows it or brings it back. Names and commands are there to be copied, so they are never cut.
 */
import { YOUNG } from '../../domain/cleanup-plan.ts';
import type { CleanupItem, CleanupReport } from '../../orchestrator/cleanup.ts';
import { counted, left, oneLine, wrap, type Colors } from './text.ts';

const HEADINGS: readonly (readonly [CleanupItem['outcome'], string])[] = [
  ['failed', 'Could not be removed'],
  ['removed', 'Removed'],
  ['wouldRemove', 'Would be removed'],
  ['kept', 'Kept'],
];

const WORDS: Readonly<Record<CleanupItem['kind'], string>> = {
  lock: 'lock',
  processes: 'processes',
  worktree: 'worktree',
  branch: 'branch',
  records: 'records',
  damaged: 'damaged',
};

/** Draws the report. */
export function cleanupText(
  { items, dryRun }: CleanupReport,
  { colors, width }: { readonly colors: Colors; readonly width: number },
): string {
  const young = items.filter(isYoung);
  const told = items.filter((item) => !isYoung(item));
  const sections = HEADINGS.flatMap(([outcome, heading]) => {
    const found = told.filter((item) => item.outcome === outcome);
    if (found.length === 0) return [];
    return ['', ` ${colors.bold(heading)}`, ...found.flatMap((item) => itemLines(item, width, colors))];
  });
  const going = items.filter(({ outcome }) => outcome === 'removed' || outcome === 'wouldRemove').length;
  const verb = dryRun ? 'would be removed' : 'removed';
  return [
    going === 0 ? ' nothing to remove' : ` ${counted(going, 'thing')} ${verb}`,
    ...sections,
    ...(young.length === 0
      ? []
      : ['', ...wrap(youngNote(young.length), width - 1).map((text) => ` ${colors.dim(text)}`)]),
    '',
  ].join('\n');
}

/** Of these there may be hundreds, and each says the same. */
function isYoung({ outcome, kind, why }: CleanupItem): boolean {
  return outcome === 'kept' && kind === 'records' && why === YOUNG;
}

function youngNote(count: number): string {
  return `the records of ${counted(count, 'run')} are not old enough to go (sessionTtlMs); --all takes them too`;
}

function itemLines(item: CleanupItem, width: number, colors: Colors): readonly string[] {
  const told = wrap(oneLine(item.why), width - INDENT.length);
  return [
    `   ${left(WORDS[item.kind], 9)}  ${oneLine(item.name)}`,
    ...told.map((text) => INDENT + colors.dim(text)),
    ...(item.command === null ? [] : [`${INDENT}${hint(item)}  ${oneLine(item.command)}`]),
  ];
}

const INDENT = ' '.repeat(14);

function hint({ outcome, kind }: CleanupItem): string {
  return kind === 'branch' && outcome !== 'kept' ? 'back:' : 'see:';
}
