// Draws a QR code as an SVG path to be stroked: one line of width 1 for each run of dark modules in a row, in
// a grid of `size` units. A line runs through the middle of its row.
import { encode } from 'uqr';

export interface QrCode {
  readonly size: number;
  /** The `d` of an SVG path. */
  readonly path: string;
}

/**
 * Width of the quiet zone in modules. ISO/IEC 18004 requires four; the page's padding provides the
 * rest.
 */
const border = 2;

export function drawQrCode(text: string): QrCode {
  const { data, size } = encode(text, { border });
  const path = data.map((row, y) => drawRow(runsOf(row), y));
  return { size, path: path.join('') };
}

type Run = readonly [start: number, length: number];

/** Start and length of each run of dark modules in a row. */
function runsOf(row: readonly boolean[]): readonly Run[] {
  const starts = row.flatMap((dark, x) => (dark && !row[x - 1] ? [x] : []));
  return starts.map((start) => {
    const end = row.indexOf(false, start);
    return [start, (end < 0 ? row.length : end) - start];
  });
}

/** Each line starts where the previous one ended, which is shorter than absolute coordinates. */
function drawRow(runs: readonly Run[], y: number): string {
  const lines = runs.map(([start, length], index) => {
    const [before = 0, beforeLength = 0] = runs[index - 1] ?? [];
    return `m${start - before - beforeLength} 0h${length}`;
  });
  return lines.length === 0 ? '' : `M0 ${y}.5${lines.join('')}`;
}
