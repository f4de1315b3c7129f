// Places screenshots side by side on one picture of the documents.
import sharp from 'sharp';

/** Pixels of a picture for each pixel of the document, so that text stays legible on dense screens. */
export const boardScale = 2;
const gap = 16 * boardScale;
const background = '#8a948e';
const quality = 60;

/** Returns a JPEG with the screenshots at their own size. */
export async function composeShots(shots: readonly Buffer[]): Promise<Buffer> {
  const placed: { input: Buffer; left: number; top: number }[] = [];
  let left = gap;
  let lowest = 0;
  for (const input of shots) {
    const { width, height } = await sharp(input).metadata();
    placed.push({ input, left, top: gap });
    left += width + gap;
    lowest = Math.max(lowest, height);
  }
  const board = { width: left, height: lowest + 2 * gap, channels: 3, background } as const;
  return sharp({ create: board }).composite(placed).jpeg({ quality, mozjpeg: true }).toBuffer();
}
