// Formats figures in columns for a terminal.

/** The first row is the heading; numbers are right-aligned. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row.map((cell, column) => pad(cell, widths[column] ?? 0, column === 0)).join('  '),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [lines[0], rule, ...lines.slice(1)].map((line) => line?.trimEnd()).join('\n');
}

function pad(cell: string, width: number, isName: boolean): string {
  return isName || !/^[\d.,<>~ -]+/.test(cell) ? cell.padEnd(width) : cell.padStart(width);
}
