// Crops an uploaded picture to a square and encodes it again, without metadata such as the place
// where a photo was taken. The image library is loaded with the first picture.
import type { Sharp } from 'sharp';
import { AppError } from '#platform/errors.ts';
import { imageFormatOf } from './image-format.ts';
import { loadImageLibrary, openImage, type ImageLibrary } from './image-library.ts';

/** A file of a few kilobytes may describe a picture that takes gigabytes in memory. */
export const imageLimits = {
  maxPixels: 40_000_000,
  /** A narrow strip would be enlarged to the width of the square before it is cropped. */
  minSidePixels: 100,
  maxSidePixels: 10_000,
  timeSeconds: 20,
  /** Maximum number of waiting pictures per process; decoding one may take 200 MB. */
  maxWaiting: 8,
} as const;

export const squareSizes = {
  large: { sidePixels: 512, maxBytes: 256 * 1024 },
  small: { sidePixels: 128, maxBytes: 32 * 1024 },
} as const;

/** Two JPEG files of the same picture. */
export interface SquareImage {
  readonly large: Buffer;
  readonly small: Buffer;
}

export type SquareResult =
  | { readonly ok: true; readonly image: SquareImage }
  | { readonly ok: false; readonly reason: 'format' | 'size' | 'broken' };

/** Qualities to try until the file is small enough; only noise needs more than the first one. */
const qualities = [85, 70, 50] as const;

function isWithinLimits(width: number, height: number): boolean {
  const { maxPixels, minSidePixels, maxSidePixels } = imageLimits;
  const isLargeEnough = Math.min(width, height) >= minSidePixels;
  return isLargeEnough && Math.max(width, height) <= maxSidePixels && width * height <= maxPixels;
}

async function encode(square: Sharp, maxBytes: number): Promise<Buffer> {
  for (const quality of qualities) {
    const bytes = await square.clone().jpeg({ quality, mozjpeg: true }).toBuffer();
    if (bytes.length <= maxBytes) return bytes;
  }
  throw new Error(`a square picture takes more than ${maxBytes} bytes`);
}

async function cropToSquares(sharp: ImageLibrary, bytes: Uint8Array): Promise<SquareResult> {
  const { large, small } = squareSizes;
  // This reads the header only.
  const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (!isWithinLimits(width, height)) return { ok: false, reason: 'size' };
  // Crops to the most salient part, usually the face, and makes transparent areas white.
  const { data, info } = await openImage(sharp, bytes, imageLimits)
    .autoOrient()
    .resize(large.sidePixels, large.sidePixels, { position: 'attention' })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const square = sharp(data, { raw: info });
  const reduced = square.clone().resize(small.sidePixels, small.sidePixels);
  return {
    ok: true,
    image: {
      large: await encode(square, large.maxBytes),
      small: await encode(reduced, small.maxBytes),
    },
  };
}

export function createSquareImages() {
  let library: Promise<ImageLibrary> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  async function read(bytes: Uint8Array): Promise<SquareResult> {
    library ??= loadImageLibrary();
    const sharp = await library;
    // The library throws plain errors for input that it cannot decode.
    return cropToSquares(sharp, bytes).catch(() => ({ ok: false, reason: 'broken' }) as const);
  }

  return {
    /**
     * Processes one picture at a time.
     * @throws AppError `overloaded` if too many are waiting
     */
    async make(bytes: Uint8Array): Promise<SquareResult> {
      if (imageFormatOf(bytes) === undefined) return { ok: false, reason: 'format' };
      if (waiting >= imageLimits.maxWaiting)
        throw new AppError('overloaded', 'Too many pictures at once.', { retryAfterSeconds: 10 });
      waiting += 1;
      const made = last.then(() => read(bytes));
      last = made.catch(() => undefined);
      return made.finally(() => (waiting -= 1));
    },
  };
}

export type SquareImages = ReturnType<typeof createSquareImages>;
