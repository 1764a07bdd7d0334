import type { ExplainedSetting } from '../../config/explain.ts';
import { left, oneLine, widthOf, type Colors } from './text.ts';

/** Draws all settings, one a line: name, value, source. What somebody has set stands out; what it does not do is said. */
export function renderSettings(
  settings: readonly ExplainedSetting[],
  { root, colors }: { readonly root: string; readonly colors: Colors },
): string {
  const rows = settings.map(({ key, value, source, note }) => ({
    key,
    value: oneLine(JSON.stringify(value)),
    source,
    note,
  }));
  const keyColumns = Math.max(...rows.map(({ key }) => key.length));
  const valueColumns = Math.min(VALUE_COLUMNS_MAX, Math.max(...rows.map(({ value }) => widthOf(value))));
  const lines = rows.flatMap(({ key, value, source, note }) => {
    // A value may be there to be copied: it is never cut, and what is long makes its line long.
    const shown = value + ' '.repeat(Math.max(0, valueColumns - widthOf(value)));
    const row = `  ${left(key, keyColumns)}  ${shown}  ${source}`;
    const remark = note === null ? [] : [`  ${' '.repeat(keyColumns)}  ${colors.yellow(note)}`];
    return [source === 'default' ? colors.dim(row) : row, ...remark];
  });
  return `${colors.bold(`Settings of ${oneLine(root)}`)}\n${lines.join('\n')}\n`;
}

const VALUE_COLUMNS_MAX = 24;
