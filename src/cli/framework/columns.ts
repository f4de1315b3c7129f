// Aligns text in columns for a terminal.

/**
 * Aligns the cells of all rows. Control characters are replaced, so that no cell can move the
 * cursor or change colors.
 */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of shown) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  const lines = shown.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** Names and values in two columns; entries without a value are omitted. */
export function describeValues(values: Readonly<Record<string, unknown>>): string {
  const known = Object.entries(values).filter(([, value]) => !isMissing(value));
  return alignColumns(known.map(([name, value]) => [name, describeValue(value)]));
}

function describeValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return value.join(' ');
  }
  return JSON.stringify(value);
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** Untrusted text may contain control characters or change the direction of writing. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}
