// Draws a QR code as an SVG path: one square per dark module, in a grid of `size` units.
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
  const squares = data.flatMap((row, y) =>
    row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return { size, path: squares.join('') };
}
