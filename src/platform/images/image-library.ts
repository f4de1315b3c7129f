// The library that decodes and encodes pictures. It is loaded with the first picture, and every
// decoder except those of the accepted formats is blocked in the whole process.
import type { Sharp, default as SharpLibrary } from 'sharp';

export type ImageLibrary = typeof SharpLibrary;

const decoders = ['Jpeg', 'Png', 'Webp', 'Nsgif'].map((name) => `VipsForeignLoad${name}Buffer`);

export async function loadImageLibrary(): Promise<ImageLibrary> {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: decoders });
  return sharp;
}

export interface DecodingLimits {
  readonly maxPixels: number;
  readonly timeSeconds: number;
}

export function openImage(
  sharp: ImageLibrary,
  bytes: Uint8Array,
  { maxPixels, timeSeconds }: DecodingLimits,
): Sharp {
  return sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' }).timeout({
    seconds: timeSeconds,
  });
}
