/** Renders a table of Markdown as the formatter leaves it, which aligns the columns. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_title, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [title = [], ...body] = cells;
  return [line(title), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
