/**
 * Text as a terminal shows it: measured in columns, where a CJK character or an emoji takes two, and cut between
 * characters, never inside one. Everything that is drawn is measured here before it is coloured.
 */
import type pc from 'picocolors';
import stringWidth from 'string-width';

/** The colours of one output; all of them leave a text as it is where none are wanted. */
export type Colors = ReturnType<typeof pc.createColors>;

/** A piece of a line, and how to colour it once it is known to fit. */
export type Cell = readonly [text: string, paint?: Paint];

/** Colours a text. */
export type Paint = (text: string) => string;

/** Counts the columns that a text takes. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** Makes a text from elsewhere fit to stand in a line: no control characters, no marks that turn its direction. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
}

/** Cuts a text that takes more than `columns`, and shows by an ellipsis that it did. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of characters.segment(text)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

const characters = new Intl.Segmenter();

/** Fills a text up with spaces on the right, or cuts it, to exactly `columns`. */
export function left(text: string, columns: number): string {
  const shown = fit(text, columns);
  return shown + ' '.repeat(Math.max(0, columns - widthOf(shown)));
}

/** Fills a text up with spaces on the left, or cuts it, to exactly `columns`. */
export function right(text: string, columns: number): string {
  const shown = fit(text, columns);
  return ' '.repeat(Math.max(0, columns - widthOf(shown))) + shown;
}

/** Joins cells to a line of at most `columns`; the cell that does not fit is cut, and what comes after it left out. */
export function line(cells: readonly Cell[], columns: number): string {
  let room = columns;
  let drawn = '';
  for (const [text, paint] of cells) {
    const shown = fit(text, room);
    room -= widthOf(shown);
    drawn += paint === undefined || shown.trim() === '' ? shown : paint(shown);
    if (shown !== text) break;
  }
  return drawn.trimEnd();
}

/** Breaks a text between words into lines of at most `columns`. A longer word stays whole: it may be a path to copy. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    if (current !== '' && widthOf(current) + 1 + widthOf(word) > columns) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return current === '' ? lines : [...lines, current];
}

/** Says a span of time in at most 7 columns: `59s`, `4m 02s`, `1h 02m`, `3d 04h`. */
export function duration(spanMs: number): string {
  const seconds = Math.max(0, Math.floor(spanMs / 1000));
  const [minutes, hours, days] = [
    Math.floor(seconds / 60),
    Math.floor(seconds / 3600),
    Math.floor(seconds / 86_400),
  ];
  if (minutes === 0) return `${seconds}s`;
  if (hours === 0) return `${minutes}m ${twoDigits(seconds % 60)}s`;
  if (days === 0) return `${hours}h ${twoDigits(minutes % 60)}m`;
  return `${days}d ${twoDigits(hours % 24)}h`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** Says how many there are of something, with an `s` where it is due. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Shortens a commit id as git does. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 10);
}
